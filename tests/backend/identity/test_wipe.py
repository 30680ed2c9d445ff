"""A lost tablet is told to send what it holds and to empty itself; and what a tablet says of itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend.core import journal
from backend.core.clock import SetClock
from backend.core.db import reading, unit
from backend.core.problems import Forbidden
from backend.exchange import services as exchange
from backend.identity import devices, dpop, statement
from backend.identity.models import Device
from backend.media import services as media
from tests.makers import House, Tablet, public_jwk, sign_jws

REPORT: dict[str, Any] = {
    "app": "0.1.0", "standalone": True, "persisted": True, "controlled": True, "free_mb": 4_000, "offset_ms": -250,
    "made_n": 3, "unsent": 2, "photos": 1, "photo_bytes": 900_000, "readiness": "doubtful", "lacking": ["unsent"],
}  # fmt: skip
EMPTY = {"operations": 0, "photos": 0}


def row(house: House, tablet: Tablet) -> Device:
    with house.app.app_context(), reading() as session:
        return session.scalars(select(Device).where(Device.id == tablet.id)).one()


def ask_wipe(house: House, tablet: Tablet, role: str = "administrator") -> None:
    with house.app.app_context(), unit():
        devices.ask_wipe(house.person(role).actor, tablet.id)


def order_in(house: House, said: Mapping[str, Any]) -> dict[str, Any]:
    """The order that an answer carried, after its signature held."""
    [directive] = said["directives"]
    with house.app.app_context():
        return statement.verify(directive["wipe"], "wipe")


def by_itself(tablet: Tablet, path: str, body: Mapping[str, Any]) -> TestResponse:
    """A request with the device's proof alone, whoever is signed in."""
    before, tablet.signed_out = tablet.signed_out, True
    try:
        return tablet.call("POST", path, json=body)
    finally:
        tablet.signed_out = before


def report(tablet: Tablet, **changes: Any) -> TestResponse:
    return by_itself(tablet, f"/api/v1/devices/{tablet.id}/state", REPORT | changes)


def confirm(tablet: Tablet, key: Any = None, **claims: Any) -> TestResponse:
    jkt = dpop.thumbprint(public_jwk(tablet.key.public_key()))
    header = {"typ": "singgah-wiped+json", "alg": "ES256", "kid": jkt}
    text = sign_jws(key or tablet.key, header, {"alone": True, "left": EMPTY, **claims})
    return by_itself(tablet, f"/api/v1/devices/{tablet.id}/wiped", {"confirmation": text})


def test_every_answer_to_a_lost_tablet_carries_the_order_and_clears_nothing(house: House, tablet: Tablet) -> None:
    tablet.pull()
    ask_wipe(house, tablet)

    answers = [tablet.push(), tablet.pull(), report(tablet)]

    assert [answer.status_code for answer in answers] == [200, 403, 200]
    for answer in answers:
        order = order_in(house, answer.get_json())
        assert (order["kind"], order["device"]) == ("wipe", tablet.id)
        assert "Clear-Site-Data" not in answer.headers


def test_a_tablet_that_nobody_gave_up_is_told_nothing(house: House, tablet: Tablet) -> None:
    other = house.tablet("engineer", 2)
    ask_wipe(house, other)

    tablet.pull()

    assert report(tablet).get_json() == {"status": "active", "directives": []}
    assert tablet.push().get_json()["directives"] == []


