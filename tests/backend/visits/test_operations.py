"""Visits through the front door: states, marks, crews and their scopes, content before and after the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.core.clock import SetClock
from backend.core.db import db
from backend.core.schema import wire_time
from backend.exchange.conflicts import Conflict
from tests.makers import House, Office, Tablet

SHA = "a" * 64


def plan_of(house: House, **after: float) -> dict[str, str]:
    start = house.clock.now() + timedelta(**after)
    return {"starts_at": wire_time(start), "ends_at": wire_time(start + timedelta(hours=2))}


def photo_of(visit: str, **changes: Any) -> dict[str, Any]:
    return {
        "visit": visit,
        "on": {"visit": visit},
        "sha256": SHA,
        "size": 1000,
        "w": 640,
        "h": 480,
        "visible": "client",
        "taken_at": "2026-11-23T04:00:00.000Z",
        **changes,
    }


@pytest.fixture
def visit(house: House) -> str:
    """A visit of the engineer."""
    return house.visit(house.person("engineer"))


@pytest.fixture
def there(visit: str, tablet: Tablet) -> Tablet:
    """The engineer's tablet, which knows the visit."""
    tablet.sync()
    return tablet


def state_of(tablet: Tablet, visit: str) -> dict[str, Any]:
    tablet.sync()
    return tablet.value("visit", visit)


def test_a_new_visit_is_planned_and_has_its_places_and_its_company(house: House, tablet: Tablet) -> None:
    made = house.visit()
    house.office()("visit.assign", ("visit", made), {"engineers": [tablet.person.id], "lead": tablet.person.id})
    visit = state_of(tablet, made)
    assert visit["number"].startswith("V-")
    assert (visit["client_name"], visit["site_name"]) == ("Kedai Kopi Group", "Tanjong Pagar store")
    assert visit["legal_entity"] == house.ids["legal_entity"]


