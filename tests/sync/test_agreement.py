"""Properties of merging that no single example shows."""

import itertools
import random

import pytest

from sync.merge import Cell, Keep, merge_field
from sync.outcome import OperationResult, Status
from sync.policy import FIELDS, MergeClass

ENGINEERS = ("tablet-a", "tablet-b", "tablet-c")


def told(merge_class: MergeClass, held: Cell | None, incoming: Cell, base: int) -> tuple[Cell | None, object]:
    """The cell after one operation of an engineer, and what was kept beside."""
    decision = merge_field(
        merge_class, held, incoming, base, writer_is_office=False, holder_is_office=False
    )
    beside = {Keep.INCOMING: incoming.value, Keep.HELD: held and held.value, Keep.NOTHING: None}[decision.keep]
    return (incoming if decision.apply else held), beside


def story(seed: int) -> list[tuple[str, str, int]]:
    """Writer, value and how many positions the writer lags behind."""
    dice = random.Random(seed)
    return [(dice.choice(ENGINEERS), dice.choice("vwxyz"), dice.randrange(4)) for _ in range(20)]


@pytest.mark.parametrize("seed", range(100))
def test_no_unseen_evidence_is_lost(seed: int) -> None:
    held: Cell | None = None
    for ver, (device, value, lag) in enumerate(story(seed), start=1):
        base = max(0, ver - 1 - lag)
        before = held
        held, beside = told(MergeClass.EVIDENCE, held, Cell(value, ver, device, ver), base)
        unseen = before is not None and before.ver > base and before.device != device and before.value != value
        assert beside == (value if unseen else None), f"seed {seed}, {ver}"
        assert held is not None
        assert held.value == (before.value if unseen and before else value), f"seed {seed}, {ver}"


@pytest.mark.parametrize("merge_class", MergeClass)
def test_whoever_has_seen_the_newest_value_may_change_it(merge_class: MergeClass) -> None:
    held = Cell("a", 7, "tablet-a", 1)
    for writer_is_office, holder_is_office in itertools.product((True, False), repeat=2):
        decision = merge_field(
            merge_class,
            held,
            Cell("b", 8, "tablet-b", 1),
            7,
            writer_is_office=writer_is_office,
            holder_is_office=holder_is_office,
        )
        assert decision.apply
        assert decision.outcome is Status.APPLIED


@pytest.mark.parametrize("status", Status)
def test_only_what_took_effect_has_a_position(status: Status) -> None:
    with pytest.raises(ValueError, match="seq"):
        OperationResult(1, None, status, None if status.takes_effect else 7)


def test_every_class_is_used() -> None:
    assert set(FIELDS.values()) == set(MergeClass)
