"""What may happen to a visit. Pure; the data is `states.json`, which the tablet reads too (model.md, States).

Times are RFC 3339 UTC text with milliseconds; comparing the text compares the times.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

LAW: Mapping[str, Any] = json.loads(files("backend.visits").joinpath("states.json").read_text("utf-8"))
STATES: tuple[str, ...] = tuple(LAW["states"])
MARKS: tuple[str, ...] = tuple(LAW["marks"])
FLAGS: tuple[str, ...] = tuple(LAW["flags"])
KINDS: tuple[str, ...] = tuple(LAW["kinds"])
OUTCOMES: tuple[str, ...] = tuple(LAW["outcomes"])
TIME_KINDS: tuple[str, ...] = tuple(LAW["time_kinds"])
PHOTO_VISIBLE: tuple[str, ...] = tuple(LAW["photo_visible"])
LATE_SCOPE = timedelta(days=LAW["late_scope_days"])
SITE_SCOPE = timedelta(days=LAW["site_scope_days"])


def move(state: str, verb: str) -> str | None:
    """The state after `verb`, or None when the visit is in no state for it (held: wrong_state)."""
    after: str | None = LAW["moves"][verb].get(state)
    return after


def assign_verb(engineers: Sequence[str]) -> str:
    return "assign" if engineers else "unassign"


def content(state: str) -> str:
    """What becomes of content in this state: `applied`, `after_cancel` (applied and flagged) or `signed` (refused)."""
    verdict: str = LAW["content"][state]
    return verdict


def mark_content(state: str, mark: str) -> str:
    """As `content`; quiet marks are no work, and those that follow a signature by nature stay welcome."""
    verdict = "applied" if mark in LAW["quiet_marks"] else content(state)
    return "applied" if verdict == "signed" and mark in LAW["marks_after_sign"] else verdict


def state_after_mark(state: str, mark: str) -> str:
    """`working` begins the visit; every other mark is a fact beside the state."""
    verb = LAW["mark_moves"].get(mark)
    return (move(state, verb) or state) if verb else state


def plannable(state: str) -> bool:
    return state in LAW["plannable"]


def with_flag(flags: Iterable[str], flag: str) -> list[str]:
    """Flags in the order of the law, each once, so that two servers write the same list."""
    kept = {*flags, flag}
    return [name for name in FLAGS if name in kept]


def without_flag(flags: Iterable[str], flag: str) -> list[str]:
    return [name for name in flags if name != flag]


def on_board(marks: Sequence[Mapping[str, Any]]) -> str | None:
    """The latest mark by its own time; of two at one time the later received."""
    latest = max(enumerate(marks), key=lambda pair: (pair[1]["at"], pair[0]), default=None)
    return None if latest is None else str(latest[1]["mark"])


def keeps_site(now: datetime, ends_at: datetime) -> bool:
    """Whether an assigned visit keeps its site in an engineer's scope: all the time before it, and 14 days after."""
    return now <= ends_at + SITE_SCOPE


def crew_change(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    """(who comes, who goes), each in the order given."""
    came = [person for person in after if person not in before]
    went = [person for person in before if person not in after]
    return came, went
