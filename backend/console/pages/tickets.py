"""Tickets: the list, a new one by keyboard, and one page with everything that may be done to it now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import forms, words
from backend.console.acts import go, page_of_form, refused, send
from backend.console.differing import of_entity
from backend.console.fields import Area, Field, Pick
from backend.console.lists import Cell, Column, Filter, Table, asked
from backend.console.sections import SITES
from backend.core import clock
from backend.core.listing import Cut
from backend.core.problems import NotFound
from backend.desk import services as desk
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.identity import services as identity
from backend.identity.services import guards
from backend.visits import services as visits

Json = dict[str, Any]
HREF = "/console/tickets"
COLUMNS = (
    Column("Number", lambda row: row.number),
    Column("Title", lambda row: row.title),
    Column("Priority", lambda row: words.priority(row.priority)),
    Column("State", lambda row: words.ticket_state(row.state)),
    Column("Kind", lambda row: words.spoken(row.kind), minor=True),
    Column("Opened", lambda row: words.when(row.opened_at), minor=True),
)


def add_to(bp: Blueprint) -> None:
    doors = (
        ("/tickets", "tickets", show_list, ["GET"]),
        ("/tickets/new", "ticket_new", new, ["GET", "POST"]),
        ("/tickets/<uuid:ticket_id>", "ticket", show, ["GET"]),
        ("/tickets/<uuid:ticket_id>/edit", "ticket_edit", edit, ["GET", "POST"]),
        ("/tickets/<uuid:ticket_id>/<deed>", "ticket_deed", act, ["POST"]),
    )
    for rule, name, view, methods in doors:
        bp.add_url_rule(rule, name, guards.office(view), methods=methods)


def href(row: Any) -> str:
    return f"{HREF}/{row.id}"


def show_list() -> ResponseReturnValue:
    actor = guards.current()
    filters = (
        Filter("state", "State", [("open", "Every open one"), *words.options(desk.STATES)]),
        Filter("priority", "Priority", words.options(directory.PRIORITIES)),
        Filter("kind", "Kind", words.options(desk.KINDS)),
        Filter("client", "Client", directory.client_choices(actor)),
    )
    wanted = asked(request.args, [one.name for one in filters])
    chosen = dict(wanted.filters)
    state = chosen.pop("state", "")
    narrowed = desk.Asked(open=state == "open", state="" if state == "open" else state, **chosen)
    page = desk.list_tickets(actor, Cut(wanted.search, wanted.offset), narrowed)
    table = Table(COLUMNS, page.rows, page.total, wanted, href, filters, "No ticket found.")
    return render_template(
        "console/list.html", title="Tickets", table=table, new_href=f"{HREF}/new", new_title="New ticket"
    )


def _levels() -> list[tuple[str, str]]:
    return words.options(desk.LEVELS)


FACTS = (
    Field(name="title", label="Title", required=True),
    Pick(name="impact", label="Impact", options=_levels, required=True),
    Pick(name="urgency", label="Urgency", options=_levels, required=True),
    Pick(name="category", label="Category", options=lambda: words.options(desk.CATEGORIES), required=True),
    Field(name="reporter", label="Who reports it"),
    Area(name="description", label="What happens"),
)
PLACE = (
    Pick(name="site", label="Site", options=SITES, required=True),
    Pick(name="kind", label="Kind", options=lambda: words.options(desk.KINDS), required=True),
    Pick(name="channel", label="Came by", options=lambda: words.options(desk.CHANNELS), required=True),
)
DEFAULTS = {"impact": "medium", "urgency": "medium", "kind": "incident", "channel": "phone", "category": "helpdesk"}


def new() -> ResponseReturnValue:
    fields = (*PLACE, *FACTS)
    if request.method == "GET":
        chosen = {**DEFAULTS, **{name: request.args[name] for name in ("site", "asset") if name in request.args}}
        return _new_page(forms.blank(fields, exchange.head(guards.current().org_id), **chosen))
    args, form, ticket_id = forms.arguments(fields, request.form), forms.submitted(fields, request.form), clock.new_id()
    wrong = refused(form, "ticket.create", args)
    errors = {} if wrong else send([("ticket.create", ("ticket", ticket_id), args)], form.base)
    if wrong or errors:
        return _new_page(wrong or form.with_errors(errors))
    return go(f"{HREF}/{ticket_id}", "The ticket is saved.")


def _new_page(form: forms.Form) -> ResponseReturnValue:
    return page_of_form("New ticket", form, f"{HREF}/new", "Save ticket", HREF)


def _edit_fields(row: desk.Ticket) -> tuple[Field, ...]:
    actor = guards.current()
    assets = Pick(name="asset", label="Asset", options=lambda: directory.asset_choices(actor, row.site), none="None")
    return (*FACTS[:1], assets, *FACTS[1:])


def edit(ticket_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = desk.ticket(actor, str(ticket_id))
    fields = _edit_fields(row)
    if request.method == "GET":
        return _edit_page(row, forms.filled(fields, vars(row), exchange.head(actor.org_id)))
    sent = forms.arguments(fields, request.form, keep_empty=True)
    args = {name: value for name, value in sent.items() if value != getattr(row, name)}
    form = forms.submitted(fields, request.form)
    wrong = refused(form, "ticket.edit", args)
    errors = {} if wrong or not args else send([("ticket.edit", ("ticket", row.id), args)], form.base)
    if wrong or errors:
        return _edit_page(row, wrong or form.with_errors(errors))
    return go(href(row), "The ticket is saved.")


def _edit_page(row: desk.Ticket, form: forms.Form) -> ResponseReturnValue:
    return page_of_form(f"Edit ticket {row.number}", form, f"{href(row)}/edit", "Save", href(row))


def _people() -> list[tuple[str, str]]:
    """Those whom a ticket can be given to."""
    actor = guards.current()
    able = identity.people_with(actor.org_id, "engineer") | identity.people_with(actor.org_id, "desk_agent")
    return directory.person_choices(actor, able)


RESOLUTION = (
    Area(name="cause", label="Cause", required=True),
    Area(name="action", label="What was done", required=True),
    Area(name="prevention", label="So that it does not come again"),
)
DEEDS: dict[str, tuple[str, tuple[Field, ...]]] = {
    "assign": ("Assign", (Pick(name="assignee", label="To", options=_people, none="Nobody"),)),
    "start": ("Start", ()),
    "wait": (
        "Wait",
        (
            Pick(name="reason", label="For", options=lambda: words.options(desk.WAITING), required=True),
            Field(name="note", label="Note", longest=4000),
        ),
    ),
    "resume": ("Go on", ()),
    "escalate": (
        "Escalate",
        (
            Pick(name="tier", label="To", options=lambda: words.options(desk.TIERS), required=True),
            Area(name="note", label="Hand-over note", required=True),
        ),
    ),
    "resolve": ("Resolve", RESOLUTION),
    "close": ("Close", ()),
    "reopen": ("Reopen", (Area(name="reason", label="Why", required=True),)),
    "note": (
        "Add note",
        (
            Area(name="text", label="Note", required=True),
            Pick(
                name="visible",
                label="Who sees it",
                required=True,
                options=lambda: [("internal", "The provider only"), ("client", "The client too")],
            ),
        ),
    ),
}
BY_STATE = {
    "new": ("start", "wait", "resolve", "assign", "escalate"),
    "open": ("resolve", "wait", "assign", "escalate"),
    "reopened": ("resolve", "wait", "assign", "escalate"),
    "waiting": ("resume", "resolve", "assign"),
    "resolved": ("close", "reopen"),
    "closed": ("reopen",),
}


def show(ticket_id: Any) -> ResponseReturnValue:
    return _page(desk.ticket(guards.current(), str(ticket_id)))


def _page(row: desk.Ticket, failed: str = "", form: forms.Form | None = None) -> ResponseReturnValue:
    actor = guards.current()
    head = exchange.head(actor.org_id)
    deeds = [
        (deed, DEEDS[deed][0], form if form and deed == failed else forms.blank(DEEDS[deed][1], head))
        for deed in (*BY_STATE[row.state], "note")
    ]
    page = render_template(
        "console/ticket.html",
        row=row,
        facts=_facts(row),
        deeds=deeds,
        failed=failed,
        words=words,
        names=directory.person_names(actor, _speakers(row)),
        visits=_visits(row),
        pairs=of_entity(actor, [row.id], {row.id: vars(row)}),
        href=href(row),
    )
    return page, 422 if form else 200


def _speakers(row: desk.Ticket) -> set[str]:
    return {entry["by"] for entry in (*row.notes, *row.events) if entry.get("by")}


def _facts(row: desk.Ticket) -> list[tuple[str, Cell | str]]:
    actor = guards.current()
    site = directory.site(actor, row.site)
    assets = directory.asset_names(actor, [row.asset] if row.asset else [])
    people = directory.person_names(actor, [row.assignee] if row.assignee else [])
    return [
        ("State", words.ticket_state(row.state)),
        ("Priority", words.priority(row.priority)),
        ("Kind", words.spoken(row.kind)),
        ("Category", words.spoken(row.category)),
        ("Tier", row.tier),
        ("Site", Cell(f"{site.client_name}, {site.name}", href=f"/console/sites/{site.id}")),
        ("Asset", Cell(assets[row.asset], href=f"/console/assets/{row.asset}") if row.asset in assets else ""),
        ("Assigned to", people.get(row.assignee or "", "Nobody")),
        ("Reported by", row.reporter or ""),
        ("Opened", words.when(row.opened_at)),
        ("First response", words.when(row.first_response_at)),
        ("Resolved", words.when(row.resolved_at)),
    ]


def _visits(row: desk.Ticket) -> list[Any]:
    return list(visits.list_visits(guards.current(), asked=visits.Asked(ticket=row.id)).rows)


def act(ticket_id: Any, deed: str) -> ResponseReturnValue:
    row = desk.ticket(guards.current(), str(ticket_id))
    if deed not in DEEDS:
        raise NotFound("There is no such thing to do to a ticket.")
    said, fields = DEEDS[deed]
    args = forms.arguments(fields, request.form, keep_empty=True)
    if deed == "note":
        args["note"] = clock.new_id()
    form = forms.submitted(fields, request.form)
    wrong = refused(form, f"ticket.{deed}", args)
    errors = {} if wrong else send([(f"ticket.{deed}", ("ticket", row.id), args)], form.base)
    if wrong or errors:
        return _page(row, deed, wrong or form.with_errors(errors))
    return go(href(row), f"{said}: done.")
