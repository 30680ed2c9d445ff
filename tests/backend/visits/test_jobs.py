"""Every day: who was on a visit that is 14 days over follows it no more."""

from __future__ import annotations

import pytest

from backend.core import jobs
from backend.core.clock import SetClock
from tests.makers import House, Office, Tablet


def pass_days(house: House, clock: SetClock, days: int) -> None:
    clock.advance(days=days)
    with house.app.app_context():
        jobs.post_daily()
        jobs.run_due()


@pytest.mark.parametrize(("days", "followed"), [(14, True), (15, False)])
def test_a_finished_visit_leaves_the_tablet_fourteen_days_after_its_end(
    house: House, office: Office, tablet: Tablet, clock: SetClock, days: int, followed: bool
) -> None:
    visit = house.visit(tablet.person)
    office("visit.cancel", ("visit", visit), {"reason": "Client asked"})
    tablet.sync()
    pass_days(house, clock, days)
    tablet.sync()
    assert (("visit", visit) in tablet.rows) is followed
    assert (("site", house.ids["site"]) in tablet.rows) is followed


def test_a_visit_that_nobody_finished_stays(house: House, tablet: Tablet, clock: SetClock) -> None:
    visit = house.visit(tablet.person)
    pass_days(house, clock, 29)
    tablet.sync()
    assert ("visit", visit) in tablet.rows


def test_a_visit_to_come_keeps_the_site(house: House, office: Office, tablet: Tablet, clock: SetClock) -> None:
    over = house.visit(tablet.person)
    office("visit.cancel", ("visit", over), {"reason": "Client asked"})
    clock.advance(days=10)
    house.visit(tablet.person)
    pass_days(house, clock, 5)
    tablet.sync()
    assert ("visit", over) not in tablet.rows
    assert ("site", house.ids["site"]) in tablet.rows


def test_the_program_settles_no_visit_before_its_time(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    [result] = house.submit(house.program(), [("visit.settle", ("visit", visit), {})])
    assert result["code"] == "wrong_state"
