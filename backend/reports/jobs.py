"""The letter `report {visit, revision}`: a signed visit becomes a sealed PDF, released once it was verified anew.

It may run twice: a report that is ready stays, and the public id was drawn when the visit was signed.

What prints and seals is imported when the first report is made: it would add a second to every start.
"""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from sqlalchemy import select

from backend.core import blobs, clock, jobs, keys, settings
from backend.core.certificates import Entity
from backend.core.db import reading
from backend.core.schema import wire_time
from backend.exchange import services as exchange
from backend.reports.facts import DeviceStatement, Facts, Receipt
from backend.reports.models import Report
from backend.reports.renderer import Renderer
from backend.signoff.services import SignedEvidence, gather

if TYPE_CHECKING:
    from backend.reports.make import SealedReport

KIND = "report"
FILES = (("report", "sha256"),)
"""Where the database names sealed files, for backups."""
KEY = "singgah.renderer"
ZONES = {"SG": "Asia/Singapore", "MY": "Asia/Kuala_Lumpur"}
"""The zone in which a legal entity's report shows its times."""
FAULT = 500

_starting = threading.Lock()


def init_app(app: Flask) -> None:
    """Let this application make reports."""
    jobs.register(app, KIND, run)


def run(job: jobs.Job) -> None:
    """See the module. After the last try the report says that it failed, and the job stays to be seen."""
    report = _report(job.org_id, job.args["visit"], job.args["revision"])
    if report.state == "ready":
        return
    try:
        evidence = gather(job.org_id, report.visit)
        made = _make(report, evidence)
    except Exception as fault:
        if job.tries > len(jobs.BACKOFF):
            _give_up(report, fault)
        raise
    blobs.store().put(made.pdf)
    _say(report, state="ready", sha256=made.sha256, pages=made.pages, divergent=evidence.divergent)


def _report(org_id: str, visit: str, revision: int) -> Report:
    asked = select(Report).where(Report.org_id == org_id, Report.visit == visit, Report.revision == revision)
    with reading() as session:
        return session.scalars(asked).one()


def _make(report: Report, evidence: SignedEvidence) -> SealedReport:
    from backend.reports.make import SignedVisit, make_report

    entity = evidence.legal_entity
    signed = SignedVisit(evidence.envelope, evidence.device.jwk or {}, evidence.documents, evidence.photos)
    seal = Entity(entity.id, entity.name, entity.registration or "")
    return make_report(signed, facts_of(report, evidence), seal, keys.ring(), _renderer(), now=clock.now())


def facts_of(report: Report, evidence: SignedEvidence) -> Facts:
    """The server's part of the report."""
    device, signoff, entity = evidence.device, evidence.signoff, evidence.legal_entity
    statement = DeviceStatement(
        device=device.id,
        jkt=signoff.jkt,
        jwk=device.jwk or {},
        person=device.person_id,
        org=device.org_id,
        since=wire_time(device.created_at),
        code=device.code,
        person_name=evidence.person_name,
    )
    return Facts(
        number=report.number,
        revision=report.revision,
        public_id=str(report.public_id),
        public_url=settings.current().public_url,
        seal_name=entity.name,
        receipt=Receipt(signoff.ver, signoff.received_at, signoff.anchored_at, tuple(signoff.flags)),
        device=statement,
        demo=evidence.organisation.demo,
        zone=ZONES[entity.country],
    )


def _give_up(report: Report, fault: Exception) -> None:
    from backend.reports.make import ReportFailed

    reason = str(fault) if isinstance(fault, ReportFailed) else type(fault).__name__
    _say(report, state="failed", fault=reason[:FAULT])


def _say(report: Report, **said: object) -> None:
    """Submit `report.release`; a refusal is a fault of this program."""
    about = {"visit": report.visit, "revision": report.revision, "number": report.number}
    asked = ("report.release", ("report", report.id), {**about, "public_id": report.public_id, **said})
    [result] = exchange.submit(exchange.program(report.org_id), [asked])
    if result["status"] not in ("applied", "merged"):
        raise RuntimeError(f"report.release was {result['status']}: {result.get('code')} {result.get('field')}")


def _renderer() -> Renderer:
    """The process's warm renderer, started when first needed."""
    with _starting:
        if KEY not in current_app.extensions:
            renderer = current_app.extensions[KEY] = Renderer()
            atexit.register(renderer.close)
        return cast(Renderer, current_app.extensions[KEY])
