"""`python -m tests.simulation.agreement FIRST COUNT`: the machine of `machine.py` from these seeds on SQLite, until an
oracle speaks; what it said as one line of JSON.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from backend.core.clock import SetClock
from backend.core.config import Config
from tests.makers import House, build_app, create_schema
from tests.simulation import oracles
from tests.simulation.machine import Agreement

NOVEMBER = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)
STEPS = 60
Failed = dict[str, int | str | None]



def main(words: list[str]) -> int:
    first, count = (int(word) for word in words)
    failed: Failed | None = None
    with tempfile.TemporaryDirectory() as place:
        template = Path(place) / "singgah.db"
        create_schema(f"sqlite:///{template}", Path(place))
        for seed in range(first, first + count):
            failed = play(seed, template)
            if failed is not None:
                break
    print(json.dumps({"failed": failed}))
    return 1 if failed else 0


def play(seed: int, template: Path) -> Failed | None:
    """One short and one longer history of this seed; None when all is well."""
    machine = hypothesis.seed(seed)(type("Agreement", (Agreement,), {"build": staticmethod(builder(template))}))
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=6, stateful_step_count=STEPS, deadline=None, phases=[Phase.generate], database=None,
                report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
            ),
        )  # fmt: skip
    except AssertionError as wrong:
        why = sentence(wrong)
        return {"seed": seed, "why": why, "broke": None if why else f"{wrong}"}
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is no oracle
        return {"seed": seed, "why": None, "broke": f"{type(fault).__name__}: {fault}"[:200]}
    return None


def sentence(wrong: AssertionError) -> str | None:
    """The promise that the failed oracle names, and the line that did not hold; None when no oracle failed."""
    for frame in reversed(traceback.extract_tb(wrong.__traceback__)):
        oracle = getattr(oracles, frame.name, None)
        if oracle is not None and frame.filename == oracles.__file__:
            promise = str(oracle.__doc__).strip().splitlines()[0]
            return f"{promise} Not so: {str(frame.line).removeprefix('assert ')}"
    return None


def builder(template: Path) -> Callable[[], tuple[House, Callable[[], None]]]:
    """A function that makes a house on a fresh database, and one that throws it away."""

    def make() -> tuple[House, Callable[[], None]]:
        stack = ExitStack()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(template, folder / "singgah.db")
        url = f"sqlite:///{folder / 'singgah.db'}"
        config = Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(folder / "data")})
        clock = SetClock(NOVEMBER, seed="simulation")
        app = stack.enter_context(build_app(config, clock))
        return House.found(app, clock, "Simulated Systems"), stack.close

    return make


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
