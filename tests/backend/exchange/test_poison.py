"""Operations that are read but mean nothing, or too much: each has its outcome, and those after it go on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.makers import House, Tablet

CENTURY_MS = 100 * 365 * 86_400_000
BEYOND = (
    {"v": 2**31},
    {"v": 2**53 - 1},
    {"base": 2**53 - 1},
    {"mono": 2**53 - 1},
    {"at": "9999-12-31T23:59:59.999Z", "off": CENTURY_MS},
    {"at": "0001-01-01T00:00:00.000Z", "off": -CENTURY_MS},
    {"at": "0001-01-01T00:00:00.000Z", "off": -(2**53) + 1},
)


@pytest.mark.parametrize("changes", BEYOND, ids=str)
def test_a_number_or_a_clock_beyond_all_measure_holds_nothing_up(house: House, changes: dict[str, Any]) -> None:
    tablet = house.tablet()
    visit = house.visit(tablet.person)
    strange = tablet.act("visit.mark", ("visit", visit), {"mark": "seen"}, **changes)
    sound = tablet.act("visit.mark", ("visit", visit), {"mark": "travelling"})
    tablet.sync()
    assert tablet.result(strange)["status"] in {"applied", "rejected"}
    assert tablet.result(sound)["status"] == "applied"


def test_a_mark_of_a_mad_clock_is_a_time_that_every_page_can_show(house: House) -> None:
    tablet = house.tablet()
    visit = house.visit(tablet.person)
    tablet.do("visit.mark", ("visit", visit), {"mark": "seen"}, at="0001-01-01T00:00:00.000Z", off=0)
    assert house.browser("dispatcher").get(f"/console/visits/{visit}").status_code == 200


@pytest.mark.parametrize("starts_at", ["0001-01-01T00:00:00.000Z", "0999-01-01T00:00:00.000Z"])
@pytest.mark.parametrize("ends_at", ["2026-12-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_nobody_plans_at_the_ends_of_the_calendar(house: House, starts_at: str, ends_at: str) -> None:
    tablet, visit = house.tablet(), house.new_id()
    house.visit(tablet.person)
    plan = {"site": house.ids["site"], "title": "Look", "kind": "support", "unplanned": True}
    number = tablet.next_number("V")
    result = tablet.do(
        "visit.create", ("visit", visit), {**plan, "number": number, "starts_at": starts_at, "ends_at": ends_at}
    )
    assert (result["status"], result["field"]) == ("rejected", "args.starts_at")
    assert house.browser("dispatcher").get("/console/visits").status_code == 200


def test_a_tablet_may_claim_any_version_of_the_schema(house: House, tablet: Tablet) -> None:
    tablet.pull()
    house.app.testing = False
    assert tablet.push(schema=2**53 - 1).status_code == 200
