"""From the office to a sealed report, with the network off and the browser closed in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.journeys.browsers import NETWORK_IS_OFF, Watch
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import ChineseClient, Engineer
from tests.journeys.house import House
from tests.journeys.pictures import photo_with_place

SITE, SIGNER = "Bayan laundry", "Chia Boon Keng"
VISIT, TICKET = "Half-yearly check of the power", "Label printer at the press drops off the network"
ENGINEER = ("hafiz", "Muhammad Hafiz bin Osman")
CHECKLIST = "UPS and power check"


@dataclass
class Journey:
    """What was seen on the way."""

    visit: str
    read: str
    receipt: str
    photo: bytes
    pdf: bytes


@pytest.fixture(scope="module")
def journey(
    house: House, watch: Watch, dispatcher: Dispatcher, engineer: Callable[..., Engineer]
) -> Journey:
    name, full_name = ENGINEER
    hafiz = engineer(name)
    dispatcher.confirms_the_tablet(full_name, hafiz.signs_in(house.passwords[name]))
    hafiz.comes_in()
    visit = plan(house, dispatcher)

    hafiz.syncs_now()
    hafiz.opens_the_visit(SITE)
    dispatcher.sees_live("Seen")
    hafiz.notes_the_steps("Travelling", "At the desk")

    watch.expect(NETWORK_IS_OFF)
    house.network.refuse()
    hafiz.tablet.close()
    hafiz.tablet.open()
    hafiz.unlocks()
    hafiz.opens_the_visit(SITE)
    hafiz.notes_the_steps("Working")
    photo = photo_with_place("OVERLOAD E04")
    fill_the_checklist(hafiz, photo)
    hafiz.resolves_the_ticket(TICKET, cause="The switch port renegotiates", action="Fixed speed, new patch cord")
    hafiz.notes_the_steps("Finished")
    hafiz.prepares_the_sign_off("中文")
    client = ChineseClient(hafiz.page)
    read = client.reads()
    receipt = client.signs(SIGNER)
    client.gives_it_back()
    hafiz.unlocks()
    hafiz.sees_waiting("to send")

    house.network.accept()
    hafiz.syncs_now()
    dispatcher.looks_at(visit)
    dispatcher.sees_live("Accepted")
    return Journey(visit, read, receipt, photo, dispatcher.opens_the_report(visit))


def plan(house: House, dispatcher: Dispatcher) -> str:
    ticket = dispatcher.takes_a_ticket(SITE, TICKET)
    return dispatcher.plans_a_visit(
        SITE,
        VISIT,
        house.now() + timedelta(minutes=10),
        engineer=ENGINEER[1],
        checklist=CHECKLIST,
        ticket=ticket,
    )


def fill_the_checklist(hafiz: Engineer, photo: bytes) -> None:
    """Every required item; one fails with a photo, one number is beyond its limit, one item comes by a condition."""
    hafiz.opens_the_checklist(CHECKLIST)
    hafiz.scans_the_tag("Asset label")
    hafiz.chooses("No alarm on the display", "Fail")
    hafiz.remarks("No alarm on the display", "Overload alarm E04 since Monday")
    hafiz.photographs("No alarm on the display", photo)
    hafiz.makes_a_follow_up("No alarm on the display")
    hafiz.measures("Input voltage", "270.5")
    hafiz.remarks("Input voltage", "Measured twice at the socket")
    hafiz.measures("Load", "64")
    hafiz.measures("Temperature at the battery", "26.5")
    hafiz.measures("Date of the battery set", "2024-11-01")
    hafiz.measures("Age of the battery set", "2")
    hafiz.chooses("Batteries are not swollen, leaking or corroded", "Pass")
    hafiz.measures("Runtime shown at the present load", "12.5")
    assert hafiz.item("Why no self-test").count() == 0
    hafiz.chooses("Self-test", "Not run")
    hafiz.measures("Why no self-test", "No fresh backup today")
    hafiz.chooses("The UPS tells the servers to shut down in time", "Yes")
    hafiz.chooses("Vents are free of dust with 10 cm of air around", "Pass")
    hafiz.photographs("Front panel with load and runtime", photo_with_place("64 % 12 min"))
    hafiz.finishes_the_checklist()


def test_the_journey_ends_with_a_report(journey: Journey, tmp_path: Path) -> None:
    assert journey.pdf.startswith(b"%PDF-")
