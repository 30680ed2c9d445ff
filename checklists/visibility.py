"""Which items are asked (rules C2, C4, C5)."""

from __future__ import annotations

from collections.abc import Mapping

from checklists import exact
from checklists.answers import Answer
from checklists.definition import AllOf, Answered, AnyOf, AssetIs, Compare, Condition, Item, Not

Known = Mapping[str, Answer]
"""Item id to answer, for the items that are asked and answered so far; anything else is unanswered."""


def is_asked(item: Item, known: Known, asset: Mapping[str, str]) -> bool:
    return item.when is None or holds(item.when, known, asset)


def is_required(item: Item, known: Known, asset: Mapping[str, str]) -> bool:
    return item.required if isinstance(item.required, bool) else holds(item.required, known, asset)


def holds(condition: Condition, known: Known, asset: Mapping[str, str]) -> bool:
    """Whether a condition is true of what is known so far; a comparison with an unanswered item is false."""
    match condition:
        case AllOf(parts):
            return all(holds(part, known, asset) for part in parts)
        case AnyOf(parts):
            return any(holds(part, known, asset) for part in parts)
        case Not(part):
            return not holds(part, known, asset)
        case AssetIs(name, values):
            return asset.get(name) in values
        case Answered(item, wanted):
            return (item in known) is wanted
        case Compare():
            return condition.item in known and _compares(condition, known[condition.item])


def _compares(condition: Compare, answer: Answer) -> bool:
    if condition.operator == "includes":
        return isinstance(answer, list) and condition.values[0] in answer
    if not isinstance(answer, str):
        return False
    if condition.operator in ("is", "in"):
        return answer in condition.values
    return _in_order(condition.operator, _distance(condition, answer))


def _distance(condition: Compare, answer: str) -> int:
    """Below 0, 0 or above 0. Dates and times have a fixed width, so their text is their order."""
    if condition.number is not None:
        return exact.compare(exact.read(answer), condition.number)
    wanted = condition.values[0]
    return (answer > wanted) - (answer < wanted)


def _in_order(operator: str, distance: int) -> bool:
    match operator:
        case "gt":
            return distance > 0
        case "ge":
            return distance >= 0
        case "lt":
            return distance < 0
        case _:
            return distance <= 0
