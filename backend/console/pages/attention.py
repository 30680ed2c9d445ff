"""The inbox: everything that waits for the office, each with the tap that decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import deeds, forms, words
from backend.console.differing import Differing, differing
from backend.core import jobs
from backend.core.db import unit
from backend.core.schema import wire_time
from backend.desk import services as desk
from backend.directory import services as directory
from backend.dispatch import services as dispatch
from backend.dispatch.services import Chain, Inbox, Question
from backend.exchange import services as exchange
from backend.identity.services import Actor, guards
from backend.inspections import services as inspections
from backend.signoff import services as signoff
from backend.visits import services as visits

FAILED_AGAIN = (
    "Not done: the program failed at it again, and its log says why. "
    "It goes on waiting; it can be set aside with a reason."
)
HREF = "/console/attention"
BACK = re.compile(r"/console/[a-z0-9/-]{0,120}")
MOST_CHAIN = 200

SETTLE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "after_cancel": (("bill", "Bill it", "b"), ("void", "Void it", "v"), ("keep", "Keep, not billed", "u")),
    "late_scope": (("seen", "Seen", "1"),),
    "divergent": (("seen", "Seen", "1"),),
    "old_slot": (("seen", "Seen", "1"),),
    "second_signature": (),
}
"""Choice, button and key of each task."""


def add_to(bp: Blueprint) -> None:
    doors = (
        ("", "attention", show, "GET"),
        ("/live", "attention_live", live, "GET"),
        ("/conflicts/<uuid:conflict_id>", "decide_conflict", decide_conflict, "POST"),
        ("/held/<uuid:op_id>", "decide_held", decide_held, "POST"),
        ("/tasks/<uuid:task_id>", "settle_task", settle_task, "POST"),
        ("/visits/<uuid:visit_id>", "govern", govern, "POST"),
        ("/jobs/<uuid:job_id>", "revive_job", revive_job, "POST"),
    )
    for rule, name, view, method in doors:
        bp.add_url_rule(f"/attention{rule}", name, guards.office(view), methods=[method])


@dataclass(frozen=True)
class Place:
    """Where a card leads, in words."""

    text: str
    href: str


@dataclass(frozen=True)
class ClashCard:
    id: str
    pair: Differing
    place: Place | None


@dataclass(frozen=True)
class HeldCard:
    """`also` are the ids of those that wait behind it; `behind` what they wanted. `final` cannot be carried out."""

    id: str
    wanted: str
    why: str
    who: str
    at: str
    place: Place | None
    behind: list[str]
    also: list[str]
    final: bool


@dataclass(frozen=True)
class Signed:
    """One of two signatures of a visit: whose tablet it was given on, and what became of the visit."""

    id: str
    engineer: str
    outcome: str
    at: str
    governs: bool


@dataclass(frozen=True)
class TaskCard:
    id: str
    visit: str
    title: str
    since: str
    place: Place
    choices: tuple[tuple[str, str, str], ...]
    signed: list[Signed]


@dataclass(frozen=True)
class JobCard:
    """Work of the server that failed. `fault` is the exception's name."""

    id: str
    what: str
    fault: str
    at: str


def show() -> ResponseReturnValue:
    at = request.args.get("at", "")
    chosen = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else None
    return render_template("console/attention.html", at=chosen, **_content())


def live() -> ResponseReturnValue:
    return render_template("console/_attention.html", at=None, **_content())


def _content() -> dict[str, Any]:
    actor = guards.current()
    inbox = dispatch.gather(actor)
    names = directory.person_names(actor, {one.first.person for one in inbox.chains})
    return {
        "count": inbox.count,
        "clashes": _clash_cards(actor, inbox),
        "chains": _held_cards(actor, inbox, names),
        "questions": [_task_card(actor, one) for one in inbox.questions],
        "photos": [Place(f"{one.number} {one.site_name}", f"/console/visits/{one.id}") for one in inbox.photos],
        "devices": [Place(f"{one.code} {one.name}".strip(), f"/console/devices/{one.id}") for one in inbox.devices],
        "jobs": [_job_card(row) for row in inbox.jobs],
    }


