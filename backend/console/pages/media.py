"""Photos and reports, as files of the console."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from backend.console.acts import go
from backend.identity.services import guards
from backend.media import services as media
from backend.reports import services as reports
from backend.visits import services as visits


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/photos/<uuid:photo_id>", "photo", guards.office(photo))
    bp.add_url_rule("/reports/<uuid:report_id>.pdf", "report_pdf", guards.office(report_pdf))
    bp.add_url_rule("/reports/<uuid:report_id>/make", "report_make", guards.office(report_make), methods=["POST"])


def photo(photo_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = visits.photo(actor, str(photo_id))
    size = "thumbnail" if request.args.get("size") == "thumbnail" else "picture"
    return media.photo_response(actor.org_id, row.visit, row.sha256, size)


def report_pdf(report_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = reports.report(actor, str(report_id))
    return pdf_response(reports.pdf(actor, row.id), row.number)


def pdf_response(pdf: bytes, number: str) -> Response:
    """A sealed report, opened by the reader's own program."""
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"', "Cache-Control": "private, no-store"}
    return Response(pdf, content_type="application/pdf", headers=headers)


def report_make(report_id: Any) -> ResponseReturnValue:
    """Somebody wants to read it: make a report that was put off now."""
    row = reports.report(guards.current(), str(report_id))
    reports.hasten(guards.current(), row.id)
    return go(f"/console/visits/{row.visit}", "The report is being made; it appears here when it is sealed.")
