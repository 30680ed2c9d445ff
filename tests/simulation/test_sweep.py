"""A part of the single-crash sweep: some points of each small scenario. All of it: `singgah simulate --sweep`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.history import Stage
from tests.simulation.sweep import sweep

EVERY = 60
HERE = ("a note", "an answer", "a mark", "a remark", "a ticket and its note")
"""Of the scenarios, those that are played here."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.mark.parametrize(("nth", "name"), list(enumerate(HERE)), ids=HERE)
def test_a_single_crash_heals(stage: Stage, nth: int, name: str) -> None:
    played = sweep(stage, [name], EVERY, first=1 + nth)
    wrong = [f"{words}: {one.kind} {one.words}" for _, words, one in played if one.kind != "well"]
    assert wrong == []