def _job_card(row: jobs.JobRow) -> JobCard:
    at = words.when(wire_time(row.finished_at)) if row.finished_at is not None else ""
    return JobCard(row.id, words.spoken(row.kind.replace(".", " ")), row.error or "", at)


def _clash_cards(actor: Actor, inbox: Inbox) -> list[ClashCard]:
    rows = [one.conflict for one in inbox.clashes]
    photos = [photo for visit in {row.visit for row in rows if row.visit} for photo in visits.photos(actor, visit)]
    present = {one.visit.id: vars(one.visit) for one in inbox.clashes if one.visit is not None}
    present |= {row.id: vars(row) for row in desk.tickets_by_id(actor, (row.entity for row in rows))}
    pairs = differing(actor, rows, present, photos)
    return [
        ClashCard(f"conflict-{clash.conflict.id}", pair, _clash_place(clash))
        for clash, pair in zip(inbox.clashes, pairs, strict=True)
    ]


PAGES = {
    "ticket": ("tickets", "The ticket"), "site": ("sites", "The site"), "asset": ("assets", "The asset"),
    "contact": ("contacts", "The contact"), "client": ("clients", "The client"), "person": ("people", "The person"),
    "agreement": ("agreements", "The agreement"), "calendar": ("calendars", "The calendar"),
    "region": ("regions", "The region"), "legal_entity": ("legal-entities", "The legal entity"),
}  # fmt: skip


def _clash_place(clash: dispatch.Clash) -> Place | None:
    return _visit_place(clash.visit) or _row_place(clash.conflict.kind, clash.conflict.entity)


def _visit_place(visit: visits.Visit | None) -> Place | None:
    return Place(f"{visit.number} {visit.site_name}", f"/console/visits/{visit.id}") if visit is not None else None


def _row_place(kind: str, entity: str) -> Place | None:
    page, text = PAGES.get(kind, ("", ""))
    return Place(text, f"/console/{page}/{entity}") if page else None


def _held_cards(actor: Actor, inbox: Inbox, names: Mapping[str, str]) -> list[HeldCard]:
    everything = [row for chain in inbox.chains for row in (chain.first, *chain.behind)]
    runs = inspections.asking(actor, (row.entity for row in everything if row.kind == "run" and row.entity))
    people = directory.person_names(actor, deeds.people_named([row.args for row in everything if row.args]))
    return [_held_card(chain, runs, {**people, **names}) for chain in inbox.chains]


def _held_card(chain: Chain, runs: Mapping[str, inspections.Asking], names: Mapping[str, str]) -> HeldCard:
    first = chain.first
    ticket = chain.ticket
    return HeldCard(
        id=str(first.id),
        wanted=deeds.told(first, runs, names),
        why=words.HELD.get(str(first.code), forms.reason(str(first.code))),
        who=f"{names.get(first.person, '')}, tablet {first.device_code}",
        at=words.when(wire_time(first.received_at)),
        place=_visit_place(chain.visit)
        or (Place(f"{ticket.number} {ticket.title}", f"/console/tickets/{ticket.id}") if ticket else None),
        behind=[deeds.told(row, runs, names) for row in chain.behind],
        also=[str(row.id) for row in chain.behind],
        final=first.status == "rejected",
    )


def _task_card(actor: Actor, question: Question) -> TaskCard:
    task, visit = question.task, question.visit
    signed = _signed(actor, visit) if task.what == "second_signature" else []
    place = Place(f"{visit.number} {visit.site_name}", f"/console/visits/{visit.id}")
    return TaskCard(task.id, visit.id, words.TASKS[task.what], words.when(task.since), place, SETTLE[task.what], signed)


