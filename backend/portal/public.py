"""The page behind the QR code of a report: known here or not, and a comparison that stays on the reader's device."""

from __future__ import annotations

import re

from cryptography.hazmat.primitives import hashes
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from backend.core import keys
from backend.core.problems import NotFound
from backend.identity.services import limits
from backend.portal import language
from backend.portal.pages import local
from backend.reports import services as reports

bp = Blueprint("public", __name__, template_folder="templates")
bp.context_processor(language.context)
bp.after_request(language.remember)

PUBLIC_ID = re.compile(r"[a-z2-7]{26}", re.IGNORECASE)


@bp.get("/r/<public_id>")
def report(public_id: str) -> ResponseReturnValue:
    limits.admit_reader()
    if not PUBLIC_ID.fullmatch(public_id):
        raise NotFound("There is no such report.")
    found = reports.public(public_id)
    root = keys.ring().root.fingerprint(hashes.SHA256()).hex()
    page = render_template("portal/report.html", report=found, root=root, local=local)
    return page, 200, {"X-Robots-Tag": "noindex"}
