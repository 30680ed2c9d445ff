"""Time, ids and randomness come from the application's clock and from nowhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

import backend
from backend.core import clock
from backend.core.clock import MachineClock, SetClock
from sync.ids import is_uuid7, uuid7_ms

NEW_YEAR = datetime(2026, 12, 31, 15, 58, tzinfo=UTC)


def test_a_set_clock_stands_until_it_is_moved() -> None:
    held = SetClock(NEW_YEAR)

    assert held.now() == held.now() == NEW_YEAR
    assert held.advance(minutes=2) == NEW_YEAR + timedelta(minutes=2)
    held.set(NEW_YEAR)
    assert held.now() == NEW_YEAR


def test_seeded_randomness_repeats_and_never_within_one_run() -> None:
    first, again = (SetClock(NEW_YEAR, seed="a") for _ in range(2))
    drawn = [first.random(8) for _ in range(50)]

    assert drawn == [again.random(8) for _ in range(50)]
    assert len(set(drawn)) == 50
    assert SetClock(NEW_YEAR).random(8) != SetClock(NEW_YEAR).random(8)


def test_new_ids_carry_the_applications_time(app: Flask, clock: SetClock) -> None:
    from backend.core import clock as core_clock

    with app.app_context():
        made = [core_clock.new_id() for _ in range(3)]

    assert all(is_uuid7(identity) for identity in made)
    assert {uuid7_ms(identity) for identity in made} == {int(clock.now().timestamp() * 1000)}
    assert len(set(made)) == 3


def test_the_machines_clock_is_in_utc() -> None:
    assert MachineClock().now().tzinfo is UTC


ASKS = re.compile(
    r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(|uuid\.uuid|uuid4\(|\brandom\.(random|choice)\("
)
ALLOWED = {"core/clock.py"}


def asks_the_machine(text: str) -> bool:
    return ASKS.search(text) is not None


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    root = Path(backend.__file__).parent
    guilty = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if asks_the_machine(path.read_text(encoding="utf-8"))
    }
    # Set-up runs before there is an application, with the standard library alone.
    found = {path for path in guilty if not path.startswith("install/")}

    assert found - ALLOWED == set()
    assert "core/clock.py" in found, "the guard must see what it guards against"


@pytest.mark.parametrize("line", ["at = datetime.now(UTC)", "x = time.time()", "i = uuid.uuid4()", "date.today()"])
def test_the_guard_sees_each_way_of_asking(line: str) -> None:
    assert asks_the_machine(line)
    assert clock.now.__doc__
