"""The portal: what a client's contact sees of their own sites, once it is released."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from backend.core.listing import Cut
from backend.directory import services as directory
from backend.identity.services import guards
from backend.media import services as media
from backend.portal import language
from backend.reports import services as reports

bp = Blueprint("portal", __name__, url_prefix="/portal", template_folder="templates")
bp.context_processor(language.context)
bp.after_request(language.remember)

ROWS = 20
MOST_PAGES = 1_000
LOCAL = timedelta(hours=8)
"""Singapore and all of Malaysia keep UTC+8 the year round."""


@bp.get("/")
@guards.portal
def visits() -> ResponseReturnValue:
    page, search = _asked()
    found = reports.portal_visits(guards.current(), Cut(search, (page - 1) * ROWS, ROWS))
    more = page * ROWS < found.total
    return _render("portal/visits.html", visits=found.rows, search=search, page=page, more=more)


def _asked() -> tuple[int, str]:
    """The page, from 1, and the words to search for."""
    typed = request.args.get("page", "1")
    page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 1
    return min(max(page, 1), MOST_PAGES), request.args.get("q", "").replace("\x00", "")[:100]


@bp.get("/visits/<uuid:visit_id>")
@guards.portal
def visit(visit_id: Any) -> ResponseReturnValue:
    return _render("portal/visit.html", found=reports.portal_visit(guards.current(), str(visit_id)))


@bp.get("/reports/<uuid:report_id>.pdf")
@guards.portal
def report(report_id: Any) -> ResponseReturnValue:
    pdf = reports.portal_pdf(guards.current(), str(report_id))
    headers = {"Content-Disposition": 'inline; filename="report.pdf"', "Cache-Control": "private, no-store"}
    return Response(pdf, content_type="application/pdf", headers=headers)


@bp.get("/photos/<uuid:photo_id>")
@guards.portal
def photo(photo_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = reports.portal_photo(actor, str(photo_id))
    size = "thumbnail" if request.args.get("size") == "thumbnail" else "picture"
    return media.photo_response(actor.org_id, row.visit, row.sha256, size)


def _render(template: str, **values: Any) -> str:
    return render_template(template, organisation=directory.organisation(guards.current()), local=local, **values)


def local(at: str) -> str:
    """`2026-11-24 09:05`, the same in every language."""
    return f"{datetime.fromisoformat(at) + LOCAL:%Y-%m-%d %H:%M}"
