"""A tablet that the server has forgotten shows what the server once signed, and waits to be confirmed again."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete

from backend.core import journal
from backend.core.db import db, reading, unit
from backend.exchange.models import SyncOp
from backend.identity import devices, statement
from backend.identity.models import Account, Device, SessionRow
from tests.drill.returning import DOOR, show, statement_of
from tests.makers import House, Tablet


def forget(house: House, tablet: Tablet) -> None:
    """What a restore to a time before the enrolment does."""
    with house.app.app_context(), unit():
        db.session.execute(delete(SyncOp).where(SyncOp.device == tablet.id))
        db.session.execute(delete(Device).where(Device.id == tablet.id))


def confirm(house: House, tablet: Tablet) -> None:
    with house.app.app_context(), unit():
        devices.confirm(house.person("administrator").actor, tablet.id)


def test_the_statement_names_device_key_person_and_code(house: House, tablet: Tablet) -> None:
    with house.app.app_context():
        claims = statement.verify(statement_of(tablet), "enrolment")

    assert (claims["device"], claims["code"], claims["org"]) == (tablet.id, tablet.code, house.org_id)
    assert claims["person"] == {"id": tablet.person.id, "name": "Engineer 1", "sign_in": tablet.person.sign_in}


def test_nobody_else_gets_it(house: House, tablet: Tablet) -> None:
    assert house.browser("dispatcher").get(f"/api/v1/devices/{tablet.id}/statement").status_code == 409
    assert house.browser("engineer", 2).get(f"/api/v1/devices/{tablet.id}/statement").status_code == 404


def test_a_pending_tablet_has_none(house: House) -> None:
    tablet = Tablet(house, house.person("engineer"))
    tablet.enrol()
    with house.app.app_context(), unit():
        db.session.get_one(Device, tablet.id).status = "pending"

    assert tablet.browser.get(f"/api/v1/devices/{tablet.id}/statement").status_code == 409


def test_the_forgotten_tablet_is_told_that_it_is_unknown(house: House, tablet: Tablet) -> None:
    forget(house, tablet)

    answer = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body())

    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad_proof")


def test_it_comes_back_as_pending_with_its_code_and_sends_everything_again(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    tablet.pull()
    tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "before"})
    text = statement_of(tablet)
    forget(house, tablet)

    answer = show(tablet, text)
    said = answer.get_json()
    assert (answer.status_code, said["status"], said["code"]) == (200, "pending", tablet.code)
    assert tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body()).get_json()["code"] == "device_pending"

    confirm(house, tablet)
    tablet.ack_n, tablet.resume, tablet.results = 0, None, {}
    tablet.sync()
    assert tablet.result(1)["status"] == "applied"
    with house.app.app_context():
        assert journal.first_fault(house.org_id) is None


def test_shown_twice_it_is_admitted_once(house: House, tablet: Tablet) -> None:
    text = statement_of(tablet)
    assert show(tablet, text).get_json()["status"] == "active"
    forget(house, tablet)
    show(tablet, text)

    assert show(tablet, text).get_json()["status"] == "pending"


def test_it_needs_no_session_for_its_person_may_be_forgotten_too(house: House, tablet: Tablet) -> None:
    text = statement_of(tablet)
    forget(house, tablet)
    with house.app.app_context(), unit():
        db.session.execute(delete(SessionRow))
        db.session.execute(delete(Account).where(Account.person_id == tablet.person.id))

    assert show(tablet, text).get_json()["status"] == "pending"
    with house.app.app_context(), reading() as session:
        assert session.get_one(Device, tablet.id).stated == {"name": "Engineer 1", "sign_in": tablet.person.sign_in}


def another_key(tablet: Tablet, _text: str) -> str:
    tablet.key = ec.generate_private_key(ec.SECP256R1())
    return _text


def another_kind(tablet: Tablet, _text: str) -> str:
    with tablet.house.app.app_context():
        return statement.sign({"kind": "wipe", "device": tablet.id})


def changed(_tablet: Tablet, text: str) -> str:
    head, claims, signature = text.split(".")
    return f"{head}.{claims[:-1]}{'A' if claims[-1] != 'A' else 'B'}.{signature}"


def of_nobody(tablet: Tablet, text: str) -> str:
    with tablet.house.app.app_context():
        claims: dict[str, Any] = statement.verify(text)
        return statement.sign({**claims, "org": tablet.house.new_id()})


@pytest.mark.parametrize("spoil", [another_key, another_kind, changed, of_nobody])
def test_what_proves_nothing_admits_nobody(house: House, tablet: Tablet, spoil) -> None:
    text = statement_of(tablet)
    forget(house, tablet)

    answer = show(tablet, spoil(tablet, text))

    assert (answer.status_code, answer.get_json()["field"]) == (400, "statement")
    with house.app.app_context(), reading() as session:
        assert session.get(Device, tablet.id) is None


def test_a_proof_for_a_session_is_none_for_a_statement(house: House, tablet: Tablet) -> None:
    text = statement_of(tablet)
    forget(house, tablet)

    answer = tablet.call("POST", DOOR, json={"statement": text})

    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad_proof")


def test_a_code_that_was_given_again_is_said(house: House, tablet: Tablet) -> None:
    text = statement_of(tablet)
    forget(house, tablet)
    other = house.tablet("engineer", 2)
    with house.app.app_context(), unit():
        db.session.get_one(Device, other.id).code = tablet.code

    assert show(tablet, text).get_json()["code"] == "code_taken"


def test_what_we_never_signed_is_refused_each_time_and_counted_for_nobody(house: House, tablet: Tablet) -> None:
    text = statement_of(tablet)
    forget(house, tablet)

    refused = [show(tablet, text[:-8] + "AAAAAAAA") for _ in range(5)]

    assert {(answer.status_code, answer.get_json()["field"]) for answer in refused} == {(400, "statement")}
    assert show(tablet, text).status_code == 200