def test_assigning_and_unassigning_moves_between_planned_and_assigned(
    house: House, office: Office, there: Tablet, visit: str
) -> None:
    assert state_of(there, visit)["state"] == "assigned"
    office("visit.assign", ("visit", visit), {"engineers": [], "lead": None})
    second = house.tablet("engineer", 2)
    office("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    assert state_of(second, visit)["state"] == "assigned"


@pytest.mark.parametrize(("crew", "lead"), [([1], None), ([1], 2), ([], 1), ([1, 1], 1)])
def test_the_lead_is_one_of_the_crew_and_nobody_comes_twice(
    house: House, office: Office, visit: str, crew: list[int], lead: int | None
) -> None:
    people = {nth: house.person("engineer", nth).id for nth in (1, 2)}
    asked = {"engineers": [people[nth] for nth in crew], "lead": people[lead] if lead else None}
    assert office.ask("visit.assign", ("visit", visit), asked)["code"] == "invalid"


def test_somebody_who_is_not_active_is_not_sent(house: House, office: Office, visit: str) -> None:
    person = house.person("engineer", 2).id
    office("person.edit", ("person", person), {"active": False})
    asked = {"engineers": [person], "lead": person}
    assert office.ask("visit.assign", ("visit", visit), asked)["code"] == "inactive"


def test_who_is_unassigned_loses_the_visit_and_its_site(
    house: House, office: Office, there: Tablet, visit: str
) -> None:
    office("visit.assign", ("visit", visit), {"engineers": [], "lead": None})
    there.sync()
    assert ("visit", visit) not in there.rows
    assert ("site", house.ids["site"]) not in there.rows


def test_the_site_stays_while_another_visit_there_is_near(
    house: House, office: Office, there: Tablet, visit: str
) -> None:
    house.visit(there.person)
    office("visit.assign", ("visit", visit), {"engineers": [], "lead": None})
    there.sync()
    assert ("visit", visit) not in there.rows
    assert ("site", house.ids["site"]) in there.rows


def test_a_visit_does_not_end_before_it_starts(house: House, office: Office, visit: str) -> None:
    backwards = {"starts_at": "2026-11-23T04:00:00.000Z", "ends_at": "2026-11-23T04:00:00.000Z"}
    assert office.ask("visit.plan", ("visit", visit), backwards)["field"] == "args.ends_at"


def test_an_engineer_opens_an_unplanned_visit_which_is_at_once_their_own(house: House, tablet: Tablet) -> None:
    made = house.new_id()
    facts = {
        "number": tablet.next_number("V"), "site": house.ids["site"], "title": "Walk-in", "kind": "unplanned",
        "unplanned": True, **plan_of(house),
    }  # fmt: skip
    assert tablet.do("visit.create", ("visit", made), facts)["status"] == "applied"
    visit = state_of(tablet, made)
    assert (visit["state"], visit["engineers"], visit["lead"]) == ("assigned", [tablet.person.id], tablet.person.id)
    assert ("site", house.ids["site"]) in tablet.rows


def test_an_engineer_plans_nothing(house: House, there: Tablet, visit: str) -> None:
    facts = {"site": house.ids["site"], "title": "X", "kind": "maintenance", **plan_of(house)}
    assert there.do("visit.create", ("visit", house.new_id()), facts)["field"] == "args.unplanned"
    assert there.do("visit.cancel", ("visit", visit), {"reason": "tired"})["code"] == "forbidden"


def test_working_begins_the_visit_and_other_marks_do_not(there: Tablet, visit: str) -> None:
    there.do("visit.mark", ("visit", visit), {"mark": "at_desk"})
    assert state_of(there, visit)["state"] == "assigned"
    there.do("visit.mark", ("visit", visit), {"mark": "working"})
    after = state_of(there, visit)
    assert after["state"] == "under_way"
    assert [(mark["mark"], mark["confidence"]) for mark in after["marks"]] == [
        ("at_desk", "tablet"),
        ("working", "tablet"),
    ]


def test_a_stated_time_is_kept_and_never_lies_after_receipt(there: Tablet, visit: str, clock: SetClock) -> None:
    earlier = wire_time(clock.now() - timedelta(minutes=20))
    later = wire_time(clock.now() + timedelta(minutes=20))
    there.do("visit.mark", ("visit", visit), {"mark": "at_desk", "at": earlier})
    there.do("visit.mark", ("visit", visit), {"mark": "working", "at": later})
    assert [mark["at"] for mark in state_of(there, visit)["marks"]] == [earlier, wire_time(clock.now())]


def test_confirming_an_appointment_is_the_offices(house: House, office: Office, there: Tablet, visit: str) -> None:
    assert there.do("visit.mark", ("visit", visit), {"mark": "confirmed"})["code"] == "forbidden"
    office("visit.mark", ("visit", visit), {"mark": "confirmed"})
    assert state_of(there, visit)["marks"][0]["confidence"] == "office"


def test_a_visit_under_way_keeps_somebody(office: Office, there: Tablet, visit: str) -> None:
    there.do("visit.mark", ("visit", visit), {"mark": "working"})
    assert office.ask("visit.assign", ("visit", visit), {"engineers": [], "lead": None})["code"] == "wrong_state"


def test_work_after_a_cancellation_is_kept_and_flagged(house: House, office: Office, there: Tablet, visit: str) -> None:
    there.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "Replaced the disk"})
    office("visit.cancel", ("visit", visit), {"reason": "Client asked"})
    there.push()
    assert there.result(1)["status"] == "applied"
    after = state_of(there, visit)
    assert (after["state"], after["flags"], after["cancel_reason"]) == ("cancelled", ["after_cancel"], "Client asked")


def test_seeing_a_cancelled_visit_is_no_work(office: Office, there: Tablet, visit: str) -> None:
    office("visit.cancel", ("visit", visit), {"reason": "Client asked"})
    there.do("visit.mark", ("visit", visit), {"mark": "seen"})
    assert state_of(there, visit)["flags"] == []


def test_a_cancelled_visit_is_not_planned_or_cancelled_again(house: House, office: Office, visit: str) -> None:
    office("visit.cancel", ("visit", visit), {"reason": "Client asked"})
    assert office.ask("visit.plan", ("visit", visit), plan_of(house, days=1))["code"] == "wrong_state"
    assert office.ask("visit.edit", ("visit", visit), {"title": "New"})["code"] == "wrong_state"
    assert office.ask("visit.cancel", ("visit", visit), {"reason": "Again"})["code"] == "wrong_state"


