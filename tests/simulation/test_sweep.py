"""A part of the single-crash sweep: some points of each small scenario. All of it: `singgah simulate --sweep`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.history import Stage
from tests.simulation.sweep import SCENARIOS, sweep

EVERY = 150


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.mark.parametrize(("nth", "name"), list(enumerate(SCENARIOS)), ids=list(SCENARIOS))
def test_a_single_crash_heals(stage: Stage, nth: int, name: str) -> None:
    wrong = [f"{at}: {one.kind} {one.words}" for at, one in sweep(stage, [name], EVERY, nth) if one.kind != "well"]
    assert wrong == []
