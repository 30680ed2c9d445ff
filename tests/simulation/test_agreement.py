"""Any interleaving of lost, repeated and reordered messages ends in agreement and accounts for every operation."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from backend.core.clock import SetClock
from backend.core.config import Config
from tests.makers import House, build_app
from tests.simulation.machine import FAULTS, Agreement

NOVEMBER = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
MUST_HAPPEN = {
    "push answer lost",
    "old push answered",
    "old push device_forked",
    "pull answer lost",
    "days passed",
    "applied",
    "merged",
    "conflict",
    "rejected invalid",
    "rejected forbidden",
}
"""A run in which one of these never happened would prove nothing about it."""


@pytest.fixture(params=["sqlite", "postgresql"])
def build(
    request: pytest.FixtureRequest, fresh_database: Callable[[str, Path, ExitStack], str]
) -> Iterator[Callable[[], tuple[House, Callable[[], None]]]]:
    """A function that makes a house on a fresh database, and one that throws it away."""

    def make() -> tuple[House, Callable[[], None]]:
        stack = ExitStack()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = fresh_database(request.param, folder, stack)
        clock = SetClock(NOVEMBER, seed="simulation")
        config = Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(folder / "data")})
        app = stack.enter_context(build_app(config, clock))
        return House.found(app, clock, "Simulated Systems"), stack.close

    make.examples = {"sqlite": 20, "postgresql": 8}[request.param]  # type: ignore[attr-defined] # beside the function it belongs to
    yield make


def test_all_agree_in_the_end_whatever_the_network_does(build) -> None:
    FAULTS.clear()
    machine = type("Agreement", (Agreement,), {"build": staticmethod(build)})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=build.examples,
            stateful_step_count=80,
            deadline=None,
            derandomize=True,
            # A failure is shrunk by hand (Phase.shrink): on these histories it takes minutes.
            phases=[Phase.explicit, Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert not MUST_HAPPEN - FAULTS.keys(), sorted(MUST_HAPPEN - FAULTS.keys())
