"""What other slices and pages may ask of reports: the office's view, the client's view, and the public page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select

from backend.core import blobs, jobs
from backend.core.db import reading, unit
from backend.core.listing import FIRST, Cut, Page, every, one, page
from backend.core.problems import NotFound
from backend.directory.services import person_names, reach
from backend.identity.services import Actor
from backend.reports.models import Report
from backend.reports.schemas import STATES
from backend.visits.services import Photo, Visit, visit

__all__ = [
    "STATES", "PortalVisit", "Report", "hasten", "list_reports", "pdf", "portal_pdf", "portal_photo", "portal_visit",
    "portal_visits", "public", "public_pdf", "report", "report_of",
]  # fmt: skip


@dataclass(frozen=True)
class PortalVisit:
    """A visit as its client sees it: what was released, without internal notes and photos."""

    visit: Visit
    report: Report
    engineers: Sequence[str]
    photos: Sequence[Photo]


def list_reports(actor: Actor, cut: Cut = FIRST, *, state: str = "") -> Page[Report]:
    """The newest first."""
    query = _reached(actor)
    query = query.where(Report.state == state) if state else query
    return page(query, cut, (Report.number,), (Report.id.desc(),))


def _reached(actor: Actor) -> Select[Report]:
    mine = select(Visit.id).where(reach.at(actor, Visit.org_id, Visit.site))
    return select(Report).where(Report.org_id == actor.org_id, Report.visit.in_(mine))


def report(actor: Actor, report_id: str) -> Report:
    return one(_reached(actor).where(Report.id == report_id), "report")


def report_of(actor: Actor, visit_id: str) -> Report | None:
    """The newest revision of a visit's report; None before the visit is signed."""
    visit(actor, visit_id)
    found = every(_reached(actor).where(Report.visit == visit_id).order_by(Report.revision.desc()).limit(1))
    return found[0] if found else None


def pdf(actor: Actor, report_id: str) -> bytes:
    """The sealed file. NotFound before its release."""
    return _file(report(actor, report_id))


def _file(found: Report) -> bytes:
    if found.state != "ready" or found.sha256 is None:
        raise NotFound("This report is not ready yet.")
    return blobs.store().get(found.sha256)


def portal_visits(actor: Actor, cut: Cut = FIRST) -> Page[Visit]:
    """Released visits of the contact's own sites, the latest first."""
    columns = (Visit.number, Visit.title, Visit.site_name)
    return page(_released(actor), cut, columns, (Visit.starts_at.desc(), Visit.id))


def _released(actor: Actor) -> Select[Visit]:
    ready = select(Report.visit).where(Report.org_id == actor.org_id, Report.state == "ready")
    return select(Visit).where(reach.at(actor, Visit.org_id, Visit.site, reach.PORTAL), Visit.id.in_(ready))


def portal_visit(actor: Actor, visit_id: str) -> PortalVisit:
    found = one(_released(actor).where(Visit.id == visit_id), "visit")
    newest = _ready(actor, Report.visit == visit_id).order_by(Report.revision.desc()).limit(1)
    names = person_names(actor, found.engineers)
    photos = every(_shown(actor).where(Photo.visit == visit_id).order_by(Photo.taken_at, Photo.id))
    engineers = [names[person] for person in found.engineers if person in names]
    return PortalVisit(found, every(newest)[0], engineers, photos)


def _ready(actor: Actor, *where: ColumnElement[bool]) -> Select[Report]:
    return select(Report).where(Report.org_id == actor.org_id, Report.state == "ready", *where)


def _shown(actor: Actor) -> Select[Photo]:
    """Photos that a client may see: marked for the client, whole, not taken back."""
    shown = (Photo.visible == "client", Photo.state == "stored", Photo.removed.is_(None))
    return select(Photo).where(Photo.org_id == actor.org_id, *shown)


def portal_pdf(actor: Actor, report_id: str) -> bytes:
    """The sealed file of a released visit of the contact's own sites."""
    mine = _released(actor).with_only_columns(Visit.id)
    return _file(one(_ready(actor, Report.id == report_id, Report.visit.in_(mine)), "report"))


def portal_photo(actor: Actor, photo_id: str) -> Photo:
    """One photo of a released visit of the contact's own sites."""
    mine = _released(actor).with_only_columns(Visit.id)
    return one(_shown(actor).where(Photo.id == photo_id, Photo.visit.in_(mine)), "photo")


def public(public_id: str) -> Report:
    """The released report behind a QR code, whoever asks. NotFound also for one that is not released."""
    with reading() as session:
        found = session.scalar(select(Report).where(Report.public_id == public_id, Report.state == "ready"))
    if found is None:
        raise NotFound("There is no such report.")
    return found


def public_pdf(public_id: str) -> bytes:
    """The file of `public`."""
    return _file(public(public_id))


def hasten(actor: Actor, report_id: str) -> None:
    """Somebody waits for this report: its job is due now. Opens its own unit of work."""
    found = report(actor, report_id)
    with unit():
        jobs.hasten(actor.org_id, f"report:{found.visit}:{found.revision}")
