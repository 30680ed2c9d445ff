"""Tickets through the front door: states, first response, walk-ups, follow-ups, merging."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.core.clock import SetClock
from backend.core.schema import wire_time
from tests.makers import House, Office, Tablet

SOLVED = {"cause": "Fuse", "action": "Changed the fuse", "prevention": "Check yearly"}


def ticket(house: House, office: Office, **changes: Any) -> str:
    made = house.new_id()
    facts = {
        "kind": "incident",
        "site": house.ids["site"],
        "title": "Printer is dead",
        "channel": "phone",
        "reporter": "Mei Ling",
        **changes,
    }
    office("ticket.create", ("ticket", made), facts)
    return made


@pytest.fixture
def followed(house: House, tablet: Tablet) -> Tablet:
    """The engineer's tablet, with a visit at the site."""
    house.visit(house.person("engineer"))
    tablet.sync()
    return tablet


def seen(tablet: Tablet, entity: str) -> dict[str, Any]:
    tablet.sync()
    return tablet.value("ticket", entity)


def test_a_ticket_gets_a_number_a_priority_and_its_opening_event(
    house: House, office: Office, followed: Tablet
) -> None:
    made = seen(followed, ticket(house, office, impact="high", urgency="medium"))
    assert made["number"].startswith("T-") and made["number"].endswith("-1")
    assert (made["priority"], made["state"], made["tier"]) == ("P2", "new", "L1")
    assert [event["deed"] for event in made["events"]] == ["create"]
    assert made["opened_at"] == wire_time(house.clock.now())


def test_a_walk_up_is_recorded_and_solved_at_once(house: House, followed: Tablet) -> None:
    made = house.new_id()
    facts = {
        "number": followed.next_number("T"),
        "kind": "incident",
        "site": house.ids["site"],
        "title": "Could not print",
        "channel": "walk_up",
        "walk_up": True,
        "reporter": "Encik Ali",
    }
    followed.act("ticket.create", ("ticket", made), facts)
    followed.act("ticket.resolve", ("ticket", made), SOLVED)
    solved = seen(followed, made)
    assert [followed.result(n)["status"] for n in (1, 2)] == ["applied", "applied"]
    assert (solved["state"], solved["cause"], solved["assignee"]) == ("resolved", "Fuse", followed.person.id)
    assert solved["first_response_at"] == solved["resolved_at"]


@pytest.mark.parametrize("number", ["T-000-1", "T-ZZZ-9"])
def test_a_number_of_another_device_is_held_with_the_ticket(house: House, followed: Tablet, number: str) -> None:
    facts = {"number": number, "kind": "incident", "site": house.ids["site"], "title": "X", "channel": "tablet"}
    result = followed.do("ticket.create", ("ticket", house.new_id()), facts)
    assert (result["status"], result["code"]) == ("held", "number")


def test_the_same_number_twice_is_held(house: House, followed: Tablet) -> None:
    facts = {
        "number": followed.next_number("T"), "kind": "incident", "site": house.ids["site"], "title": "X",
        "channel": "tablet",
    }  # fmt: skip
    assert followed.do("ticket.create", ("ticket", house.new_id()), facts)["status"] == "applied"
    assert followed.do("ticket.create", ("ticket", house.new_id()), facts)["code"] == "number"


def test_a_follow_up_names_the_finding_it_came_from(house: House, office: Office, followed: Tablet) -> None:
    visit = house.visit(house.person("engineer"))
    came = {"visit": visit, "run": house.new_id(), "item": "restored_ok"}
    facts = {
        "number": followed.next_number("T"), "kind": "incident", "site": house.ids["site"], "title": "Restore failed",
        "channel": "tablet", "came_from": came,
    }  # fmt: skip
    made = house.new_id()
    assert followed.do("ticket.create", ("ticket", made), facts)["status"] == "applied"
    assert seen(followed, made)["came_from"] == came


