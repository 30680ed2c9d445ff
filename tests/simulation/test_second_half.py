"""The second half of the histories: with all their faults, nothing is lost, doubled or silently overwritten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.halves import Half

HALF = Half(1)


@pytest.fixture(scope="module", autouse=True)
def _end() -> Iterator[None]:
    yield
    HALF.close()


@pytest.mark.parametrize("first", list(HALF.batches()))
def test_histories_end_in_agreement(first: int) -> None:
    assert HALF.play(first) == []


def test_every_listed_fault_refusal_and_outcome_has_happened() -> None:
    assert HALF.never_happened() == []
