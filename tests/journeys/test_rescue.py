"""A tablet that cannot send any more: its work comes to the office in a file. Later it is lost: it sends the rest and
empties itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import NETWORK_IS_OFF, Watch
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import Engineer
from tests.journeys.house import House
from tests.journeys.pictures import photo_with_place

SITE, VISIT, TICKET = "Bayan laundry", "Smell near the UPS", "It smells of plastic"
WHO = "Tan Siew Ling"
CHECKLIST = "UPS and power check"
NOTE, LAST_NOTE = "The key hangs behind the press", "Left the spare fan on the shelf"
REFUSED = r"status of 403"


@dataclass
class Stranded:
    """The engineer without a network, the visit's page, and the files that were saved."""

    siew_ling: Engineer
    visit: str
    open_file: Path
    locked_file: Path


@pytest.fixture(scope="module")
def stranded(
    house: House,
    watch: Watch,
    dispatcher: Dispatcher,
    engineer: Callable[..., Engineer],
    tmp_path_factory: pytest.TempPathFactory,
) -> Stranded:
    siew_ling = engineer("siewling")
    dispatcher.confirms_the_tablet(WHO, siew_ling.signs_in(house.passwords["siewling"]))
    siew_ling.comes_in()
    ticket = dispatcher.takes_a_ticket(SITE, TICKET)
    starts = house.now() + timedelta(minutes=10)
    visit = dispatcher.plans_a_visit(SITE, VISIT, starts, engineer=WHO, checklist=CHECKLIST, ticket=ticket)
    siew_ling.syncs_now()
    watch.expect(NETWORK_IS_OFF)
    house.network.refuse()
    siew_ling.opens_the_visit(SITE)
    siew_ling.notes_the_steps("Travelling", "At the desk", "Working")
    siew_ling.opens_the_checklist(CHECKLIST)
    siew_ling.chooses("No alarm on the display", "Fail")
    siew_ling.photographs("No alarm on the display", photo_with_place("SMELL"))
    siew_ling.leaves_the_checklist()
    siew_ling.notes(NOTE)
    folder = tmp_path_factory.mktemp("card")
    open_file = siew_ling.saves_unsent_work(folder / "open.singgah-rescue")
    siew_ling.tablet.close()
    siew_ling.tablet.open()
    locked_file = siew_ling.saves_unsent_work_from_the_door(folder / "locked.singgah-rescue")
    return Stranded(siew_ling, visit, open_file, locked_file)


def test_the_office_has_what_the_tablet_could_not_send_and_has_it_once(
    house: House, stranded: Stranded, dispatcher: Dispatcher
) -> None:
    said = dispatcher.imports_a_rescue_file(stranded.open_file)
    assert "took effect" in said
    assert "1 photos and documents are new" in said

    again = dispatcher.imports_a_rescue_file(stranded.locked_file)
    assert "took effect" not in again
    assert "1 were here already" in again

    dispatcher.looks_at(stranded.visit)
    before = everything(dispatcher)
    assert before["counts"]["Photos"] == 1
    assert before["steps"].count("Working") == 1
    dispatcher.looks_at(f"{stranded.visit}/history")
    assert NOTE in dispatcher.page.get_by_role("main").inner_text()

    house.network.accept()
    stranded.siew_ling.unlocks()
    stranded.siew_ling.sees_all_sent()
    dispatcher.looks_at(stranded.visit)
    assert everything(dispatcher) == before, "the tablet sent it after all, and nothing is doubled"


def test_a_lost_tablet_sends_the_rest_and_empties_itself(
    house: House, stranded: Stranded, dispatcher: Dispatcher, watch: Watch
) -> None:
    siew_ling = stranded.siew_ling
    watch.expect(REFUSED)
    house.network.refuse()
    siew_ling.opens_the_visit(SITE)
    siew_ling.notes(LAST_NOTE)
    dispatcher.gives_the_tablet_up(WHO)
    expect(dispatcher.page.get_by_role("main"), "the order").to_contain_text("Wipe asked for")

    with siew_ling.page.expect_response(lambda answer: answer.url.endswith("/wiped") and answer.ok):
        house.network.accept()
        siew_ling.page.evaluate("dispatchEvent(new Event('online'))")

    expect(siew_ling.page.get_by_role("heading", name="Sign in"), "an empty tablet").to_be_visible(timeout=30_000)
    assert databases(siew_ling) <= {"singgah-people"}
    dispatcher.page.reload()
    facts = dispatcher.page.get_by_role("main")
    expect(facts, "the tablet's own word").to_contain_text("Confirmed that it is empty")
    expect(facts, "what could not be sent").to_contain_text("0 changes, 0 photos")
    dispatcher.page.goto("/console/attention")
    expect(dispatcher.page.get_by_role("main"), "the last note in quarantine").to_contain_text(LAST_NOTE)


def everything(dispatcher: Dispatcher) -> dict[str, Any]:
    return {"steps": dispatcher.steps_of(WHO), "counts": dispatcher.counts()}


def databases(engineer: Engineer) -> set[str]:
    names: list[str] = engineer.page.evaluate("indexedDB.databases().then((all) => all.map(({name}) => name))")
    return set(names)
