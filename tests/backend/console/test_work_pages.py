"""Visits, tickets, devices and today, as a dispatcher and a desk agent use them."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.identity import dpop
from sync.device_code import fingerprint
from tests.backend.console.conftest import Desk
from tests.makers import House, Tablet, public_jwk

AFTERNOON = {"starts_at": "2026-11-23T14:00", "ends_at": "2026-11-23T16:00"}


@pytest.fixture
def ticket(house: House, desk: Desk) -> str:
    """The page of a new ticket of the house's site."""
    return desk.made(
        "/console/tickets/new",
        site=house.ids["site"],
        kind="incident",
        channel="phone",
        title="No link at the counter",
        impact="high",
        urgency="high",
        category="network",
        description="Since this morning",
    )


def plan(house: House, desk: Desk, **fields: Any) -> str:
    """The page of a new visit of the house's site, in the afternoon of 23 November unless `fields` say otherwise."""
    asked = {"site": house.ids["site"], "kind": "maintenance", "title": "Quarterly round", **AFTERNOON, **fields}
    return desk.made("/console/visits/new", **asked)


def test_a_ticket_goes_from_the_call_to_its_close(ticket: str, desk: Desk) -> None:
    assert "P1" in desk.see(ticket)
    desk.made(f"{ticket}/start")
    desk.made(f"{ticket}/wait", reason="vendor", note="RMA asked")
    assert "Waiting" in desk.see(ticket)
    desk.made(f"{ticket}/resume")
    desk.made(f"{ticket}/resolve", cause="Loose cable", action="Seated it", prevention="Clip fitted")
    assert "Loose cable" in desk.see(ticket)
    desk.made(f"{ticket}/close")
    assert "Closed" in desk.see("/console/tickets?state=closed")


def test_a_resolution_without_its_cause_is_asked_for(ticket: str, desk: Desk) -> None:
    answer = desk.send(f"{ticket}/resolve", action="Seated it")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert re.search(r'id="resolve-cause"[^>]*aria-invalid="true"', page)
    assert "Seated it" in page


def test_a_note_says_who_sees_it(ticket: str, desk: Desk) -> None:
    desk.made(f"{ticket}/note", text="We come at three.", visible="client")
    assert "The client sees this" in desk.see(ticket)


def test_a_visit_is_planned_with_its_ticket_and_crew_and_reaches_the_tablet(
    house: House, desk: Desk, ticket: str, tablet: Tablet
) -> None:
    page = plan(
        house, desk, engineers=[tablet.person.id], tickets=[ticket.rsplit("/", 1)[1]], briefing="Bring a ladder"
    )
    seen = desk.see(page)
    assert "Assigned" in seen
    assert "No link at the counter" in seen
    tablet.sync()
    visit = tablet.value("visit", page.rsplit("/", 1)[1])
    assert visit["starts_at"] == "2026-11-23T06:00:00.000Z", "two in the afternoon in Singapore"
    assert visit["briefing"] == "Bring a ladder"


def test_the_page_follows_the_tablet(house: House, desk: Desk, tablet: Tablet) -> None:
    page = plan(house, desk, engineers=[tablet.person.id])
    tablet.sync()
    tablet.do("visit.mark", ("visit", page.rsplit("/", 1)[1]), {"mark": "working"})
    live = desk.see(f"{page}/live")
    assert "Under way" in live
    assert "Working" in live


def test_a_visit_is_reassigned_rescheduled_and_cancelled(house: House, desk: Desk) -> None:
    one, two = house.person("engineer"), house.person("engineer", 2)
    page = plan(house, desk, engineers=[one.id])
    desk.made(f"{page}/assign", engineers=[two.id], lead="")
    assert "Engineer 2" in desk.see(page)
    desk.made(f"{page}/plan", starts_at="2026-11-24T09:00", ends_at="2026-11-24T10:30")
    assert "Tue 24 Nov 2026, 09:00–10:30" in desk.see(page)
    desk.made(f"{page}/cancel", reason="Client moved")
    seen = desk.see(page)
    assert "Client moved" in seen
    assert desk.send(f"{page}/cancel", reason="Again").status_code == 404


def test_a_visit_that_ends_before_it_starts_is_refused_at_the_field(house: House, desk: Desk) -> None:
    answer = desk.send(
        "/console/visits/new",
        site=house.ids["site"],
        kind="support",
        title="X",
        starts_at="2026-11-23T16:00",
        ends_at="2026-11-23T15:00",
    )
    assert answer.status_code == 422
    assert re.search(r'id="ends_at"[^>]*aria-invalid="true"', answer.get_data(as_text=True))


def test_today_shows_the_days_visits_and_what_lacks_an_engineer(house: House, desk: Desk) -> None:
    today = house.clock.now().astimezone(ZoneInfo("Asia/Singapore")).date()
    plan(house, desk, starts_at=f"{today}T14:00", ends_at=f"{today}T16:00")
    page = desk.see("/console/")
    assert "14:00–16:00" in page
    assert "Nobody yet" in page


def pending(house: House) -> Tablet:
    """A tablet that asks to be enrolled and waits for the office."""
    tablet = Tablet(house, house.person("engineer"))
    tablet.browser.sign_in()
    facts = {"name": "Test tablet", "standalone": True, "persisted": True, "storage_mb": 4_000}
    asked = {"device": tablet.id, "jwk": public_jwk(tablet.key.public_key()), **facts}
    assert tablet.call("POST", "/api/v1/devices", json=asked).status_code == 201
    return tablet


def test_a_tablet_is_confirmed_by_its_eight_characters(house: House, desk: Desk) -> None:
    tablet = pending(house)
    page = f"/console/devices/{tablet.id}"
    characters = re.search(r"data-characters>(\w{4}-\w{4})<", desk.see(page))
    assert characters is not None
    assert characters[1].replace("-", "") == fingerprint(
        tablet.id, dpop.thumbprint(public_jwk(tablet.key.public_key()))
    )
    desk.made(f"{page}/confirm")
    assert "Active" in desk.see(page)


def test_a_desk_agent_sees_tablets_but_confirms_none(house: House, desk_of: Any) -> None:
    answer = desk_of("desk_agent").send(f"/console/devices/{pending(house).id}/confirm")
    assert answer.status_code == 409
    assert "Only a dispatcher or an administrator" in answer.get_data(as_text=True)


@pytest.mark.parametrize("deed", ["destroy", "../close", "note%00"])
def test_an_unknown_deed_is_not_there(ticket: str, desk: Desk, deed: str) -> None:
    assert desk.send(f"{ticket}/{deed}").status_code == 404