def _signed(actor: Actor, visit: visits.Visit) -> list[Signed]:
    records = {one.id: signoff.record_of(one) for one in signoff.signoffs(actor, visit.id)}
    names = directory.person_names(actor, {record.engineer for record in records.values()})
    governing = (visit.signed or {}).get("record")
    return [
        Signed(
            id_,
            names.get(record.engineer, ""),
            f"{words.spoken(record.visit_outcome)}, {words.spoken(record.outcome).lower()}",
            words.when(record.signed_at),
            record.record == governing,
        )
        for id_, record in records.items()
    ]


# Decisions: one POST, one operation.


def decide_conflict(conflict_id: Any) -> ResponseReturnValue:
    args = {"choice": request.form.get("choice", "")}
    return _decide(
        "conflict.decide", ("conflict", str(conflict_id)), args, "Decided. The other value stays in the history."
    )


def decide_held(op_id: Any) -> ResponseReturnValue:
    choice = request.form.get("choice", "")
    reason = request.form.get("reason", "").strip() or None
    args = {"choice": choice, "reason": reason, "also": request.form.getlist("also")[:MOST_CHAIN]}
    said = (
        "Carried out." if choice == "carry_out" else "Set aside. It stays in the history, and the engineer is told why."
    )
    return _decide("held.decide", ("held_decision", str(op_id)), args, said)


def settle_task(task_id: Any) -> ResponseReturnValue:
    args = {"choice": request.form.get("choice", ""), "note": request.form.get("note", "").strip() or None}
    return _decide("task.settle", ("task", str(task_id)), args, "Settled.")


def govern(visit_id: Any) -> ResponseReturnValue:
    args = {"signoff": request.form.get("signoff", ""), "note": None}
    said = "Named. Neither signature is altered; another one than before gets a report of its own."
    return _decide("visit.govern", ("visit", str(visit_id)), args, said)


def revive_job(job_id: Any) -> ResponseReturnValue:
    """Somebody has removed the cause: the job gets all its tries again. Job rows are no operations."""
    actor, job = guards.current(), str(job_id)
    waiting = {row.id: row.org_id for row in dispatch.failed_jobs(actor)}
    with unit():
        revived = job in waiting and jobs.revive(waiting[job], job)
    flash("It is tried again." if revived else "It waits for nobody any more.", "ok" if revived else "warn")
    return _back()


def _decide(operation: str, entity: tuple[str, str], args: Mapping[str, Any], said: str) -> ResponseReturnValue:
    actor = guards.current()
    if forms.complaints(exchange.arguments_of(operation), args):
        flash("Say why it is set aside." if "reason" in args else "Choose one of the two.", "fail")
        return _back()
    [result] = exchange.submit(actor, [(operation, entity, args)], base=exchange.head(actor.org_id))
    if result["status"] in ("applied", "merged"):
        flash(said, "ok")
    elif result.get("code") == "wrong_state":
        flash(_who_was_first(actor, operation, entity[1]), "warn")
    elif result.get("code") == "server_error":
        flash(FAILED_AGAIN, "fail")
    else:
        flash(f"Not done: {forms.reason(str(result.get('code') or result['status']))}", "fail")
    return _back()


def _who_was_first(actor: Actor, operation: str, row_id: str) -> str:
    """Two at once: the second is told who was first."""
    by = dispatch.decided_by(actor, operation, row_id)
    name = directory.person_names(actor, [by]).get(by, "") if by else ""
    return f"{name or 'Somebody else'} decided this meanwhile; nothing was changed by you."


def _back() -> ResponseReturnValue:
    """On with the card that now stands where the decided one stood, or to the page that asked."""
    asked, at = request.form.get("back", ""), request.form.get("at", "")
    if BACK.fullmatch(asked):
        return redirect(asked, 303)
    return redirect(f"{HREF}?at={at}" if at.isascii() and at.isdigit() and len(at) < 5 else HREF, 303)
