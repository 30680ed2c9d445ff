"""A checklist as frozen values. Only `parse` makes them, so whoever holds one holds a valid one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checklists.exact import Exact

Labels = Mapping[str, str]
"""Language code to text, at least one entry."""

KINDS = ("preventive", "corrective", "adaptive", "perfective")
SEVERITY_POINTS = {"minor": 1, "major": 3, "critical": 10}
ITEM_TYPES = (
    "pass_fail",
    "yes_no",
    "number",
    "text",
    "choice",
    "choices",
    "date",
    "time",
    "photo",
    "scan",
    "computed",
    "instruction",
)
NEVER_ANSWERED = frozenset({"computed", "instruction"})
FIXED_ANSWERS = {"pass_fail": ("pass", "fail", "na"), "yes_no": ("yes", "no")}

MAX_SECTIONS = 50
MAX_ITEMS = 500
MAX_DEPTH = 8
MAX_BYTES = 256 * 1024
MAX_CHOICES = 100
MAX_OPERANDS = 20
MAX_DECIMALS = 9
MAX_PHOTOS = 20
MAX_TEXT = 4000
MAX_SCAN = 200
MAX_WHOLE_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Compare:
    """An answered, asked item against named values. `operator`: is, in, includes, gt, ge, lt, le."""

    item: str
    operator: str
    values: tuple[str, ...]
    number: Exact | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    item: str
    wanted: bool


@dataclass(frozen=True, slots=True)
class AssetIs:
    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Compare | Answered | AssetIs | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to the range; an absent end is open."""

    min: Exact | None
    max: Exact | None


@dataclass(frozen=True, slots=True)
class Limits:
    warn: Range | None
    fail: Range | None


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    label: Labels


@dataclass(frozen=True, slots=True)
class Verdicts:
    fail: tuple[str, ...]
    warn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnFail:
    require: tuple[str, ...]
    suggest: str | None
    next: Labels | None


@dataclass(frozen=True, slots=True)
class Computation:
    """`operands` are ids of earlier items or fixed numbers; `op`: add, sub, mul, div, sum, count."""

    op: str
    operands: tuple[str | Exact, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist. Fields that its type does not have keep their defaults."""

    id: str
    type: str
    label: Labels
    hint: Labels | None = None
    look: Labels | None = None
    command: str | None = None
    severity: str = "minor"
    required: bool | Condition = False
    when: Condition | None = None
    on_fail: OnFail | None = None
    references: tuple[Reference, ...] = ()
    unit: str | None = None
    decimals: int = 0
    limits: Limits | None = None
    bounds: Range | None = None
    reading: bool = False
    shortest: int = 1
    longest: int = MAX_TEXT
    choices: tuple[Choice, ...] = ()
    verdicts: Verdicts | None = None
    photo_min: int = 1
    photo_max: int = 10
    expects: str | None = None
    computation: Computation | None = None

    @property
    def allowed(self) -> tuple[str, ...]:
        """The closed list of ids that may be answered, in definition order; empty when the answer is free."""
        return FIXED_ANSWERS.get(self.type) or tuple(choice.id for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: Labels
    note: Labels | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A valid checklist. `asset_types` is None when the checklist is run once per visit."""

    id: str
    title: Labels
    note: Labels | None
    kind: str
    asset_types: tuple[str, ...] | None
    references: tuple[Reference, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]
    """Every item of every section, in reading order."""


def label(labels: Labels, language: str) -> str:
    """The text in the asked language, else in English, else in the first language by code (rule C11)."""
    return labels.get(language) or labels.get("en") or labels[min(labels)]
