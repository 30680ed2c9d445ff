"""A tablet's storage is copied, and both copies work on (sync.md 3.3): nothing is doubled, nothing is lost."""

from __future__ import annotations

import json

import pytest

from backend.core.db import db, unit
from backend.exchange import services
from backend.exchange.models import SyncOp
from backend.identity import devices
from tests.backend.inspections.test_operations import DEFINITION, NAME
from tests.makers import House, Tablet


def note(house: House, tablet: Tablet, visit: str, text: str) -> str:
    made = house.new_id()
    tablet.act("note.add", ("note", made), {"visit": visit, "text": text})
    return made


@pytest.fixture
def visit(house: House, tablet: Tablet) -> str:
    made = house.visit(tablet.person)
    tablet.sync()
    return made


def confirmed(house: House, tablet: Tablet) -> Tablet:
    """The tablet as the device that it has become, enrolled and confirmed."""
    return tablet.become_another().enrol()


def notes(tablet: Tablet) -> list[str]:
    tablet.sync()
    return sorted(row.value["text"] for (kind, _), row in tablet.rows.items() if kind == "note")


def test_both_copies_work_on_and_everything_is_there_once(house: House, tablet: Tablet, visit: str) -> None:
    note(house, tablet, visit, "sent before the copy")
    tablet.sync()
    note(house, tablet, visit, "unsent in both")
    twin = tablet.clone()
    note(house, tablet, visit, "by the first")
    note(house, twin, visit, "by the second")
    tablet.sync()

    assert twin.push().get_json()["code"] == "op_mismatch"
    with house.app.app_context(), unit():
        devices.resume(house.person("administrator").actor, tablet.id)
    confirmed(house, twin)

    everything = ["by the first", "by the second", "sent before the copy", "unsent in both"]
    assert notes(twin) == notes(tablet) == everything
    assert {twin.result(n)["status"] for n in (1, 2, 3)} == {"applied"}
    with house.app.app_context():
        first = db.session.query(SyncOp).filter(SyncOp.op_id.is_not(None), SyncOp.type == "note.add")
        ids = [row.op_id for row in first]
    assert len(ids) == len(set(ids)) == 4


def test_what_was_carried_out_is_answered_with_its_first_outcome(house: House, tablet: Tablet, visit: str) -> None:
    note(house, tablet, visit, "one")
    tablet.act("ticket.start", ("ticket", house.new_id()), {})
    tablet.push()
    before = [tablet.result(n) for n in (1, 2)]
    twin = confirmed(house, tablet.clone())
    twin.push()

    assert [twin.result(n) for n in (1, 2)] == before


def test_a_copy_sends_nothing_before_the_office_has_confirmed_it(house: House, tablet: Tablet, visit: str) -> None:
    note(house, tablet, visit, "one")
    twin = tablet.clone().become_another()
    answer = twin.push()
    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad_proof")

    twin.ask_to_be_enrolled()
    answer = twin.push()
    assert (answer.status_code, answer.get_json()["code"]) == (403, "device_pending")


def test_numbers_made_under_the_old_code_stay(house: House, tablet: Tablet, visit: str) -> None:
    twin = tablet.clone()
    made, number = house.new_id(), twin.next_number("T")
    facts = {"kind": "incident", "site": house.ids["site"], "title": "Jam", "channel": "tablet", "number": number}
    twin.act("ticket.create", ("ticket", made), facts)
    confirmed(house, twin).sync()

    assert twin.code != tablet.code
    assert (twin.result(1)["status"], twin.value("ticket", made)["number"]) == ("applied", number)


def test_the_number_of_another_persons_tablet_is_still_held(house: House, tablet: Tablet, visit: str) -> None:
    other = house.tablet("engineer", 2)
    facts = {
        "kind": "incident", "site": house.ids["site"], "title": "Jam", "channel": "tablet",
        "number": other.next_number("T"),
    }  # fmt: skip
    assert tablet.do("ticket.create", ("ticket", house.new_id()), facts)["code"] == "number"


@pytest.fixture
def run(house: House, tablet: Tablet, visit: str) -> str:
    """A run of a checklist at the visit, on the tablet already."""
    office, made = house.office("service_manager"), house.new_id()
    office("checklist.publish", ("checklist", house.new_id()), {"definition": DEFINITION})
    office("visit.add_run", ("visit", visit), {"run": made, "checklist": NAME, "asset": None})
    tablet.sync()
    return made


def answer(tablet: Tablet, run: str, value: str) -> int:
    return tablet.act("answer.set", ("run", run), {"item": "load", "value": value})


def test_a_copys_own_earlier_values_do_not_clash_with_it(house: House, tablet: Tablet, run: str) -> None:
    answer(tablet, run, "40")
    tablet.push()
    twin = tablet.clone()
    answer(twin, run, "41")
    confirmed(house, twin).sync()

    assert twin.result(2)["status"] == "merged"
    assert twin.value("run", run)["answers"] == {"load": "41"}


def test_what_the_other_copy_wrote_since_does_clash(house: House, tablet: Tablet, run: str) -> None:
    twin = tablet.clone()
    answer(tablet, run, "40")
    tablet.push()
    answer(twin, run, "42.5")
    confirmed(house, twin).sync()

    assert twin.result(1)["status"] == "conflict"
    assert twin.value("run", run)["answers"] == {"load": "40"}


def test_what_is_held_waits_once_and_still_holds_back_what_comes_after(
    house: House, tablet: Tablet, visit: str
) -> None:
    gone = house.new_id()
    n = tablet.act("ticket.start", ("ticket", gone), {})
    tablet.push()
    twin = confirmed(house, tablet.clone())
    twin.push()
    office = house.person("dispatcher").actor
    with house.app.app_context():
        assert [(one.device, one.n) for one in services.held(office)] == [(tablet.id, n)]
    assert twin.do("ticket.start", ("ticket", gone), {})["code"] == "blocked_by"

    for text in twin.outbox:
        args = {"choice": "set_aside", "reason": "There is no such ticket"}
        house.office()("held.decide", ("held_decision", json.loads(text)["id"]), args)
    assert twin.do("ticket.start", ("ticket", gone), {})["code"] == "entity_gone"


def test_the_same_id_with_other_bytes_is_refused(house: House, tablet: Tablet, visit: str) -> None:
    note(house, tablet, visit, "one")
    tablet.push()
    twin = confirmed(house, tablet.clone())
    forged = json.loads(twin.outbox[0])
    forged["args"]["text"] = "two"
    twin.push()
    twin.write(json.dumps(forged))
    twin.push()
    assert (twin.result(2)["status"], twin.result(2)["code"]) == ("rejected", "id_reused")


def test_what_was_carried_out_once_is_offered_again_and_need_not_be_possible_any_more(
    house: House, tablet: Tablet, visit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(house, tablet, visit, "sent before the copy")
    tablet.sync()
    first = tablet.result(1)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    operation = house.app.extensions["singgah.exchange"].operations["note.add", 1]
    monkeypatch.setitem(vars(operation), "handle", fail)
    twin = confirmed(house, tablet)

    assert twin.push().status_code == 200
    assert {**twin.result(1), "n": 1} == {**first, "n": 1}
