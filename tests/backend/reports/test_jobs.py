"""A signed visit becomes one report, released after it was verified; what fails stays to be seen."""

from __future__ import annotations

from typing import Any

import pytest

from backend.core import jobs
from backend.core.clock import SetClock
from backend.core.db import db, unit
from backend.core.problems import NotFound
from backend.reports import services as reports
from tests.backend.signoff.signatures import Pen
from tests.backend.signoff.signing import document
from tests.makers import House


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On SQLite alone: which database it is decides nothing here, and printing takes seconds."""
    return sqlite_url


@pytest.fixture
def visit(house: House) -> str:
    return house.visit(house.person("engineer"))


@pytest.fixture
def signed(house: House, visit: str) -> Pen:
    """A signed visit whose documents are all here; its report waits."""
    tablet = house.tablet("engineer")
    tablet.sync()
    pen = Pen(tablet)
    pen.sign(visit)
    pen.upload(visit)
    return pen


def work(house: House) -> int:
    with house.app.app_context():
        return jobs.run_due()


def report_of(house: House, pen: Pen, visit: str) -> dict[str, Any]:
    pen.tablet.sync()
    value: dict[str, Any] = pen.tablet.value("report", pen.tablet.value("visit", visit)["report"])
    return value


def test_a_signed_visit_becomes_a_sealed_report_that_the_office_and_the_public_page_get(
    house: House, signed: Pen, visit: str
) -> None:
    work(house)
    report = report_of(house, signed, visit)
    assert (report["state"], report["pages"] >= 1, len(report["public_id"])) == ("ready", True, 26)
    with house.app.app_context():
        found = reports.report_of(house.person("dispatcher").actor, visit)
        assert found is not None
        file = reports.pdf(house.person("dispatcher").actor, found.id)
        assert reports.public_pdf(report["public_id"]) == file
    assert file.startswith(b"%PDF-")
    assert signed.tablet.value("visit", visit)["flags"] == []


def test_before_its_release_nobody_gets_a_report(house: House, signed: Pen, visit: str) -> None:
    report = report_of(house, signed, visit)
    assert report["state"] == "waiting"
    with house.app.app_context():
        with pytest.raises(NotFound):
            reports.public(report["public_id"])
        found = reports.report_of(house.person("dispatcher").actor, visit)
        assert found is not None
        with pytest.raises(NotFound):
            reports.pdf(house.person("dispatcher").actor, found.id)


def test_the_letter_twice_is_one_report(house: House, signed: Pen, visit: str) -> None:
    work(house)
    before = report_of(house, signed, visit)
    with house.app.app_context():
        with unit():
            db.session.query(jobs.JobRow).filter_by(kind="report").update({"state": "waiting", "tries": 0})
        assert jobs.run_due() == 1
    assert report_of(house, signed, visit) == before


def test_a_report_that_cannot_be_made_is_tried_four_times_then_said_to_have_failed(
    house: House, signed: Pen, visit: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_printer(*_: object, **__: object) -> None:
        raise OSError("the printer is out")

    monkeypatch.setattr("backend.reports.make.make_report", no_printer)
    for _ in range(4):
        assert report_of(house, signed, visit)["state"] == "waiting"
        work(house)
        clock.advance(minutes=10)
    assert report_of(house, signed, visit)["state"] == "failed"
    with house.app.app_context():
        [dead] = jobs.dead(house.org_id)
    assert (dead.kind, dead.error) == ("report", "OSError")


def test_a_failed_report_is_made_when_the_cause_is_gone(
    house: House, signed: Pen, visit: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("backend.reports.make.make_report", lambda *_, **__: 1 / 0)
        for _ in range(4):
            work(house)
            clock.advance(minutes=10)
    with house.app.app_context():
        [dead] = jobs.dead(house.org_id)
        with unit():
            assert jobs.revive(house.org_id, dead.id)
    work(house)
    assert report_of(house, signed, visit)["state"] == "ready"


def test_an_answer_that_was_not_the_signed_one_is_said(house: House, visit: str) -> None:
    tablet = house.tablet("engineer")
    tablet.sync()
    pen = Pen(tablet)
    item = {
        "item": "clean", "section": "UPS", "label": "Clean", "type": "pass_fail", "value": "pass", "shown": "Pass",
        "unit": "", "limits": None, "verdict": "ok", "remark": "", "severity": None, "photos": [], "last": None,
    }  # fmt: skip
    signed_run = document(
        "run",
        run=house.new_id(),
        checklist="0" * 64,
        title="UPS check",
        asset=None,
        verdict="ok",
        items=[item],
    )
    pen.documents.append(signed_run)
    pen.sign(visit)
    pen.upload(visit)
    work(house)
    assert report_of(house, pen, visit)["state"] == "ready"
    assert pen.tablet.value("visit", visit)["flags"] == ["divergent"]


def test_only_the_program_releases_a_report(house: House, signed: Pen, visit: str) -> None:
    report = report_of(house, signed, visit)
    entity = ("report", signed.tablet.value("visit", visit)["report"])
    said = {"visit": visit, "revision": 1, "number": report["number"], "state": "failed"}
    assert house.office().ask("report.release", entity, said)["code"] == "forbidden"
    other = {**said, "revision": 2}
    [refused] = house.submit(house.program(), [("report.release", entity, other)])
    assert refused["field"] == "args.revision"
    [bare] = house.submit(house.program(), [("report.release", entity, {**said, "state": "ready"})])
    assert bare["field"] == "args.sha256"
