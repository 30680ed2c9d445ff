"""Importing what a tablet could not send: a file goes in, and the page says what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.core.problems import Invalid, Problem
from backend.identity.services import guards
from backend.rescue.services import LARGEST_FILE, bring_in, lines_of

IMPORTERS = ("administrator", "dispatcher")
ENVELOPE = 64 * 1024
"""Room of a form around its file."""


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/devices/rescue", "rescue", guards.roles(*IMPORTERS)(ask), methods=["GET"])
    bp.add_url_rule("/devices/rescue", "rescue_import", guards.roles(*IMPORTERS)(bring), methods=["POST"])


def ask() -> ResponseReturnValue:
    return _page()


def _page(refused: str = "", lines: Sequence[str] = (), *, damaged: bool = False) -> str:
    most = LARGEST_FILE // 2**20
    return render_template("console/rescue.html", refused=refused, lines=lines, damaged=damaged, most=most)


def bring() -> ResponseReturnValue:
    try:
        request.max_content_length = LARGEST_FILE + ENVELOPE
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid("Choose the file first.", field="file")
        report = bring_in(sent.stream, guards.current())
    except Problem as problem:
        return _page(problem.title), 422
    return _page(lines=lines_of(report), damaged=report.damage is not None)
