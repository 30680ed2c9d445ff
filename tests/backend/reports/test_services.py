"""What a client sees: released visits of own sites, without what is internal."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core import blobs
from backend.core.problems import Forbidden, NotFound
from backend.identity.services import Actor, Scope
from backend.reports import services as reports
from tests.backend.signoff.signatures import Pen
from tests.backend.visits.test_operations import photo_of
from tests.makers import House

PDF = b"%PDF-1.7 sealed"


def contact_of(house: House, kind: str, scope: str) -> Actor:
    person = house.person("client_contact")
    return Actor(
        house.org_id,
        person.id,
        frozenset({"client_contact"}),
        frozenset({Scope("client_contact", kind, scope)}),
    )


@pytest.fixture
def signed(house: House) -> dict[str, Any]:
    """A signed visit with a client's and an internal photo; ids by name."""
    tablet, visit = house.tablet("engineer"), house.visit(house.person("engineer"))
    tablet.sync()
    ids: dict[str, Any] = {"visit": visit, "shown": house.new_id(), "internal": house.new_id()}
    for name, digest in (("shown", "a" * 64), ("internal", "b" * 64)):
        visible = "client" if name == "shown" else "internal"
        tablet.do("photo.add", ("photo", ids[name]), photo_of(visit, visible=visible, sha256=digest))
        stored = {"visit": visit, "sha256": digest, "readable": True}
        house.submit(house.program(), [("media.stored", ("visit", visit), stored)])
    Pen(tablet).sign(visit)
    tablet.sync()
    ids["report"] = tablet.value("visit", visit)["report"]
    ids["facts"] = tablet.value("report", ids["report"])
    return ids


def release(house: House, signed: dict[str, Any]) -> None:
    facts = signed["facts"]
    with house.app.app_context():
        digest = blobs.store().put(PDF)
    said = {
        "visit": signed["visit"], "revision": 1, "number": facts["number"], "sha256": digest, "pages": 1,
        "public_id": facts["public_id"], "state": "ready",
    }  # fmt: skip
    [result] = house.submit(house.program(), [("report.release", ("report", signed["report"]), said)])
    assert result["status"] == "applied"


@pytest.mark.parametrize("kind", ["site", "client"])
def test_a_contact_sees_a_released_visit_of_the_own_sites(
    house: House, signed: dict[str, Any], kind: str
) -> None:
    actor = contact_of(house, kind, house.ids[kind])
    with house.app.app_context():
        assert reports.portal_visits(actor).total == 0
        with pytest.raises(NotFound):
            reports.portal_visit(actor, signed["visit"])
    release(house, signed)
    with house.app.app_context():
        assert [row.id for row in reports.portal_visits(actor).rows] == [signed["visit"]]
        page = reports.portal_visit(actor, signed["visit"])
        assert (page.engineers, page.report.id) == (["Engineer 1"], signed["report"])
        assert [photo.id for photo in page.photos] == [signed["shown"]]
        assert reports.portal_pdf(actor, signed["report"]) == PDF


def test_an_internal_photo_is_never_a_clients(house: House, signed: dict[str, Any]) -> None:
    release(house, signed)
    actor = contact_of(house, "site", house.ids["site"])
    with house.app.app_context():
        assert reports.portal_photo(actor, signed["shown"]).visit == signed["visit"]
        with pytest.raises(NotFound):
            reports.portal_photo(actor, signed["internal"])


def test_a_contact_of_another_site_sees_nothing_of_it(house: House, signed: dict[str, Any]) -> None:
    release(house, signed)
    actor = contact_of(house, "site", house.site())
    with house.app.app_context():
        assert reports.portal_visits(actor).total == 0
        for ask, entity in (
            (reports.portal_visit, "visit"), (reports.portal_pdf, "report"), (reports.portal_photo, "shown"),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                ask(actor, signed[entity])


def test_the_office_and_the_portal_have_each_their_own_door(house: House, signed: dict[str, Any]) -> None:
    release(house, signed)
    contact, dispatcher = contact_of(house, "site", house.ids["site"]), house.person("dispatcher").actor
    with house.app.app_context():
        with pytest.raises(Forbidden):
            reports.pdf(contact, signed["report"])
        with pytest.raises(Forbidden):
            reports.portal_visits(dispatcher)
        assert reports.pdf(dispatcher, signed["report"]) == PDF
        assert reports.list_reports(dispatcher, state="ready").total == 1


def test_a_report_of_another_organisation_is_not_there(house: House, signed: dict[str, Any]) -> None:
    release(house, signed)
    stranger = house.other().person("dispatcher").actor
    with house.app.app_context(), pytest.raises(NotFound):
        reports.pdf(stranger, signed["report"])


def test_released_once_it_stays(house: House, signed: dict[str, Any]) -> None:
    release(house, signed)
    said = {
        "visit": signed["visit"], "revision": 1, "number": signed["facts"]["number"], "state": "failed",
        "fault": "too late",
    }  # fmt: skip
    house.submit(house.program(), [("report.release", ("report", signed["report"]), said)])
    with house.app.app_context():
        assert reports.report(house.person("dispatcher").actor, signed["report"]).state == "ready"
