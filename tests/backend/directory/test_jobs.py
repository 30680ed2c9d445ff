"""Every day the sites' copies of their agreements follow the date."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from backend.core import jobs
from backend.core.clock import SetClock
from tests.backend.directory.test_operations import VERSION, agreement
from tests.makers import House, Office, Tablet


def on(clock: SetClock, days: int = 0) -> str:
    """The date in Singapore so many days from now."""
    return (clock.now() + timedelta(days=days)).astimezone(ZoneInfo("Asia/Singapore")).date().isoformat()


def a_day_later(house: House, clock: SetClock, days: int) -> None:
    clock.advance(days=days)
    with house.app.app_context():
        jobs.post_daily()
        jobs.run_due()


def test_a_version_takes_effect_on_its_day(house: House, office: Office, tablet: Tablet, clock: SetClock) -> None:
    house.visit(tablet.person)
    later = {**VERSION, "effective_from": on(clock, days=2), "windows": {"P1": "mon-fri 09:00-18:00"}}
    agreement(house, office, versions=[VERSION, later])
    tablet.sync()
    assert tablet.value("coverage", house.ids["site"])["windows"] == {"P1": "24x7"}
    a_day_later(house, clock, 1)
    tablet.sync()
    assert tablet.value("coverage", house.ids["site"])["windows"] == {"P1": "24x7"}
    a_day_later(house, clock, 1)
    tablet.sync()
    assert tablet.value("coverage", house.ids["site"])["windows"] == later["windows"]


def test_coverage_ends_with_the_agreement(house: House, office: Office, tablet: Tablet, clock: SetClock) -> None:
    house.visit(tablet.person)
    agreement(house, office, ends_on=on(clock))
    tablet.sync()
    assert ("coverage", house.ids["site"]) in tablet.rows
    a_day_later(house, clock, 1)
    tablet.sync()
    assert ("coverage", house.ids["site"]) not in tablet.rows


def test_nobody_but_the_program_says_that_a_site_is_to_be_covered(house: House, office: Office) -> None:
    assert office.ask("site.cover", ("site", house.ids["site"]), {})["code"] == "forbidden"
