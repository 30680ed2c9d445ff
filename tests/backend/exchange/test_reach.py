"""What a tablet may see and touch beyond its own visits: nothing, whoever holds it and whatever it names."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from backend.core.db import unit
from backend.identity import accounts
from backend.identity.actor import Scope
from tests.makers import House, Tablet, actor_now

AT = "2026-11-23T03:00:00.000Z"


@pytest.fixture
def visit(house: House, tablet: Tablet) -> str:
    """The engineer's own visit, at the first site."""
    return house.visit(tablet.person)


@pytest.fixture
def far(house: House) -> str:
    """A site where the engineer has no visit."""
    return house.site("Far store")


def ticket_at(house: House, site: str) -> str:
    ticket = house.new_id()
    facts = {"kind": "incident", "site": site, "title": "No network", "channel": "phone"}
    house.office()("ticket.create", ("ticket", ticket), facts)
    return ticket


def ask(tablet: Tablet) -> TestResponse:
    body = {
        "proto": 1, "schema": 1, "device": tablet.id, "epoch": tablet.epoch, "cursor": None, "limit": 1_000,
        "nonce": "n",
    }  # fmt: skip
    return tablet.call("POST", "/api/v1/sync/pull", json=body)


@pytest.mark.parametrize("role", ["engineer", "client_contact", "administrator"])
def test_somebody_else_who_is_signed_in_on_a_tablet_sends_but_fetches_nothing(
    house: House, tablet: Tablet, visit: str, role: str
) -> None:
    tablet.sync()
    n = tablet.act("visit.mark", ("visit", visit), {"mark": "seen"})
    tablet.browser = house.browser(role, 2)
    answer = ask(tablet)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "other_person")
    assert tablet.push().status_code == 200
    assert tablet.result(n)["status"] == "applied"


def test_a_role_that_was_withdrawn_fetches_nothing_from_the_next_request_on(
    house: House, tablet: Tablet, visit: str
) -> None:
    assert visit in {row["id"] for row in ask(tablet).get_json()["changes"]}
    with house.app.app_context(), unit():
        accounts.withdraw(house.org_id, tablet.person.id, Scope("engineer", "organisation", house.org_id))
    answer = ask(tablet)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "no_role")


def test_time_on_a_ticket_out_of_scope_is_held(house: House, tablet: Tablet, visit: str, far: str) -> None:
    tablet.sync()
    own, other = ticket_at(house, house.ids["site"]), ticket_at(house, far)
    entry = {"kind": "remote", "starts_at": AT, "minutes": 5}
    near = tablet.do("time.add", ("time_entry", house.new_id()), {**entry, "ticket": own})
    away = tablet.do("time.add", ("time_entry", house.new_id()), {**entry, "ticket": other})
    assert (near["status"], away["status"], away["code"]) == ("applied", "held", "out_of_scope")


def test_the_office_writes_time_on_any_ticket(house: House, far: str) -> None:
    entry = {"kind": "remote", "starts_at": AT, "minutes": 5, "ticket": ticket_at(house, far)}
    assert house.office().ask("time.add", ("time_entry", house.new_id()), entry)["status"] == "applied"


def test_a_photo_is_on_no_ticket_of_another_site(house: House, tablet: Tablet, visit: str, far: str) -> None:
    photo = {"visit": visit, "sha256": "0" * 64, "size": 1, "w": 1, "h": 1, "visible": "client", "taken_at": AT}
    away = tablet.do("photo.add", ("photo", house.new_id()), {**photo, "on": {"ticket": ticket_at(house, far)}})
    assert (away["status"], away["field"]) == ("rejected", "args.on.ticket")


def test_a_ticket_comes_from_no_visit_of_another_site(house: House, tablet: Tablet, visit: str, far: str) -> None:
    elsewhere = house.visit(house.person("engineer", 2), site=far)
    facts = {"kind": "incident", "site": house.ids["site"], "title": "Hot", "channel": "tablet"}
    own, other = ({**facts, "number": tablet.next_number("T"), "came_from": {"visit": v}} for v in (visit, elsewhere))
    assert tablet.do("ticket.create", ("ticket", house.new_id()), own)["status"] == "applied"
    refused = tablet.do("ticket.create", ("ticket", house.new_id()), other)
    assert (refused["status"], refused["field"]) == ("rejected", "args.came_from.visit")


def test_a_dispatcher_of_one_site_writes_at_no_other(house: House, far: str) -> None:
    dispatcher, role = house.person("dispatcher", 2), "dispatcher"
    elsewhere = house.visit(site=far)
    with house.app.app_context(), unit():
        accounts.withdraw(house.org_id, dispatcher.id, Scope(role, "organisation", house.org_id))
        accounts.grant(house.org_id, dispatcher.id, Scope(role, "site", house.ids["site"]))
    actor = actor_now(house, dispatcher)
    plan = {"title": "Look", "kind": "support", "starts_at": AT, "ends_at": "2026-11-23T05:00:00.000Z"}
    own, away, cancelled = house.submit(
        actor,
        [
            ("visit.create", ("visit", house.new_id()), {**plan, "site": house.ids["site"]}),
            ("visit.create", ("visit", house.new_id()), {**plan, "site": far}),
            ("visit.cancel", ("visit", elsewhere), {"reason": "Not mine"}),
        ],
    )
    assert own["status"] == "applied"
    assert [(one["status"], one["code"]) for one in (away, cancelled)] == [("rejected", "out_of_scope")] * 2


@pytest.mark.parametrize("kind", ["region", "client"])
def test_a_dispatcher_of_a_region_or_a_client_writes_at_its_sites(house: House, kind: str) -> None:
    dispatcher, role = house.person("dispatcher", 2), "dispatcher"
    with house.app.app_context(), unit():
        accounts.withdraw(house.org_id, dispatcher.id, Scope(role, "organisation", house.org_id))
        accounts.grant(house.org_id, dispatcher.id, Scope(role, kind, house.ids[kind]))
    visit = house.visit()
    cancel = ("visit.cancel", ("visit", visit), {"reason": "Closed"})
    assert house.submit(actor_now(house, dispatcher), [cancel])[0]["status"] == "applied"