def test_a_follow_up_of_a_visit_that_is_not_there_is_held(house: House, office: Office) -> None:
    facts = {
        "kind": "incident", "site": house.ids["site"], "title": "X", "channel": "console",
        "came_from": {"visit": house.new_id()},
    }  # fmt: skip
    assert office.ask("ticket.create", ("ticket", house.new_id()), facts)["code"] == "entity_gone"


def test_the_first_start_is_the_first_response_and_stays_it(
    house: House, office: Office, followed: Tablet, clock: SetClock
) -> None:
    made = ticket(house, office)
    clock.advance(minutes=5)
    office("ticket.start", ("ticket", made), {})
    first = wire_time(clock.now())
    clock.advance(minutes=5)
    office("ticket.wait", ("ticket", made), {"reason": "vendor"})
    after = seen(followed, made)
    assert (after["first_response_at"], after["state"], after["waiting_for"]) == (first, "waiting", "vendor")


@pytest.mark.parametrize(("visible", "responds"), [("client", True), ("internal", False)])
def test_only_a_note_that_the_client_sees_is_a_response(
    house: House, office: Office, followed: Tablet, visible: str, responds: bool
) -> None:
    made = ticket(house, office)
    note = {"note": house.new_id(), "text": "We are on it", "visible": visible}
    office("ticket.note", ("ticket", made), note)
    office("ticket.note", ("ticket", made), note)
    after = seen(followed, made)
    assert (after["first_response_at"] is not None) is responds
    assert len(after["notes"]) == 1


def test_a_move_that_is_not_in_the_law_is_held_for_the_dispatcher(house: House, office: Office) -> None:
    made = ticket(house, office)
    assert office.ask("ticket.close", ("ticket", made), {})["code"] == "wrong_state"
    office("ticket.resolve", ("ticket", made), SOLVED)
    assert office.ask("ticket.resolve", ("ticket", made), SOLVED)["code"] == "wrong_state"
    office("ticket.close", ("ticket", made), {})


def test_a_reopened_ticket_counts_as_open_and_forgets_when_it_was_resolved(
    house: House, office: Office, followed: Tablet
) -> None:
    made = ticket(house, office)
    office("ticket.resolve", ("ticket", made), SOLVED)
    office("ticket.reopen", ("ticket", made), {"reason": "It died again"})
    after = seen(followed, made)
    assert (after["state"], after["resolved_at"]) == ("reopened", None)
    assert after["events"][-1]["reason"] == "It died again"
    office("ticket.wait", ("ticket", made), {"reason": "part"})


def test_an_offline_resolution_counts_when_it_happened_and_never_after_receipt(
    house: House, office: Office, followed: Tablet, clock: SetClock
) -> None:
    one, other = ticket(house, office), ticket(house, office)
    followed.sync()
    then = clock.now()
    followed.act("ticket.resolve", ("ticket", one), SOLVED)
    later = wire_time(then + timedelta(days=1))
    followed.act("ticket.resolve", ("ticket", other), {**SOLVED, "at": later})
    clock.advance(hours=5)
    followed.sync()
    assert followed.value("ticket", one)["resolved_at"] == wire_time(then)
    assert followed.value("ticket", other)["resolved_at"] == wire_time(clock.now())


def test_restoring_is_a_fact_beside_the_state(house: House, office: Office, followed: Tablet) -> None:
    made = ticket(house, office)
    office("ticket.restore", ("ticket", made), {"at": "2026-11-23T03:50:00.000Z"})
    after = seen(followed, made)
    assert (after["state"], after["restored_at"], after["usable_at"]) == ("new", *["2026-11-23T03:50:00.000Z"] * 2)


def test_priority_follows_impact_and_urgency(house: House, office: Office, followed: Tablet) -> None:
    made = ticket(house, office)
    office("ticket.edit", ("ticket", made), {"impact": "high", "urgency": "high"})
    after = seen(followed, made)
    assert after["priority"] == "P1"
    assert after["events"][-1]["now"]["priority"] == "P1"


