"""Two tablets answer one item without a network. Both values are seen on both; the dispatcher decides by keyboard; then
the client can sign again.
"""

from __future__ import annotations

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

SITE, VISIT = "Bayan laundry", "Two at one rack"
FIRST, SECOND = "Tan Siew Ling", "Arvind Raj a/l Subramaniam"
CHECKLIST, ITEM = "UPS and power check", "No alarm on the display"


@dataclass
class Dispute:
    """Who was there, and the address of the visit's page."""

    siew_ling: Engineer
    arvind: Engineer
    visit: str


@pytest.fixture(scope="module")
def dispute(house: House, watch: Watch, dispatcher: Dispatcher, engineer: Callable[..., Engineer]) -> Dispute:
    siew_ling, arvind = (
        enrolled(house, dispatcher, engineer, *who) for who in (("siewling", FIRST), ("arvind", SECOND))
    )
    ticket = dispatcher.takes_a_ticket(SITE, "Check the rack together")
    starts = house.now() + timedelta(minutes=10)
    visit = dispatcher.plans_a_visit(SITE, VISIT, starts, engineer=FIRST, checklist=CHECKLIST, ticket=ticket)
    dispatcher.sends_too(visit, SECOND)
    for one in (siew_ling, arvind):
        one.syncs_now()
    watch.expect(NETWORK_IS_OFF)
    house.network.refuse()
    for one, answer in ((siew_ling, "Pass"), (arvind, "Fail")):
        one.opens_the_visit(SITE)
        one.notes_the_steps("Travelling", "At the desk", "Working", "Finished")
        one.opens_the_checklist(CHECKLIST)
        one.chooses(ITEM, answer)
        one.leaves_the_checklist()
    # Who is first at the office is no matter of chance: the second tablet stays off until then.
    arvind.tablet.close()
    house.network.accept()
    siew_ling.asks_to_sync()
    expect(siew_ling.page.get_by_text("The office has everything"), "the first answer at the office").to_be_visible()
    arvind.tablet.open()
    arvind.unlocks()
    arvind.asks_to_sync()
    expect(arvind.page.get_by_role("heading", name="Needs attention"), "the second one met it").to_be_visible()
    siew_ling.asks_to_sync()
    return Dispute(siew_ling, arvind, visit)


def test_both_tablets_show_both_values_and_offer_no_signature(dispute: Dispute) -> None:
    visit = dispute.visit.rpartition("/")[2]
    for one in (dispute.siew_ling, dispute.arvind):
        one.goes_to(f"conflicts/{visit}", "Two values")
        values = one.page.locator(".values__value")
        expect(values, "both answers").to_have_text(["Pass", "Fail"])
        expect(one.page.get_by_text("The office decides"), "who decides").to_be_visible()
        one.goes_to(f"visit/{visit}", "Checklists")
        expect(one.page.get_by_role("button", name="Sign-off with the client"), "no signing").to_have_count(0)


def test_the_dispatcher_decides_by_keyboard_and_the_client_can_sign_again(
    dispute: Dispute, dispatcher: Dispatcher
) -> None:
    dispatcher.decides_by_keyboard(ITEM, "2")
    expect(dispatcher.page.get_by_text("Decided. The other value stays"), "what was decided").to_be_visible()
    for one in (dispute.siew_ling, dispute.arvind):
        one.asks_to_sync()
        expect(one.page.locator(".header__status"), "nothing that waits for the office").to_contain_text("All sent")
        expect(one.page.locator(".header__status"), "no attention").not_to_contain_text("attention")
        one.goes_to(f"visit/{dispute.visit.rpartition('/')[2]}", "Checklists")
        expect(one.page.get_by_role("button", name="Sign-off with the client"), "the signature").to_be_visible()
        one.opens_the_checklist(CHECKLIST)
        expect(one.item(ITEM).get_by_role("radio", name="Fail", exact=True), "the chosen answer").to_be_checked()
        one.leaves_the_checklist()


def test_the_value_that_lost_stays_on_the_visits_page(dispute: Dispute, dispatcher: Dispatcher) -> None:
    dispatcher.looks_at(dispute.visit)
    kept = dispatcher.page.locator(".differing .pair")
    expect(kept, "both values").to_contain_text(FIRST)
    expect(kept, "both values").to_contain_text("Kept beside")
