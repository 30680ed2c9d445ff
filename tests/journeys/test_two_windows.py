"""Two windows of one person at one tablet: what one does the other shows; the one that sends closes, the other goes on.
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
from tests.journeys.test_second_journey import enrolled

SITE, VISIT, WHO = "Bayan laundry", "The fans of the rack", "Tan Siew Ling"
CHECKLIST, ITEM = "UPS and power check", "No alarm on the display"
FIRST_NOTE, SECOND_NOTE, LAST_NOTE = "Written in the first", "Written in the second", "Written when it was alone"


@dataclass
class Windows:
    """`first` was opened first, so it is the one that speaks with the office."""

    first: Engineer
    second: Engineer
    visit: str


@pytest.fixture(scope="module")
def windows(house: House, watch: Watch, dispatcher: Dispatcher, engineer: Callable[..., Engineer]) -> Windows:
    first = enrolled(house, dispatcher, engineer, "siewling", WHO)
    ticket = dispatcher.takes_a_ticket(SITE, "The fans are loud")
    starts = house.now() + timedelta(minutes=10)
    visit = dispatcher.plans_a_visit(SITE, VISIT, starts, engineer=WHO, checklist=CHECKLIST, ticket=ticket)
    first.syncs_now()
    second = first.opens_another_window()
    for one in (first, second):
        one.opens_the_visit(SITE)
    watch.expect(NETWORK_IS_OFF)
    watch.expect(r"/api/v1/(sync|blobs|devices).*status of 401")
    return Windows(first, second, visit)


def test_what_is_done_in_one_window_stands_in_the_other_at_once(windows: Windows) -> None:
    windows.second.notes_the_steps("Travelling", "At the desk", "Working")
    windows.second.opens_the_checklist(CHECKLIST)
    windows.second.chooses(ITEM, "Pass")
    windows.second.leaves_the_checklist()

    expect(windows.first.page.get_by_text("Working", exact=True).first, "the step of the other").to_be_visible()
    windows.first.opens_the_checklist(CHECKLIST)
    answer = windows.first.item(ITEM).get_by_role("radio", name="Pass", exact=True)
    expect(answer, "the answer of the other").to_be_checked()
    windows.first.leaves_the_checklist()
    for one in (windows.first, windows.second):
        one.sees_all_sent()


def test_a_sign_in_in_one_window_lets_the_other_send(house: House, windows: Windows) -> None:
    assert windows.first.tablet.context is not None
    windows.first.tablet.context.clear_cookies()
    windows.first.notes(FIRST_NOTE)
    windows.second.signs_in_again(house.passwords["siewling"])
    for one in (windows.first, windows.second):
        one.sees_all_sent()


def test_when_the_window_that_sends_is_closed_the_other_goes_on_and_nothing_is_lost_or_doubled(
    house: House, windows: Windows, dispatcher: Dispatcher
) -> None:
    first, second = windows.first, windows.second
    house.network.refuse()
    visit = windows.visit.rpartition("/")[2]
    for one, words in ((first, SECOND_NOTE), (second, LAST_NOTE)):
        one.goes_to(f"visit/{visit}", "Checklists")
        one.notes(words)
    for one in (first, second):
        one.sees_waiting("2 changes to send")
        for words in (FIRST_NOTE, SECOND_NOTE, LAST_NOTE):
            expect(one.page.locator(".entry", has_text=words), f"“{words}” in both windows").to_have_count(1)

    first.page.close()
    house.network.accept()
    second.page.evaluate("dispatchEvent(new Event('online'))")
    second.sees_all_sent()

    dispatcher.looks_at(f"{windows.visit}/history")
    history = dispatcher.page.get_by_role("main").inner_text()
    assert [history.count(words) for words in (FIRST_NOTE, SECOND_NOTE, LAST_NOTE)] == [1, 1, 1]
    dispatcher.looks_at(windows.visit)
    assert dispatcher.steps_of(WHO).count("Working") == 1
    assert one_number_each(second.tablet.pushed)


def one_number_each(pushed: list[bytes]) -> bool:
    """However often an act was sent, from whichever window: it had one number, and its number no other act."""
    bodies = [json.loads(body) for body in pushed]
    sent = {(body["first"] + at, json.loads(op)["id"]) for body in bodies for at, op in enumerate(body["ops"])}
    return len(sent) == len({n for n, _ in sent}) == len({act for _, act in sent})


def test_an_act_under_two_numbers_would_be_seen() -> None:
    first, other = ('{"id": "a"}', '{"id": "b"}')
    pushed = [json.dumps({"first": n, "ops": ops}).encode() for n, ops in ((1, [first, other]), (2, [other]))]
    assert one_number_each(pushed)
    assert not one_number_each([*pushed, json.dumps({"first": 3, "ops": [first]}).encode()])
    assert not one_number_each([*pushed, json.dumps({"first": 2, "ops": [first]}).encode()])