def test_a_rescheduled_visit_takes_work_of_the_old_slot(
    house: House, office: Office, there: Tablet, visit: str
) -> None:
    there.act("visit.mark", ("visit", visit), {"mark": "working"})
    office("visit.plan", ("visit", visit), plan_of(house, days=2))
    there.push()
    assert there.result(1)["status"] == "applied"
    assert state_of(there, visit)["state"] == "under_way"


def test_work_of_somebody_reassigned_is_late_and_after_two_weeks_out(
    house: House, office: Office, there: Tablet, visit: str, clock: SetClock
) -> None:
    second = house.tablet("engineer", 2)
    office("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    clock.advance(days=13)
    assert there.do("visit.mark", ("visit", visit), {"mark": "working"})["status"] == "applied"
    assert state_of(second, visit)["flags"] == ["late_scope"]
    clock.advance(days=2)
    late = there.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "X"}, base=0)
    assert (late["status"], late["code"]) == ("held", "out_of_scope")


def test_two_dispatchers_meet_on_one_plan_and_must_choose(house: House, office: Office, visit: str) -> None:
    office("visit.plan", ("visit", visit), plan_of(house, days=2))
    other = house.office("service_manager")
    assert other.ask("visit.plan", ("visit", visit), plan_of(house, days=3), base=1)["status"] == "conflict"