def test_another_priority_needs_its_reason(house: House, office: Office, followed: Tablet) -> None:
    made = ticket(house, office)
    refused = office.ask("ticket.edit", ("ticket", made), {"priority": "P1"})
    assert refused["field"] == "args.reason"
    office("ticket.edit", ("ticket", made), {"priority": "P1", "reason": "The board is here"})
    assert seen(followed, made)["events"][-1]["reason"] == "The board is here"


def test_a_decided_conflict_is_an_event_of_the_ticket(house: House, office: Office, followed: Tablet) -> None:
    made = ticket(house, office)
    office("ticket.edit", ("ticket", made), {"title": "Printer is on fire"})
    other = house.office("service_manager")
    clash = other.ask("ticket.edit", ("ticket", made), {"title": "Printer smokes"}, base=1)
    assert clash["status"] == "conflict"
    office("conflict.decide", ("conflict", clash["conflict_id"]), {"choice": "candidate"})
    after = seen(followed, made)
    assert (after["title"], after["events"][-1]["now"]) == ("Printer smokes", {"title": "Printer smokes"})


def test_escalating_changes_the_tier_with_a_note_while_the_ticket_is_open(
    house: House, office: Office, followed: Tablet
) -> None:
    made = ticket(house, office)
    office("ticket.escalate", ("ticket", made), {"tier": "L2", "note": "Firmware"})
    assert seen(followed, made)["tier"] == "L2"
    office("ticket.resolve", ("ticket", made), SOLVED)
    asked = {"tier": "L3", "note": "Too late"}
    assert office.ask("ticket.escalate", ("ticket", made), asked)["code"] == "wrong_state"


def test_a_ticket_goes_on_as_another_of_the_same_client(house: House, office: Office, followed: Tablet) -> None:
    made, into = ticket(house, office), ticket(house, office)
    office("ticket.merge", ("ticket", made), {"into": into})
    after = seen(followed, made)
    assert after["state"] == "closed"
    assert followed.value("ticket", into)["timeline"][0]["text"] == after["number"]
    assert office.ask("ticket.merge", ("ticket", into), {"into": made})["field"] == "args.into"
    assert office.ask("ticket.merge", ("ticket", into), {"into": into})["field"] == "args.into"


def test_only_somebody_active_is_assigned(house: House, office: Office) -> None:
    made, person = ticket(house, office), house.person("desk_agent").id
    office("ticket.assign", ("ticket", made), {"assignee": person})
    office("person.edit", ("person", person), {"active": False})
    assert office.ask("ticket.assign", ("ticket", made), {"assignee": person})["code"] == "inactive"
    office("ticket.assign", ("ticket", made), {"assignee": None})


def test_an_engineer_neither_assigns_nor_closes(house: House, office: Office, followed: Tablet) -> None:
    made = ticket(house, office)
    followed.sync()
    assert followed.do("ticket.close", ("ticket", made), {})["code"] == "forbidden"
    asked = {"assignee": followed.person.id}
    assert followed.do("ticket.assign", ("ticket", made), asked)["code"] == "forbidden"


def test_a_ticket_at_a_site_out_of_scope_is_held(house: House, followed: Tablet) -> None:
    facts = {
        "number": followed.next_number("T"), "kind": "incident", "site": house.site(), "title": "X",
        "channel": "tablet",
    }  # fmt: skip
    assert followed.do("ticket.create", ("ticket", house.new_id()), facts)["code"] == "out_of_scope"


def test_a_list_that_is_full_refuses_and_keeps_what_it_has(
    house: House, office: Office, followed: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ticket(house, office)
    monkeypatch.setattr("backend.desk.deeds.MOST_NOTES", 1)
    line = {"text": "Called the vendor", "who": "Mei"}
    office("ticket.timeline", ("ticket", made), line)
    refused = office.ask("ticket.timeline", ("ticket", made), line)
    assert (refused["code"], refused["field"]) == ("too_many", "timeline")
    assert len(seen(followed, made)["timeline"]) == 1
