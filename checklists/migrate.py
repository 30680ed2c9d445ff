"""What becomes of a run's answers under a newer definition (rule C10)."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.definition import NEVER_ANSWERED, Definition, Item


@dataclass(frozen=True, slots=True)
class Migration:
    """Item ids: kept, review and new in the new definition's reading order, retired in the old one's."""

    kept: tuple[str, ...]
    review: tuple[str, ...]
    retired: tuple[str, ...]
    new: tuple[str, ...]


def migrate(old: Definition, new: Definition) -> Migration:
    """Compare item by item. Computed items and instructions hold no answer and take no part."""
    before = {item.id: item for item in _answerable(old)}
    after = {item.id: item for item in _answerable(new)}
    shared = [item for name, item in after.items() if name in before]
    return Migration(
        kept=tuple(item.id for item in shared if _meaning(before[item.id]) == _meaning(item)),
        review=tuple(item.id for item in shared if _meaning(before[item.id]) != _meaning(item)),
        retired=tuple(name for name in before if name not in after),
        new=tuple(name for name in after if name not in before),
    )


def _answerable(definition: Definition) -> list[Item]:
    return [item for item in definition.items if item.type not in NEVER_ANSWERED]


def _meaning(item: Item) -> tuple[object, ...]:
    """All that an answer's meaning hangs on. Wording, severity and conditions may change without a review."""
    return (
        item.type,
        item.unit,
        item.decimals,
        item.limits,
        item.bounds,
        (item.shortest, item.longest),
        item.allowed,
        item.verdicts,
        (item.photo_min, item.photo_max),
        item.expects,
    )
