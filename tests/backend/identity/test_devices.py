"""Enrolling, confirming, suspending and recovering a tablet through the front door (identity.md 5.4)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.core import journal, keys
from backend.core.clock import SetClock
from backend.core.db import reading, unit
from backend.core.envelopes import public_jwk, seal_recovery
from backend.core.problems import Forbidden, NotFound
from backend.identity import devices, dpop
from backend.identity.models import Device
from sync.device_code import fingerprint
from sync.ids import is_device_code
from tests.makers import Browser, House, Person, Tablet

DATA_KEY = bytes(range(32))


def fresh_tablet(house: House, nth: int = 1) -> Tablet:
    """A tablet whose person has just signed in; not enrolled."""
    made = Tablet(house, house.person("engineer", nth))
    made.browser.sign_in()
    return made


def request_body(tablet: Tablet, **changes: Any) -> dict[str, Any]:
    jwk = public_jwk(tablet.key.public_key())
    facts = {"name": "Wei's iPad", "standalone": True, "persisted": True, "storage_mb": 4_000}
    return {"device": tablet.id, "jwk": jwk, **facts, **changes}


def enrol(tablet: Tablet, **changes: Any) -> TestResponse:
    return tablet.call("POST", "/api/v1/devices", json=request_body(tablet, **changes))


def as_office(house: House, role: str, what: Callable[[Any, str], Device], tablet: Tablet) -> Device:
    with house.app.app_context(), unit():
        return what(house.person(role).actor, tablet.id)


def test_enrolment_answers_what_both_screens_need(house: House) -> None:
    tablet = fresh_tablet(house)

    answer = enrol(tablet)

    said = answer.get_json()
    assert answer.status_code == 201
    assert said["device"] == tablet.id
    assert said["status"] == "pending"
    assert said["organisation"] == house.org_id
    assert is_device_code(said["code"])
    jkt = dpop.thumbprint(public_jwk(tablet.key.public_key()))
    assert said["jkt"] == jkt
    assert len(fingerprint(tablet.id, said["jkt"])) == 8


def test_a_lost_answer_may_be_asked_for_again(house: House) -> None:
    tablet = fresh_tablet(house)

    first, again = enrol(tablet), enrol(tablet)

    assert (again.status_code, again.get_json()) == (201, first.get_json())


def test_the_owner_sees_when_the_office_has_confirmed(house: House) -> None:
    tablet = fresh_tablet(house)
    enrol(tablet)

    as_office(house, "dispatcher", devices.confirm, tablet)

    said = tablet.browser.get(f"/api/v1/devices/{tablet.id}").get_json()
    assert said["status"] == "active"


def test_an_old_sign_in_must_be_typed_again(house: House, clock: SetClock) -> None:
    tablet = fresh_tablet(house)
    clock.advance(minutes=11)

    answer = enrol(tablet)

    assert (answer.status_code, answer.get_json()["code"]) == (401, "sign_in_again")


def test_a_mere_tab_is_told_to_install(house: House) -> None:
    answer = enrol(fresh_tablet(house), standalone=False)

    assert (answer.status_code, answer.get_json()["code"]) == (403, "not_installed")


def test_little_storage_is_noted_and_not_refused(house: House) -> None:
    tablet = fresh_tablet(house)

    assert enrol(tablet, persisted=False, storage_mb=200).status_code == 201

    with house.app.app_context(), reading() as session:
        device = session.get_one(Device, tablet.id)
    assert (device.persisted, device.storage_mb) == (False, 200)


def test_who_does_not_hold_the_key_cannot_enrol_it(house: House) -> None:
    tablet, other = fresh_tablet(house), fresh_tablet(house, 2)

    answer = enrol(tablet, jwk=public_jwk(other.key.public_key()))

    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad_proof")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"device": "x"}, "device"),
        ({"jwk": {"kty": "RSA"}}, "jwk.kty"),
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"storage_mb": -1}, "storage_mb"),
        ({"standalone": "true"}, "standalone"),
        ({"status": "active"}, "status"),
    ],
)
def test_a_malformed_enrolment_names_the_field(house: House, changes: dict[str, Any], field: str) -> None:
    answer = enrol(fresh_tablet(house), **changes)

    assert (answer.status_code, answer.get_json()["field"]) == (400, field)


def test_a_private_key_is_refused_by_name(house: House) -> None:
    tablet = fresh_tablet(house)
    answer = enrol(tablet, jwk={**public_jwk(tablet.key.public_key()), "d": "AAAA"})

    assert (answer.status_code, answer.get_json()["field"]) == (400, "jwk.d")


def test_an_id_or_key_in_use_is_not_given_twice(house: House) -> None:
    first, second = fresh_tablet(house), fresh_tablet(house, 2)
    enrol(first)

    second.id = first.id
    assert enrol(second).get_json()["code"] == "device_taken"
    second.id, second.key = house.new_id(), first.key
    assert enrol(second).get_json()["code"] == "device_taken"


def test_three_enrolments_a_day_are_enough(house: House) -> None:
    codes = []
    for _ in range(4):
        codes.append(enrol(fresh_tablet(house)).status_code)

    assert codes == [201, 201, 201, 429]


def test_nobody_confirms_an_own_device_and_engineers_confirm_none(house: House) -> None:
    own = Tablet(house, house.person("dispatcher"))
    own.browser.sign_in()
    enrol(own)
    engineers = fresh_tablet(house)
    enrol(engineers)

    with pytest.raises(Forbidden):
        as_office(house, "dispatcher", devices.confirm, own)
    with pytest.raises(Forbidden):
        as_office(house, "engineer", devices.confirm, engineers)


def test_another_organisation_neither_sees_nor_moves_it(house: House) -> None:
    tablet = fresh_tablet(house)
    enrol(tablet)
    other = house.other()

    for move in (devices.confirm, devices.suspend, devices.revoke):
        with pytest.raises(NotFound):
            as_office(other, "dispatcher", move, tablet)
    assert other.browser("dispatcher").get(f"/api/v1/devices/{tablet.id}").status_code == 404
    assert house.browser("engineer", 2).get(f"/api/v1/devices/{tablet.id}").status_code == 404
    assert house.browser("dispatcher").get(f"/api/v1/devices/{tablet.id}").status_code == 200


def test_a_person_has_two_active_tablets_at_most(house: House) -> None:
    tablets = [fresh_tablet(house) for _ in range(3)]
    for tablet in tablets:
        enrol(tablet)
    for tablet in tablets[:2]:
        as_office(house, "dispatcher", devices.confirm, tablet)

    with pytest.raises(devices.TooManyTablets):
        as_office(house, "dispatcher", devices.confirm, tablets[2])
    as_office(house, "dispatcher", devices.revoke, tablets[0])
    as_office(house, "dispatcher", devices.confirm, tablets[2])


def test_suspended_can_be_resumed_and_revoked_is_final(house: House) -> None:
    tablet = house.tablet("engineer")

    as_office(house, "dispatcher", devices.suspend, tablet)
    assert as_office(house, "dispatcher", devices.resume, tablet).status == "active"
    as_office(house, "dispatcher", devices.revoke, tablet)
    for move in (devices.resume, devices.confirm, devices.suspend):
        with pytest.raises(devices.WrongMove):
            as_office(house, "dispatcher", move, tablet)


def test_each_move_is_a_journal_line_and_is_told_to_watchers(app: Flask, house: House) -> None:
    told: list[tuple[str, str]] = []
    devices.watch(app, lambda device: told.append((device.id, device.status)))
    tablet = fresh_tablet(house)
    with app.app_context():
        before = journal.head(house.org_id)[0]

    enrol(tablet)
    as_office(house, "dispatcher", devices.confirm, tablet)
    as_office(house, "dispatcher", devices.suspend, tablet)

    with app.app_context():
        lines = journal.head(house.org_id)[0] - before
        assert journal.first_fault(house.org_id) is None
    assert told == [(tablet.id, "pending"), (tablet.id, "active"), (tablet.id, "suspended")]
    assert lines >= 3


def test_codes_are_never_shared_within_an_organisation(house: House) -> None:
    with house.app.app_context(), unit():
        made = [devices.server_device(house.org_id, house.new_id()).code for _ in range(40)]

    assert len(set(made)) == 40


def test_a_person_has_one_server_side_device(house: House) -> None:
    person = house.new_id()
    with house.app.app_context():
        with unit():
            first = devices.server_device(house.org_id, person).id
        with unit():
            again = devices.server_device(house.org_id, person).id

    assert first == again


def test_hearing_a_device_is_noted_once_a_minute(house: House, clock: SetClock) -> None:
    tablet = house.tablet("engineer")

    def hear(app_version: str) -> tuple[Any, Any]:
        with house.app.app_context():
            with unit():
                devices.saw(tablet.id, app_version, 1)
            with reading() as session:
                return session.execute(select(Device.last_seen, Device.app).where(Device.id == tablet.id)).one()

    began = clock.now()
    assert hear("1.0") == (began, "1.0")
    clock.advance(seconds=30)
    assert hear("1.1") == (began, "1.0")
    clock.advance(seconds=31)
    assert hear("1.1") == (clock.now(), "1.1")


class TestRecovery:
    """A forgotten PIN loses nothing: the organisation's key opens what the tablet sealed (decisions.md 8)."""

    @pytest.fixture
    def tablet(self, house: House) -> Tablet:
        return house.tablet("engineer")

    def sealed(self, house: House, tablet: Tablet) -> dict[str, Any]:
        with house.app.app_context():
            envelope: dict[str, Any] = json.loads(seal_recovery(keys.ring().recovery_jwk, DATA_KEY, tablet.id))
        return envelope

    def ask(self, browser: Browser, tablet: Tablet, envelope: dict[str, Any]) -> TestResponse:
        return browser.post(f"/api/v1/devices/{tablet.id}/recover", json=envelope)

    def test_its_owner_gets_the_key_after_signing_in(self, house: House, tablet: Tablet) -> None:
        answer = self.ask(tablet.browser, tablet, self.sealed(house, tablet))

        assert answer.status_code == 200
        assert base64.urlsafe_b64decode(answer.get_json()["key"] + "=") == DATA_KEY
        assert answer.headers["Cache-Control"] == "no-store"

    def test_an_old_session_is_not_enough(self, house: House, tablet: Tablet, clock: SetClock) -> None:
        clock.advance(minutes=11)

        assert self.ask(tablet.browser, tablet, self.sealed(house, tablet)).get_json()["code"] == "sign_in_again"

    def test_a_colleague_gets_nothing(self, house: House, tablet: Tablet) -> None:
        assert self.ask(house.browser("engineer", 2), tablet, self.sealed(house, tablet)).status_code == 404
        assert self.ask(house.browser("dispatcher"), tablet, self.sealed(house, tablet)).status_code == 404

    def test_what_another_tablet_sealed_stays_sealed(self, house: House, tablet: Tablet) -> None:
        stolen = self.sealed(house, house.tablet("engineer", 2))

        assert self.ask(tablet.browser, tablet, stolen).get_json()["field"] == "ct"

    def test_a_suspended_tablet_gets_nothing(self, house: House, tablet: Tablet) -> None:
        as_office(house, "dispatcher", devices.suspend, tablet)

        assert self.ask(tablet.browser, tablet, self.sealed(house, tablet)).get_json()["code"] == "wrong_state"

    def test_what_was_sealed_for_others_or_changed_is_refused(self, house: House, tablet: Tablet) -> None:
        envelope = self.sealed(house, tablet)
        for changes in ({"ct": envelope["ct"][:-4] + "AAAA"}, {"iv": "AAAAAAAAAAAAAAAA"}, {"ct": "AA"}):
            answer = self.ask(tablet.browser, tablet, {**envelope, **changes})
            assert (answer.status_code, answer.get_json()["field"]) == (400, "ct")

    def test_each_recovery_is_a_journal_line(self, app: Flask, house: House, tablet: Tablet) -> None:
        with app.app_context():
            before = journal.head(house.org_id)[0]

        self.ask(tablet.browser, tablet, self.sealed(house, tablet))

        with app.app_context():
            assert journal.head(house.org_id)[0] == before + 1


