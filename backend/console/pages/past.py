"""The history of a thing: every operation that was ever sent about it, whoever won, with who and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from backend.console import deeds, forms, words
from backend.console.lists import Cell
from backend.core.schema import wire_time
from backend.desk import services as desk
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.exchange.services import Received
from backend.identity.services import Actor, guards
from backend.inspections import services as inspections
from backend.visits import services as visits

ENDS = {
    "applied": Cell("Took effect", "ok"),
    "merged": Cell("Took effect beside others' changes", "ok"),
    "conflict": Cell("Met another value", "warn"),
    "held": Cell("Held", "warn"),
    "rejected": Cell("Not taken", "fail"),
}


@dataclass(frozen=True)
class Line:
    """One operation in words."""

    at: str
    who: str
    what: str
    end: Cell
    why: str


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/visits/<uuid:visit_id>/history", "visit_history", guards.office(of_visit))
    bp.add_url_rule("/tickets/<uuid:ticket_id>/history", "ticket_history", guards.office(of_ticket))


def of_visit(visit_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = visits.visit(actor, str(visit_id))
    return page(actor, entities_of(actor, row), f"{row.number} {row.title}", f"/console/visits/{row.id}")


def of_ticket(ticket_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = desk.ticket(actor, str(ticket_id))
    return page(actor, [row.id], f"{row.number} {row.title}", f"/console/tickets/{row.id}")


def entities_of(actor: Actor, row: visits.Visit) -> list[str]:
    """The visit and all that belongs to it."""
    runs = [read.run.id for read in inspections.runs(actor, row.id)]
    return [row.id, *runs, *visits.belongings(actor, row.id)]


def page(actor: Actor, entities: Iterable[str], title: str, back: str) -> ResponseReturnValue:
    """The history of these rows, the latest first."""
    lines = in_words(actor, exchange.history(actor, entities))[::-1]
    return render_template("console/history.html", lines=lines, title=title, back=back)


def in_words(actor: Actor, rows: Iterable[Received]) -> list[Line]:
    """Operations as sentences."""
    rows = list(rows)
    runs = inspections.asking(actor, (row.entity for row in rows if row.kind == "run" and row.entity))
    people = {row.person for row in rows} | deeds.people_named([row.args for row in rows if row.args])
    names = directory.person_names(actor, people)
    return [
        Line(
            words.when(row.at or wire_time(row.received_at)),
            names.get(row.person, "The program"),
            deeds.told(row, runs, names),
            ENDS[row.status],
            _why(row),
        )
        for row in rows
    ]


def _why(row: Received) -> str:
    if row.code is None:
        return ""
    if row.code == "overruled":
        return "The office's value went before it."
    return words.HELD.get(row.code, forms.reason(row.code))
