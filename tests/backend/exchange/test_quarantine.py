"""Held operations: seen by the office, carried out late, or set aside with a reason; never decided twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.exchange import services
from backend.identity.actor import Actor, Scope
from backend.visits import services as visits
from tests.makers import House, Result, Tablet

TICKET = {
    "kind": "incident", "title": "Printer", "impact": "low", "urgency": "low", "category": "hardware",
    "channel": "console",
}  # fmt: skip


def start(tablet: Tablet, ticket: str) -> int:
    return tablet.act("ticket.start", ("ticket", ticket), {})


def id_of(tablet: Tablet, n: int) -> str:
    return str(tablet.result(n)["id"])


@pytest.fixture
def held(house: House, tablet: Tablet) -> tuple[str, int]:
    """A ticket that is not there yet, and the number of the operation that wanted to start it."""
    house.visit(tablet.person)
    ticket = house.new_id()
    n = start(tablet, ticket)
    tablet.push()
    assert tablet.result(n)["code"] == "entity_gone"
    return ticket, n


def decide(
    house: House, op: str, choice: str, *also: str, role: str = "dispatcher", reason: str | None = None
) -> Result:
    reason = reason or ("Done by telephone" if choice == "set_aside" else None)
    args = {"choice": choice, "reason": reason, "also": list(also)}
    return house.office(role).ask("held.decide", ("held_decision", op), args)


def waiting(house: House, role: str = "dispatcher") -> list[services.Received]:
    with house.app.app_context():
        return services.held(house.person(role).actor)


def make_ticket(house: House, ticket: str) -> None:
    house.office()("ticket.create", ("ticket", ticket), {**TICKET, "site": house.ids["site"]})


def decision(tablet: Tablet, op: str) -> dict[str, Any]:
    tablet.pull()
    return tablet.value("held_decision", op)


def test_the_office_sees_what_is_held_and_what_it_wanted(house, tablet, held):
    [one] = waiting(house)

    assert (one.id, one.device, one.n, one.person) == (id_of(tablet, held[1]), tablet.id, held[1], tablet.person.id)
    assert (one.type, one.entity, one.args, one.code) == ("ticket.start", held[0], {}, "entity_gone")
    assert waiting(house, "engineer") == []
    assert waiting(house.other()) == []


def test_what_was_held_is_carried_out_as_the_work_of_who_sent_it(house, tablet, held):
    ticket, n = held
    make_ticket(house, ticket)

    assert decide(house, id_of(tablet, n), "carry_out")["status"] == "applied"

    tablet.pull()
    assert tablet.value("ticket", ticket)["state"] == "open"
    assert tablet.value("ticket", ticket)["events"][-1]["by"] == tablet.person.id
    told = decision(tablet, id_of(tablet, n))
    assert (told["choice"], told["status"], told["decided_by"]) == (
        "carry_out", "applied", house.person("dispatcher").id,
    )  # fmt: skip
    assert waiting(house) == []


def test_what_still_cannot_be_carried_out_stays_and_the_office_is_told_why(house, tablet, held):
    result = decide(house, id_of(tablet, held[1]), "carry_out")

    assert (result["status"], result["code"]) == ("rejected", "entity_gone")
    assert [one.id for one in waiting(house)] == [id_of(tablet, held[1])]


def test_those_that_waited_behind_it_are_decided_with_it_in_their_order(house, tablet, held):
    ticket, first = held
    note = {"note": house.new_id(), "text": "Toner changed", "visible": "internal"}
    behind = [tablet.act("ticket.note", ("ticket", ticket), note)]
    behind.append(
        tablet.act("ticket.resolve", ("ticket", ticket), {"cause": "Toner", "action": "Changed", "prevention": None})
    )
    tablet.push()
    assert {tablet.result(n)["code"] for n in behind} == {"blocked_by"}
    make_ticket(house, ticket)

    decide(house, id_of(tablet, first), "carry_out", *(id_of(tablet, n) for n in reversed(behind)))

    tablet.pull()
    value = tablet.value("ticket", ticket)
    assert (value["state"], [one["text"] for one in value["notes"]]) == ("resolved", ["Toner changed"])
    assert waiting(house) == []


def test_what_fails_behind_it_goes_on_waiting_with_all_that_follows(house, tablet, held):
    ticket, first = held
    close = {"cause": "Toner", "action": "Changed", "prevention": None}
    behind = [tablet.act("ticket.resolve", ("ticket", ticket), close) for _ in range(2)]
    behind.append(tablet.act("ticket.wait", ("ticket", ticket), {"reason": "part", "note": None}))
    tablet.push()
    make_ticket(house, ticket)

    decide(house, id_of(tablet, first), "carry_out", *(id_of(tablet, n) for n in behind))

    tablet.pull()
    assert tablet.value("ticket", ticket)["state"] == "resolved"
    assert [one.id for one in waiting(house)] == [id_of(tablet, n) for n in behind[1:]]


def test_what_is_set_aside_holds_nothing_back_and_the_engineer_is_told_why(house, tablet, held):
    ticket, n = held
    make_ticket(house, ticket)
    behind = start(tablet, ticket)
    tablet.push()
    assert tablet.result(behind)["code"] == "blocked_by"

    decide(house, id_of(tablet, n), "set_aside", id_of(tablet, behind), reason="Opened twice")
    after = start(tablet, ticket)
    tablet.push()

    assert tablet.result(after)["status"] == "applied"
    assert waiting(house) == []
    told = [decision(tablet, id_of(tablet, number)) for number in (n, behind)]
    assert {(one["choice"], one["reason"], one["status"]) for one in told} == {("set_aside", "Opened twice", None)}


def test_setting_aside_needs_a_reason(house, tablet, held):
    args = {"choice": "set_aside", "reason": None}
    result = house.office().ask("held.decide", ("held_decision", id_of(tablet, held[1])), args)

    assert (result["status"], result["field"]) == ("rejected", "args.reason")


def test_only_the_office_decides_once_and_only_what_waits(house, tablet, held):
    op = id_of(tablet, held[1])

    assert decide(house, op, "set_aside", role="engineer")["code"] == "forbidden"
    assert decide(house.other(), op, "set_aside")["code"] == "entity_gone"
    assert decide(house, op, "set_aside")["status"] == "applied"
    late = decide(house, op, "carry_out", role="service_manager")
    assert (late["status"], late["code"]) == ("held", "wrong_state")
    assert waiting(house) == [], "a refused form of the console told its sender and waits for nobody"


def test_only_operations_of_one_device_on_one_thing_are_decided_together(house, tablet, held):
    other = start(tablet, house.new_id())
    tablet.push()

    result = decide(house, id_of(tablet, held[1]), "set_aside", id_of(tablet, other))

    assert (result["status"], result["field"]) == ("rejected", "args.also")
    assert len(waiting(house)) == 2


def test_work_of_somebody_who_left_long_ago_is_carried_out_at_the_offices_word(house, tablet):
    visit, second = house.visit(tablet.person), house.tablet("engineer", 2)
    tablet.pull()
    crew = [second.person.id]
    house.office()("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    house.clock.advance(days=15)
    tablet.pull()
    n = tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "Key is behind the press"})
    tablet.push()
    assert tablet.result(n)["code"] == "out_of_scope"

    decide(house, id_of(tablet, n), "carry_out")

    second.pull()
    [note] = [row.value for (kind, _), row in second.rows.items() if kind == "note"]
    assert (note["text"], note["by"]) == ("Key is behind the press", tablet.person.id)


def test_an_operation_of_a_suspended_tablet_can_be_let_pass(house, tablet):
    visit = house.visit(tablet.person)
    tablet.pull()
    answer = house.browser("administrator").post(
        f"/console/devices/{tablet.id}/suspend", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 303
    n = tablet.act("visit.mark", ("visit", visit), {"mark": "working"})
    tablet.push()
    assert tablet.result(n)["code"] == "device_suspended"

    decide(house, id_of(tablet, n), "carry_out")

    with house.app.app_context():
        received = services.history(house.person("dispatcher").actor, [visit])
    assert [one.type for one in received][-1] == "visit.mark"
    assert waiting(house) == []


def test_a_dispatcher_of_one_region_decides_nothing_of_another(house, tablet):
    """A role that is held for one site only lets nobody decide what belongs elsewhere."""
    visit = house.visit(tablet.person)
    stranger = house.tablet("engineer", 2)
    stranger.pull()
    n = stranger.act("visit.mark", ("visit", visit), {"mark": "working"})
    stranger.push()
    asked = ("held.decide", ("held_decision", id_of(stranger, n)), {"choice": "carry_out"})

    [result] = house.submit(far_dispatcher(house), [asked])

    assert (result["status"], result["code"]) == ("rejected", "out_of_scope")


def far_dispatcher(house: House) -> Actor:
    """Whose role is held for another site only."""
    return replace(house.person("dispatcher").actor, scopes=frozenset({Scope("dispatcher", "site", house.site())}))


def test_nor_does_such_a_dispatcher_decide_a_conflict_about_a_thing_elsewhere(house: House, tablet: Tablet) -> None:
    ticket, base = house.new_id(), 0
    make_ticket(house, ticket)
    for title in ("Printer", "Printer is on fire", "Printer is silent"):
        result = house.office("service_manager" if title.endswith("fire") else "dispatcher").ask(
            "ticket.edit", ("ticket", ticket), {"title": title}, base=base
        )
    assert result["status"] == "conflict", result
    asked = ("conflict.decide", ("conflict", result["conflict_id"]), {"choice": "candidate"})

    [refused] = house.submit(far_dispatcher(house), [asked])

    assert (refused["status"], refused["code"]) == ("rejected", "out_of_scope")
    assert house.office().ask(*asked)["status"] == "applied"


def test_nor_does_such_a_dispatcher_settle_a_task_about_a_visit_elsewhere(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    tablet.pull()
    house.office()("visit.cancel", ("visit", visit), {"reason": "Shop closed"})
    assert tablet.do("visit.mark", ("visit", visit), {"mark": "working"})["status"] == "applied"
    with house.app.app_context():
        [task] = visits.open_tasks(house.person("dispatcher").actor)
    asked = ("task.settle", ("task", task.id), {"choice": "keep"})

    [refused] = house.submit(far_dispatcher(house), [asked])

    assert (refused["status"], refused["code"]) == ("rejected", "out_of_scope")
    assert house.office().ask(*asked)["status"] == "applied"