def test_two_dispatchers_who_send_different_people_change_no_scope(house: House, office: Office, visit: str) -> None:
    second, third = house.tablet("engineer", 2), house.tablet("engineer", 3)
    office("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    asked = {"engineers": [third.person.id], "lead": third.person.id}
    clash = house.office("service_manager").ask("visit.assign", ("visit", visit), asked, base=1)
    assert clash["status"] == "conflict"
    third.sync()
    assert ("visit", visit) not in third.rows
    assert state_of(second, visit)["engineers"] == [second.person.id]


def test_who_a_decision_sends_follows_the_visit_and_who_it_does_not_send_leaves_it(
    house: House, office: Office, visit: str
) -> None:
    second, third = house.tablet("engineer", 2), house.tablet("engineer", 3)
    office("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    asked = {"engineers": [third.person.id], "lead": third.person.id}
    house.office("service_manager").ask("visit.assign", ("visit", visit), asked, base=1)
    with house.app.app_context():
        found = {row.field: row.id for row in db.session.query(Conflict).filter_by(entity=visit, state="open")}
    office("conflict.decide", ("conflict", found["engineers"]), {"choice": "candidate"})
    after = state_of(third, visit)
    assert (after["engineers"], after["lead"], after["state"]) == ([third.person.id], third.person.id, "assigned")
    second.sync()
    assert ("visit", visit) not in second.rows


def test_a_ticket_of_the_site_joins_and_leaves_the_visit(
    house: House, office: Office, there: Tablet, visit: str
) -> None:
    made = house.new_id()
    facts = {"kind": "incident", "site": house.ids["site"], "title": "X", "channel": "phone"}
    office("ticket.create", ("ticket", made), facts)
    there.sync()
    there.do("visit.add_ticket", ("visit", visit), {"ticket": made})
    there.do("visit.add_ticket", ("visit", visit), {"ticket": made})
    assert state_of(there, visit)["tickets"] == [made]
    office("visit.drop_ticket", ("visit", visit), {"ticket": made})
    assert state_of(there, visit)["tickets"] == []


def test_a_ticket_of_another_site_does_not_join(house: House, office: Office, visit: str) -> None:
    made = house.new_id()
    facts = {"kind": "incident", "site": house.site(), "title": "X", "channel": "phone"}
    office("ticket.create", ("ticket", made), facts)
    assert office.ask("visit.add_ticket", ("visit", visit), {"ticket": made})["code"] == "other_site"


def test_a_photo_waits_for_its_bytes(house: House, there: Tablet, visit: str) -> None:
    photo = house.new_id()
    there.do("photo.add", ("photo", photo), photo_of(visit, caption="The rack"))
    there.sync()
    assert there.value("photo", photo)["state"] == "waiting"
    stored = {"visit": visit, "sha256": SHA, "readable": True, "w": 640, "h": 480}
    house.submit(house.program(), [("media.stored", ("visit", visit), stored)])
    there.sync()
    assert there.value("photo", photo)["state"] == "stored"


@pytest.mark.parametrize(("readable", "state"), [(True, "stored"), (False, "unreadable")])
def test_bytes_may_come_before_the_photo(house: House, there: Tablet, visit: str, readable: bool, state: str) -> None:
    stored = {"visit": visit, "sha256": SHA, "readable": readable}
    house.submit(house.program(), [("media.stored", ("visit", visit), stored)])
    photo = house.new_id()
    there.do("photo.add", ("photo", photo), photo_of(visit))
    there.sync()
    assert there.value("photo", photo)["state"] == state


def test_only_the_program_says_that_bytes_arrived(there: Tablet, visit: str) -> None:
    stored = {"visit": visit, "sha256": SHA, "readable": True}
    assert there.do("media.stored", ("visit", visit), stored)["code"] == "forbidden"


def test_a_photo_belongs_to_exactly_one_place(house: House, there: Tablet, visit: str) -> None:
    for place in ({}, {"visit": visit, "ticket": house.new_id()}, {"run": house.new_id()}):
        refused = there.do("photo.add", ("photo", house.new_id()), photo_of(visit, on=place))
        assert (refused["status"], refused["code"]) == ("rejected", "invalid")


def test_a_photo_on_a_run_that_is_not_there_is_held(house: House, there: Tablet, visit: str) -> None:
    place = {"run": house.new_id(), "item": "p1"}
    assert there.do("photo.add", ("photo", house.new_id()), photo_of(visit, on=place))["code"] == "entity_gone"


def test_a_photo_taken_back_keeps_its_reason(house: House, there: Tablet, visit: str) -> None:
    photo = house.new_id()
    there.do("photo.add", ("photo", photo), photo_of(visit))
    there.do("photo.caption", ("photo", photo), {"caption": "Front", "visible": "internal"})
    there.do("photo.remove", ("photo", photo), {"reason": "A face"})
    there.sync()
    after = there.value("photo", photo)
    assert (after["caption"], after["visible"], after["removed"]) == ("Front", "internal", "A face")


def test_time_belongs_to_a_visit_a_ticket_or_both(house: House, there: Tablet, visit: str) -> None:
    facts = {"kind": "on_site", "starts_at": "2026-11-23T02:00:00.000Z", "minutes": 90}
    assert there.do("time.add", ("time_entry", house.new_id()), facts)["field"] == "args.visit"
    made = house.new_id()
    there.do("time.add", ("time_entry", made), {**facts, "visit": visit})
    there.sync()
    assert there.value("time_entry", made)["person"] == there.person.id


def test_time_on_a_ticket_alone_stays_in_the_office(house: House, office: Office, there: Tablet) -> None:
    ticket, made = house.new_id(), house.new_id()
    facts = {"kind": "incident", "site": house.ids["site"], "title": "X", "channel": "phone"}
    office("ticket.create", ("ticket", ticket), facts)
    spent = {"ticket": ticket, "kind": "phone", "starts_at": "2026-11-23T02:00:00.000Z", "minutes": 5}
    office("time.add", ("time_entry", made), spent)
    there.sync()
    assert ("time_entry", made) not in there.rows


def test_nobody_takes_back_anothers_time_but_the_office_may(
    house: House, office: Office, there: Tablet, visit: str
) -> None:
    second, made = house.tablet("engineer", 2), house.new_id()
    crew = [there.person.id, second.person.id]
    office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    facts = {"visit": visit, "kind": "on_site", "starts_at": "2026-11-23T02:00:00.000Z", "minutes": 90}
    there.do("time.add", ("time_entry", made), facts)
    second.sync()
    assert second.do("time.remove", ("time_entry", made), {"reason": "No"})["code"] == "forbidden"
    office("time.remove", ("time_entry", made), {"reason": "Counted twice"})
    assert office.ask("time.remove", ("time_entry", made), {"reason": "Again"})["code"] == "wrong_state"
