"""Checklists: which are published, and what one asks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import words
from backend.console.lists import Cell, Column, Filter, Table, asked
from backend.core.listing import Cut
from backend.identity.services import guards
from backend.inspections import services as inspections
from checklists import parse_definition

HREF = "/console/checklists"
COLUMNS = (
    Column("Title", lambda row: row.title.get("en", row.slug)),
    Column("Kind", lambda row: words.spoken(row.kind)),
    Column("Version", lambda row: row.digest[:12], minor=True),
    Column("State", lambda row: Cell(words.spoken(row.state), "ok" if row.state == "published" else "neutral")),
)


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/checklists", "checklists", guards.office(show_list))
    bp.add_url_rule("/checklists/<uuid:checklist_id>", "checklist", guards.office(show))


def show_list() -> ResponseReturnValue:
    filters = (Filter("state", "State", words.options(inspections.CHECKLIST_STATES)),)
    wanted = asked(request.args, ["state"])
    page = inspections.list_checklists(guards.current(), Cut(wanted.search, wanted.offset), **wanted.filters)
    table = Table(
        COLUMNS, page.rows, page.total, wanted, lambda row: f"{HREF}/{row.id}", filters, "No checklist found."
    )
    return render_template("console/list.html", title="Checklists", table=table, new_href="", new_title="")


def show(checklist_id: Any) -> ResponseReturnValue:
    row = inspections.checklist(guards.current(), str(checklist_id))
    return render_template("console/checklist.html", row=row, definition=parse_definition(row.definition), words=words)
