"""A bad day: an answer lost after the server's commit, an empty battery in the middle of an upload, and the visit
given to a colleague meanwhile. Nothing is lost and nothing is there twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import NETWORK_IS_OFF, Watch
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import Engineer
from tests.journeys.house import House
from tests.journeys.pictures import photo_with_place

SITE, VISIT, TICKET = "Bayan laundry", "Noises from the rack", "Something hums in the rack"
FIRST, SECOND = "Tan Siew Ling", "Arvind Raj a/l Subramaniam"
CHECKLIST = "UPS and power check"
REMARK, NOTE = "Fan of the UPS scrapes", "The key hangs behind the press"
PART_OF_A_PHOTO = 60_000  # bytes


@dataclass
class BadDay:
    """Who was there, and the address of the visit's page."""

    siew_ling: Engineer
    arvind: Engineer
    visit: str


@pytest.fixture(scope="module")
def bad_day(house: House, watch: Watch, dispatcher: Dispatcher, engineer: Callable[..., Engineer]) -> BadDay:
    siew_ling, arvind = (
        enrolled(house, dispatcher, engineer, *who) for who in (("siewling", FIRST), ("arvind", SECOND))
    )
    ticket = dispatcher.takes_a_ticket(SITE, TICKET)
    starts = house.now() + timedelta(minutes=10)
    visit = dispatcher.plans_a_visit(SITE, VISIT, starts, engineer=FIRST, checklist=CHECKLIST, ticket=ticket)
    siew_ling.syncs_now()
    siew_ling.opens_the_visit(SITE)
    watch.expect(NETWORK_IS_OFF)

    lost = house.network.lose_answer("POST /api/v1/sync/push")
    siew_ling.notes_the_steps("Travelling")
    lost.wait()
    siew_ling.notes_the_steps("At the desk", "Working")
    siew_ling.syncs_now()

    cut = house.network.cut_request("PATCH /api/v1/blobs/", after=PART_OF_A_PHOTO)
    siew_ling.opens_the_checklist(CHECKLIST)
    siew_ling.chooses("No alarm on the display", "Fail")
    siew_ling.photographs("No alarm on the display", photo_with_place("FAN"))
    cut.wait()
    siew_ling.tablet.kill()
    house.network.refuse()

    dispatcher.gives_the_visit_to(visit, SECOND, instead_of=FIRST)
    siew_ling.tablet.open()
    siew_ling.unlocks()
    siew_ling.opens_the_visit(SITE)
    siew_ling.opens_the_checklist(CHECKLIST)
    siew_ling.remarks("No alarm on the display", REMARK)
    siew_ling.makes_a_follow_up("No alarm on the display")
    siew_ling.leaves_the_checklist()
    siew_ling.notes(NOTE)

    house.network.accept()
    siew_ling.signs_in_again(house.passwords["siewling"])
    siew_ling.syncs_now()
    arvind.syncs_now()
    dispatcher.looks_at(visit)
    return BadDay(siew_ling, arvind, visit)


def enrolled(
    house: House, dispatcher: Dispatcher, engineer: Callable[..., Engineer], name: str, full_name: str
) -> Engineer:
    made = engineer(name)
    dispatcher.confirms_the_tablet(full_name, made.signs_in(house.passwords[name]))
    made.comes_in()
    return made


def test_the_office_has_everything_once(bad_day: BadDay, dispatcher: Dispatcher) -> None:
    dispatcher.looks_at(bad_day.visit)
    assert dispatcher.counts() == {"Checklists": 1, "Tickets": 1, "Photos": 1}
    assert dispatcher.steps_of(FIRST) == ["Received", "Seen", "Travelling", "At desk", "Working"]
    main = dispatcher.page.get_by_role("main")
    expect(main.get_by_text(REMARK), "the remark in the checklist").to_have_count(1)
    expect(main.locator("ul.photos img"), "the photo").to_have_count(1)
    assert [photo[:2] for photo in dispatcher.photos()] == [b"\xff\xd8"]


def test_the_office_is_told_that_work_came_after_the_visit_was_given_away(
    bad_day: BadDay, dispatcher: Dispatcher
) -> None:
    dispatcher.looks_at(bad_day.visit)
    flags = dispatcher.page.locator("[data-live] p.message.warn")
    expect(flags, "a flag on the visit").to_have_count(1)
    expect(dispatcher.page.locator("dl.facts"), "the new engineer").to_contain_text(SECOND)


def test_the_follow_up_is_there_once(bad_day: BadDay, dispatcher: Dispatcher) -> None:
    dispatcher.page.goto("/console/tickets?q=No+alarm+on+the+display")
    expect(dispatcher.page.get_by_role("main").get_by_role("row"), "one row under the heading").to_have_count(2)


def test_the_colleague_goes_on_where_the_first_one_stopped(bad_day: BadDay) -> None:
    arvind = bad_day.arvind
    arvind.opens_the_visit(SITE)
    expect(arvind.page.locator(".entry", has_text=NOTE), "the note").to_have_count(1)
    arvind.opens_the_checklist(CHECKLIST)
    item = arvind.item("No alarm on the display")
    expect(item.get_by_role("radio", name="Fail"), "the answer").to_be_checked()
    expect(item.get_by_label("Remark", exact=True), "the remark").to_have_value(REMARK)
    expect(item.get_by_role("link", name="Follow-up"), "the follow-up").to_have_count(1)


def test_the_visit_has_left_the_first_tablet_and_nothing_waits_there(bad_day: BadDay) -> None:
    siew_ling = bad_day.siew_ling
    expect(siew_ling.page.get_by_text("This visit is not on this tablet").first, "that it is gone").to_be_visible()
    siew_ling.sees_all_sent()


def test_operations_were_sent_again_and_kept_once(bad_day: BadDay) -> None:
    """The faults were real: some operation went out more than once, and still nothing is there twice."""
    sent = [op for body in bad_day.siew_ling.tablet.pushed for op in json.loads(body)["ops"]]
    assert len(sent) > len(set(sent))
