"""One seeded bug: a patch that names what it re-creates and which promise it breaks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SIMULATION, TWINS, AGREEMENT = "simulation", "twins", "agreement"
ENGINE, SMALL_MODEL, SWEEP = "engine under faults", "small model", "single crashes"


@dataclass(frozen=True)
class Mutant:
    """`old` occurs exactly once in `file` and becomes `new`.

    `pitfall`: P1 to P31, or the product whose failure this is. `breaks`: the invariant (docs/proof.md) that must
    notice. `judge`: who is asked; the simulation where nothing else is said.
    """

    name: str
    pitfall: str
    breaks: str
    says: str
    file: str
    old: str
    new: str
    judge: str = SIMULATION


class DoesNotApply(ValueError):
    """The text to be replaced does not occur exactly once: the program has moved on, the patch must follow."""


def patched(mutant: Mutant, text: str) -> str:
    """The file with the bug in it. Raises DoesNotApply."""
    found = text.count(mutant.old)
    if found != 1:
        raise DoesNotApply(f"{mutant.name}: {mutant.file} has its text {found} times: {mutant.old!r}")
    return text.replace(mutant.old, mutant.new)


def apply(mutant: Mutant, tree: Path) -> None:
    """Put the bug into a copy of the program."""
    path = tree / mutant.file
    path.write_text(patched(mutant, path.read_text("utf-8")), "utf-8")