def test_a_person_of_several_roles_reads_own_devices_only_as_engineer(house: House) -> None:
    tablet = fresh_tablet(house)
    enrol(tablet)
    nobody: Person = house.person("client_contact")

    assert Browser(house.app, nobody).sign_in().get(f"/api/v1/devices/{tablet.id}").status_code == 404


def test_a_clients_contact_enrols_no_tablet(house: House) -> None:
    tablet = Tablet(house, house.person("client_contact"))
    tablet.browser.type_password()
    body = {
        "device": tablet.id, "jwk": public_jwk(tablet.key.public_key()), "name": "Mine", "standalone": True,
        "persisted": True, "storage_mb": 4_000,
    }  # fmt: skip
    assert tablet.call("POST", "/api/v1/devices", json=body).status_code == 403


def test_whoever_lost_a_tablets_storage_hears_what_the_server_has_of_it(house, tablet):
    visit = house.visit(tablet.person)
    tablet.sync()
    for text in ("one", "two"):
        tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": text})
    tablet.push()
    house.tablet("engineer", 2)

    [mine] = house.browser("engineer").get("/api/v1/devices").get_json()["devices"]

    assert (mine["device"], mine["code"], mine["status"], mine["received"]) == (tablet.id, tablet.code, "active", 2)
    assert mine["last_seen"] is not None
