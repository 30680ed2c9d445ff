"""What was measured: medians, spread, goals; as JSON for machines and as a table for people."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1


@dataclass(frozen=True)
class Figure:
    """One measured thing. `seen` has a value for each run, in `unit`; `who` and `what` name it."""

    who: str
    what: str
    unit: str
    seen: tuple[float, ...]
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.seen)


@dataclass(frozen=True)
class Goal:
    """A ratio or a limit that was promised. `value` is what came out, None where it could not be measured.

    `least` says that more is better.
    """

    text: str
    value: float | None
    bound: float
    least: bool = True
    unit: str = "×"

    @property
    def met(self) -> bool | None:
        if self.value is None:
            return None
        return self.value >= self.bound if self.least else self.value <= self.bound


@dataclass
class Report:
    """Everything that one run of the bench found."""

    machine: dict[str, Any] = field(default_factory=dict)
    systems: list[dict[str, str]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    correctness: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def find(self, who: str, what: str) -> float | None:
        """The median of a figure, None when it was not measured."""
        return next((one.median for one in self.figures if (one.who, one.what) == (who, what)), None)

    def ratio(self, upper: tuple[str, str], lower: tuple[str, str]) -> float | None:
        """The median of one figure over that of another; None when one is missing."""
        above, below = self.find(*upper), self.find(*lower)
        return None if above is None or not below else above / below

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "machine": self.machine,
            "systems": self.systems,
            "figures": [{**asdict(one), "median": one.median} for one in self.figures],
            "goals": [{**asdict(one), "met": one.met} for one in self.goals],
            "correctness": self.correctness,
            "missing": self.missing,
        }


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, its columns as wide as their longest cell; numbers (what begins with a digit) to the right."""
    lines = [list(heads), *[list(row) for row in rows]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]

    def line(cells: Sequence[str], right: bool) -> str:
        padded = [
            cell.rjust(width) if right and cell[:1].isdigit() else cell.ljust(width)
            for cell, width in zip(cells, widths, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    return [line(heads, False), f"|{'|'.join('-' * (width + 2) for width in widths)}|", *(line(r, True) for r in rows)]


def number(value: float) -> str:
    """Three figures for small ones, whole ones with commas for large ones."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def figure_rows(figures: Sequence[dict[str, Any]]) -> list[list[str]]:
    rows = []
    for one in figures:
        spread = f"{number(min(one['seen']))} – {number(max(one['seen']))}" if len(one["seen"]) > 1 else "one run"
        rows.append([one["what"], one["who"], number(one["median"]), one["unit"], spread, one["note"]])
    return rows


def goal_rows(goals: Sequence[dict[str, Any]]) -> list[list[str]]:
    words = {True: "met", False: "NOT met", None: "not measured"}
    return [
        [
            one["text"],
            f"{'≥' if one['least'] else '≤'} {number(one['bound'])} {one['unit']}",
            "–" if one["value"] is None else f"{number(one['value'])} {one['unit']}",
            words[one["met"]],
        ]
        for one in goals
    ]
