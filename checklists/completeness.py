"""What is still missing (rule C6)."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.definition import NEVER_ANSWERED, Item


@dataclass(frozen=True, slots=True)
class Missing:
    """`what`: answer, remark or photo."""

    item: str
    what: str


@dataclass(frozen=True, slots=True)
class Held:
    """What a run holds for one asked item. `photo_waived`: the place allows no photo, a witness says so."""

    answered: bool
    required: bool
    remark: str
    photos: int
    photo_waived: bool


def missing_of(item: Item, held: Held, verdict: str) -> list[Missing]:
    """What one asked item lacks, in the order answer, remark, photo."""
    return [Missing(item.id, what) for what in (*_unanswered(item, held), *_undemonstrated(item, held, verdict))]


def _unanswered(item: Item, held: Held) -> list[str]:
    if held.answered or not held.required or item.type in NEVER_ANSWERED:
        return []
    if item.type == "photo":
        return [] if held.photo_waived else ["photo"]
    return ["answer"]


def _undemonstrated(item: Item, held: Held, verdict: str) -> list[str]:
    """A failed answer may demand a remark and a photo."""
    if item.on_fail is None or verdict != "fail":
        return []
    lacking = {"remark": not held.remark, "photo": held.photos < 1 and not held.photo_waived}
    return [what for what in ("remark", "photo") if what in item.on_fail.require and lacking[what]]
