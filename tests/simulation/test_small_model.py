"""T0: no interleaving of two tablets, the office and a few faults breaks an invariant; a broken protocol is found."""

from __future__ import annotations

import pytest

from tests.simulation.small_model.broken import EXAMPLES, Broken
from tests.simulation.small_model.days import DAYS, IN_TEST
from tests.simulation.small_model.search import search
from tests.simulation.small_model.world import Bounds

ENOUGH = 60_000


def test_no_interleaving_breaks_an_invariant():
    searched = [search(day, IN_TEST) for day in DAYS]

    assert [str(one.found) for one in searched if one.found] == []
    assert sum(one.states for one in searched) >= 100_000


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_protocol_with_one_fault_is_found_out(example: Broken):
    done = search(example.bounds, ENOUGH, example.server, example.tablet)

    assert done.found is not None, f"{done.states} states of {example.bounds.name} show nothing"
    assert done.found.what.startswith(example.breaks), str(done.found)
    assert done.found.trace


def test_what_shows_the_broken_ones_shows_nothing_in_ours():
    ours = [search(bounds, 1_500) for bounds in {example.bounds for example in EXAMPLES}]

    assert [str(one.found) for one in ours if one.found] == []


def test_a_day_that_is_small_enough_is_searched_whole():
    done = search(Bounds("one broken operation", (1, 0), ("poison",), faults=("timeout",)), 10_000)

    assert done.whole
    assert done.found is None
