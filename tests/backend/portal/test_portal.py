"""What a client's contact sees: their own released visits, in their language, and nothing else."""

from __future__ import annotations

import pytest

from backend.core import jobs
from backend.core.db import db, unit
from backend.identity import accounts
from backend.identity.models import Membership
from backend.identity.services import Scope
from backend.reports import services as reports
from tests.backend.signoff.signatures import Pen
from tests.makers import Browser, House, Person


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On SQLite alone: which database it is decides nothing here, and printing takes seconds."""
    return sqlite_url


def contact_of(house: House, scope_type: str, scope_id: str, nth: int = 1) -> Browser:
    """The browser of a contact whose role reaches this client or site only."""
    person: Person = house.person("client_contact", nth)
    with house.app.app_context(), unit():
        db.session.query(Membership).filter_by(person_id=person.id).delete()
        accounts.grant(house.org_id, person.id, Scope("client_contact", scope_type, scope_id))
    return Browser(house.app, person).sign_in()


@pytest.fixture
def visit(house: House) -> str:
    """A signed visit of the house's client, its report made and released."""
    visit = house.visit(house.person("engineer"))
    tablet = house.tablet("engineer")
    tablet.sync()
    pen = Pen(tablet)
    pen.sign(visit)
    pen.upload(visit)
    with house.app.app_context():
        jobs.run_due()
    return visit


def test_a_contact_reads_their_visit_and_downloads_the_report(house: House, visit: str) -> None:
    contact = contact_of(house, "client", house.ids["client"])
    assert "Quarterly maintenance" in contact.get("/portal/").get_data(as_text=True)
    page = contact.get(f"/portal/visits/{visit}").get_data(as_text=True)
    report = page.split("/portal/reports/")[1].split(".pdf")[0]
    pdf = contact.get(f"/portal/reports/{report}.pdf")
    assert (pdf.status_code, pdf.data[:5]) == (200, b"%PDF-")


def test_a_contact_of_another_client_sees_none_of_it(house: House, visit: str) -> None:
    stranger = contact_of(house, "client", house.new_id())
    assert "Quarterly maintenance" not in stranger.get("/portal/").get_data(as_text=True)
    assert stranger.get(f"/portal/visits/{visit}").status_code == 404


def test_a_contact_of_one_site_does_not_see_the_clients_other_site(house: House, visit: str) -> None:
    elsewhere = contact_of(house, "site", house.site("Changi store"))
    assert elsewhere.get(f"/portal/visits/{visit}").status_code == 404


def test_what_is_not_released_is_not_there(house: House) -> None:
    unsigned = house.visit(house.person("engineer"))
    contact = contact_of(house, "client", house.ids["client"])
    assert contact.get(f"/portal/visits/{unsigned}").status_code == 404


@pytest.mark.parametrize(("language", "word"), [("en", "Visits"), ("ms", "Lawatan"), ("zh", "上门服务")])
def test_the_pages_speak_the_contacts_language(house: House, language: str, word: str) -> None:
    contact = contact_of(house, "client", house.ids["client"])
    page = contact.get(f"/portal/?lang={language}").get_data(as_text=True)
    assert f'<html lang="{language}">' in page
    assert word in page
    assert word in contact.get("/portal/").get_data(as_text=True), "a chosen language stays"


def test_the_public_page_names_no_person_and_no_place(house: House, visit: str) -> None:
    with house.app.app_context():
        report = reports.report_of(house.person("dispatcher").actor, visit)
    assert report is not None
    page = house.app.test_client().get(f"/r/{report.public_id}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert str(report.sha256) in text
    assert page.headers["X-Robots-Tag"] == "noindex"
    for secret in ("Engineer 1", "Tanjong Pagar", "Kedai Kopi"):
        assert secret not in text


@pytest.mark.parametrize("public_id", ["a" * 26, "A" * 25, "../../etc", "%00", "1" * 26])
def test_a_guessed_public_id_is_not_there(house: House, public_id: str) -> None:
    assert house.app.test_client().get(f"/r/{public_id}").status_code == 404


def test_guessing_is_slowed_down(house: House) -> None:
    client = house.app.test_client()
    answers = [client.get(f"/r/{'b' * 26}").status_code for _ in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429
