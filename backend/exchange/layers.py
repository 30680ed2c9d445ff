"""The writes of one operation, which can be dropped, over those of the operations before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backend.exchange.kinds import Key, State


@dataclass
class Letter:
    """A job to be posted in the same transaction."""

    kind: str
    args: dict[str, Any]
    key: str


@dataclass
class Line:
    """A journal line to be written in the same transaction."""

    kind: str
    ref: str
    digest: str


@dataclass
class Layer:
    """`rows`: entities as they become, None for removed. `scope`: (person, audience) -> entered or left.

    `settled`: SHA-256 of held operations that somebody of the office has decided; they hold nothing back any more.
    """

    rows: dict[Key, State | None] = field(default_factory=dict)
    scope: dict[tuple[str, str], bool] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)

    def copy(self) -> Layer:
        """Another layer with the same in it: what a step inside an operation goes back to."""
        return Layer(
            dict(self.rows), dict(self.scope), [*self.letters], [*self.lines], dict(self.numbers), [*self.settled]
        )

    def absorb(self, upper: Layer) -> None:
        """Lay `upper` down: what it says wins."""
        self.rows.update(upper.rows)
        self.scope.update(upper.scope)
        self.letters += upper.letters
        self.lines += upper.lines
        self.numbers.update(upper.numbers)
        self.settled += upper.settled
