"""What must not matter does not: doubled requests, clocks, batches, the order of strangers, the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.history import Stage
from tests.simulation.plan import plan_of
from tests.simulation.twins import both, calm_plan, differences, judge, without_deaths

CALM = range(1, 4)
ON_BOTH = (3, 4, 12)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.mark.parametrize("seed", CALM)
def test_a_calm_history_ends_the_same_whatever_must_not_matter(stage: Stage, seed: int) -> None:
    verdict = judge(stage, seed)

    assert (verdict.kind, verdict.words) == ("well", "")
    assert len(verdict.outcomes) > 50


def test_calm_histories_have_clashes_to_decide(stage: Stage) -> None:
    ends = {end for seed in CALM for end in stage.play(calm_plan(seed)).outcomes.values()}

    assert {"applied", "conflict", "held out_of_scope"} <= ends


def test_an_operation_that_ended_otherwise_is_named(stage: Stage) -> None:
    whole = stage.play(calm_plan(1))
    name = next(iter(whole.outcomes))
    other = replace(whole, outcomes={**whole.outcomes, name: "rejected forbidden"})

    assert differences(whole, other) == [f"operation {name} ended {whole.outcomes[name]} and rejected forbidden"]


@pytest.mark.parametrize("seed", ON_BOTH)
def test_both_databases_give_each_operation_the_same_outcome(stage: Stage, seed: int, postgres_server: Any) -> None:
    with Stage(postgres_server.url("postgres"), "singgah_twin") as other:
        assert both(stage, other, without_deaths(plan_of(seed))) == []
