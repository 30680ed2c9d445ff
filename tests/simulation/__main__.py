"""`python -m tests.simulation`: play histories from seeds, judge them, and say what happened (README.md here)."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import backend
from tests.simulation import faults
from tests.simulation.history import Stage, Verdict
from tests.simulation.plan import plan_of
from tests.simulation.process import ROOT
from tests.simulation.shrink import shrink
from tests.simulation.sweep import SCENARIOS, sweep
from tests.simulation.twins import judge

STANDARD = 300
"""Seeds of `make test`. A run of at least so many fails when a listed fault or outcome never happened."""
WELL, CAUGHT, BROKE = 0, 1, 2
"""Exit codes: nothing found; an oracle spoke; the simulation itself failed, which says nothing about the protocol."""


def main(words: list[str] | None = None) -> int:
    """Exit code 0, 1 or 2 as above."""
    words = sys.argv[1:] if words is None else words
    if "--mutants" in words:
        # Its hunt plays these histories in copies of the tree, and needs none of this here.
        from tests.simulation.mutants.__main__ import main as hunt

        return hunt([word for word in words if word != "--mutants"])
    asked = _asked(words)
    if Path(backend.__file__).parents[1] != ROOT:
        print(f"the imported code lies in {Path(backend.__file__).parents[1]}, not in {ROOT}", file=sys.stderr)
        return BROKE
    began = time.monotonic()
    run = Run(asked)
    with Stage(asked.database) as stage:
        if asked.sweep:
            return _swept(stage, asked)
        for verdict in run.verdicts(stage):
            run.count(verdict)
            if verdict.kind != "well" and asked.stop_at_first:
                break
        if asked.shrink:
            run.shrink(stage, asked.shrink)
    return run.report(time.monotonic() - began)


class Run:
    """One call of the command."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.failed: list[Verdict] = []
        self.met: Counter[str] = Counter()
        self.played = self.operations = 0

    def verdicts(self, stage: Stage) -> Iterator[Verdict]:
        if self.asked.replay:
            yield stage.play(json.loads(self.asked.replay.read_text(encoding="utf-8"))["plan"])
            return
        seeds = STANDARD if self.asked.seeds is None else self.asked.seeds
        for seed in range(self.asked.first_seed, self.asked.first_seed + seeds):
            yield judge(stage, seed) if self.asked.twins else stage.play(plan_of(seed))

    def count(self, verdict: Verdict) -> None:
        self.played += 1
        self.operations += verdict.operations
        self.met.update(verdict.met)
        if verdict.kind != "well":
            self.failed.append(verdict)
        if not self.asked.json and (verdict.kind != "well" or self.played % 25 == 0):
            print(f"seed {verdict.seed}: {verdict.kind} {verdict.words}".rstrip(), flush=True)

    def shrink(self, stage: Stage, folder: Path) -> None:
        """Each seed that an oracle caught becomes a small file which a test replays by its name."""
        for verdict in self.failed:
            if verdict.kind == "caught":
                small = shrink(stage, plan_of(verdict.seed), verdict.rule)
                facts = {"rule": verdict.rule, "words": verdict.words, "plan": small}
                file = folder / f"seed-{verdict.seed}-{verdict.rule.lower()}.json"
                file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

    def missing(self) -> list[str]:
        """Listed faults and outcomes that never happened."""
        return [name for name in faults.ALL if not self.met[name]]

    def report(self, seconds: float) -> int:
        missing = self.missing() if self.played >= STANDARD and not self.asked.twins else []
        facts: dict[str, Any] = {
            "first_seed": self.asked.first_seed,
            "histories": self.played,
            "operations": self.operations,
            "seconds": round(seconds, 1),
            "histories_per_second": round(self.played / max(seconds, 0.001), 2),
            "failed": [{name: getattr(one, name) for name in ("seed", "kind", "rule", "words")} for one in self.failed],
            "never_happened": missing,
            "met": dict(sorted(self.met.items())),
        }
        print(json.dumps(facts, indent=1) if self.asked.json else _lines(facts))
        if any(one.kind == "caught" for one in self.failed) or missing:
            return CAUGHT
        return BROKE if self.failed else WELL


def _swept(stage: Stage, asked: argparse.Namespace) -> int:
    """Every single crash point of every small scenario, or of those that were named; a point counts as a seed."""
    names = asked.scenario or list(SCENARIOS)
    played, failed = 0, []
    for nth, words, verdict in sweep(stage, names, asked.every, first=asked.first_seed, most=asked.seeds):
        played += 1
        if verdict.kind == "well":
            continue
        failed.append({"seed": nth, "kind": verdict.kind, "rule": verdict.rule, "words": verdict.words, "point": words})
        if not asked.json:
            print(f"{words}: {verdict.kind} {verdict.words}", flush=True)
        if asked.stop_at_first:
            break
    print(json.dumps({"scenarios": len(names), "points": played, "failed": failed if asked.json else len(failed)}))
    return CAUGHT if failed else WELL


def _lines(facts: dict[str, Any]) -> str:
    met = "\n".join(f"  {count:7}  {name}" for name, count in facts["met"].items())
    failed = "\n".join(f"  seed {one['seed']}  {one['kind']}  {one['words']}" for one in facts["failed"]) or "  none"
    rate = f"{facts['histories']} histories, {facts['operations']} operations, {facts['histories_per_second']} a second"
    never = ", ".join(facts["never_happened"])
    return f"what happened\n{met}\nfailed\n{failed}\n{rate}" + (f"\nnever happened: {never}" if never else "")


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="singgah simulate", description=__doc__)
    parser.add_argument("--mutants", action="store_true", help="hunt the seeded bugs instead (--mutants --help)")
    parser.add_argument("--seeds", type=int, help=f"how many histories ({STANDARD}), or points of the sweep (all)")
    parser.add_argument("--first-seed", type=int, default=1, help="where to begin")
    parser.add_argument("--database", help="a PostgreSQL server's URL; SQLite without it")
    parser.add_argument("--json", action="store_true", help="the whole answer as JSON")
    parser.add_argument("--stop-at-first", action="store_true", help="end at the first history that is not well")
    parser.add_argument("--twins", action="store_true", help="calm histories, and what must not matter to them")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="one history from a file")
    parser.add_argument("--sweep", action="store_true", help="every single crash of the small scenarios instead")
    parser.add_argument("--scenario", action="append", choices=SCENARIOS, metavar="NAME", help="of the sweep, this one")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of the sweep, each N-th point only")
    parser.add_argument("--shrink", type=Path, metavar="FOLDER", help="write what was caught there, made small")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
