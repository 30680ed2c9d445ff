"""What becomes of a value that somebody wrote without having seen the newest one (rules S11 to S16)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync import canonical
from sync.outcome import Status
from sync.policy import MergeClass


@dataclass(frozen=True)
class Cell:
    """A field's value and who wrote it: feed position, device and that device's number."""

    value: Any
    ver: int
    device: str
    n: int


class Keep(StrEnum):
    """Which value must not be lost although it is not current."""

    NOTHING = "nothing"
    INCOMING = "incoming"
    HELD = "held"


@dataclass(frozen=True)
class Decision:
    """`apply`: write the incoming value. `keep`: which to keep beside it. `code`: when held or overruled."""

    apply: bool
    outcome: Status
    keep: Keep = Keep.NOTHING
    code: str | None = None


APPLY = Decision(True, Status.APPLIED)
ALREADY_SO = Decision(False, Status.APPLIED)


def clashes(held: Cell | None, incoming: Cell, base: int) -> bool:
    """Whether another device wrote another value after `base` (rule S11). No clock is asked."""
    if held is None or held.ver <= base or held.device == incoming.device:
        return False
    return not same(held.value, incoming.value)


def merge_field(
    merge_class: MergeClass,
    held: Cell | None,
    incoming: Cell,
    base: int,
    *,
    writer_is_office: bool,
    holder_is_office: bool,
) -> Decision:
    """Decide one field. `base` is the operation's; office: dispatcher, service manager, administrator."""
    if held is not None and same(held.value, incoming.value):
        return ALREADY_SO
    if not clashes(held, incoming, base):
        return APPLY
    match merge_class:
        case MergeClass.APPEND:
            return APPLY
        case MergeClass.EVIDENCE:
            return Decision(False, Status.CONFLICT, Keep.INCOMING)
        case MergeClass.LOW_STAKES:
            return Decision(True, Status.APPLIED, Keep.HELD)
        case MergeClass.STATE:
            return Decision(False, Status.HELD, Keep.INCOMING, "wrong_state")
        case MergeClass.PLANNING:
            return _planning(writer_is_office, holder_is_office)


def _planning(writer_is_office: bool, holder_is_office: bool) -> Decision:
    """The office overrules the field, either way round; two of equal standing are asked to choose."""
    if writer_is_office == holder_is_office:
        return Decision(False, Status.CONFLICT, Keep.INCOMING)
    if writer_is_office:
        return Decision(True, Status.APPLIED, Keep.HELD)
    return Decision(False, Status.MERGED, Keep.INCOMING, "overruled")


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values: true is not 1, the order of keys means nothing."""
    return type(one) is type(other) and (
        one == other if not isinstance(one, (dict, list)) else canonical.loose(one) == canonical.loose(other)
    )