def test_without_a_session_all_that_it_holds_goes_to_quarantine_byte_for_byte(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    tablet.pull()
    kept = [tablet.act("visit.mark", ("visit", visit), {"mark": "working"}) for _ in range(3)]
    ask_wipe(house, tablet)
    tablet.signed_out = True

    answer = tablet.push()
    photo = tablet.upload(visit, b"\xff\xd8 bytes of a photo", "image/jpeg")
    unknown = tablet.upload(house.new_id(), b"\xff\xd8 of a visit made there", "image/jpeg")

    assert answer.status_code == 200, answer.text
    assert [tablet.result(n)["code"] for n in kept] == ["device_revoked"] * 3
    assert (photo.status_code, unknown.status_code) == (204, 204)
    with house.app.app_context():
        held = exchange.held(house.person("dispatcher").actor)
        assert [one.n for one in held] == kept
        digest = hashlib.sha256(b"\xff\xd8 bytes of a photo").hexdigest()
        assert media.read_original(house.org_id, visit, digest) == b"\xff\xd8 bytes of a photo"


def test_speaking_for_itself_it_is_turned_away_from_the_feed_with_the_order_and_not_asked_to_sign_in(
    house: House, tablet: Tablet
) -> None:
    ask_wipe(house, tablet)

    answer = by_itself(tablet, "/api/v1/sync/pull", {})

    assert (answer.status_code, answer.get_json()["code"]) == (403, "device_revoked")
    assert order_in(house, answer.get_json())["device"] == tablet.id
    assert by_itself(house.tablet("engineer", 2), "/api/v1/sync/pull", {}).status_code == 401


def test_an_active_tablet_needs_its_session_as_before(house: House, tablet: Tablet) -> None:
    tablet.pull()
    tablet.signed_out = True

    assert tablet.push().status_code == 401
    assert tablet.pull().status_code == 401
    assert tablet.upload(house.visit(tablet.person), b"x").status_code == 401


def test_only_the_answer_to_its_signed_word_clears_the_site(house: House, tablet: Tablet) -> None:
    ask_wipe(house, tablet)
    tablet.signed_out = True
    order = order_in(house, report(tablet).get_json())

    answer = confirm(tablet, order=order["at"], left={"operations": 0, "photos": 2})

    assert answer.status_code == 200
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    device = row(house, tablet)
    assert device.status == "wiped"
    assert device.report is not None and device.report["left"] == {"operations": 0, "photos": 2}
    assert confirm(tablet, order=order["at"]).status_code == 200, "its answer may have been lost"
    with house.app.app_context(), reading() as session:
        kinds = session.scalars(select(journal.JournalEntry.kind).where(journal.JournalEntry.ref == tablet.id))
        assert list(kinds)[-2:] == ["device.revoked", "device.wiped"]
        assert journal.first_fault(house.org_id) is None


def test_where_a_colleague_works_too_nothing_else_is_cleared(house: House, tablet: Tablet) -> None:
    ask_wipe(house, tablet)
    order = order_in(house, report(tablet).get_json())

    assert "Clear-Site-Data" not in confirm(tablet, order=order["at"], alone=False).headers


def test_a_word_by_another_key_of_another_order_or_in_another_shape_counts_for_nothing(
    house: House, tablet: Tablet
) -> None:
    other = house.tablet("engineer", 2)
    assert confirm(tablet, order="2026-01-01T00:00:00.000Z").status_code == 400, "nobody asked"
    ask_wipe(house, tablet)
    at = order_in(house, report(tablet).get_json())["at"]

    wrong = [
        confirm(tablet, key=other.key, order=at),
        confirm(tablet, order="2026-01-01T00:00:00.000Z"),
        confirm(tablet, order=at, alone="yes"),
        confirm(tablet, order=at, left={"operations": -1, "photos": 0}),
        confirm(tablet, order=at, left={"operations": 0}),
    ]

    assert [answer.status_code for answer in wrong] == [400] * 5
    assert row(house, tablet).status == "revoked"


def test_a_tablet_speaks_only_for_itself(house: House, tablet: Tablet) -> None:
    other = house.tablet("engineer", 2)

    assert by_itself(tablet, f"/api/v1/devices/{other.id}/state", REPORT).status_code == 404
    assert by_itself(tablet, f"/api/v1/devices/{other.id}/wiped", {"confirmation": "x"}).status_code == 404
    own = f"/api/v1/devices/{tablet.id}/state"
    assert tablet.call("POST", own, json=REPORT).status_code == 401, "this proof names a session, which counts not here"


def test_the_last_word_of_a_tablet_is_kept_and_a_flood_refused(house: House, tablet: Tablet, clock: SetClock) -> None:
    report(tablet)
    report(tablet, unsent=0)

    assert row(house, tablet).report == REPORT | {"unsent": 0}
    assert row(house, tablet).reported_at == clock.now()
    statuses = [report(tablet).status_code for _ in range(30)]
    assert statuses.count(429) == 2


@pytest.mark.parametrize(
    "wrong", [{"unsent": -1}, {"readiness": "fine"}, {"lacking": ["mood"]}, {"offset_ms": "1"}, {"colour": "red"}]
)
def test_a_report_in_another_shape_is_refused_and_named(tablet: Tablet, wrong: dict[str, Any]) -> None:
    answer = report(tablet, **wrong)

    assert answer.status_code == 400
    assert next(iter(wrong)) in answer.get_json()["field"]


def test_only_dispatcher_and_administrator_give_a_tablet_up(house: House, tablet: Tablet) -> None:
    for role in ("engineer", "desk_agent", "service_manager"):
        with pytest.raises(Forbidden):
            ask_wipe(house, tablet, role)
    ask_wipe(house, tablet, "dispatcher")
    with pytest.raises(devices.WrongMove):
        ask_wipe(house, tablet)
