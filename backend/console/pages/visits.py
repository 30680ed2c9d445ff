"""Visits: the list, a new one with its checklists and tickets, and one page that lives with the tablet's work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import forms, words
from backend.console.acts import go, refused, send
from backend.console.fields import Area, Field, Moment, Pick, Picks
from backend.console.lists import Cell, Column, Filter, Table, asked
from backend.console.pages import disputed
from backend.console.sections import SITES
from backend.core import clock
from backend.core.listing import Cut
from backend.core.problems import NotFound
from backend.desk import services as desk
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.identity import services as identity
from backend.identity.services import guards
from backend.inspections import services as inspections
from backend.reports import services as reports
from backend.visits import services as visits

Json = dict[str, Any]
HREF = "/console/visits"
COLUMNS = (
    Column("Number", lambda row: row.number),
    Column("Visit", lambda row: row.title),
    Column("Site", lambda row: f"{row.client_name}, {row.site_name}"),
    Column("When", lambda row: words.span(row.starts_at, row.ends_at)),
    Column("State", lambda row: words.visit_state(row.state)),
    Column("To look at", lambda row: Cell(f"{len(row.flags)} to look at", "warn") if row.flags else "", minor=True),
)
PLANNABLE = ("planned", "assigned", "under_way")


def add_to(bp: Blueprint) -> None:
    doors = (
        ("/visits", "visits", show_list, ["GET"]),
        ("/visits/new", "visit_new", new, ["GET", "POST"]),
        ("/visits/<uuid:visit_id>", "visit", show, ["GET"]),
        ("/visits/<uuid:visit_id>/live", "visit_live", live, ["GET"]),
        ("/visits/<uuid:visit_id>/<deed>", "visit_deed", act, ["POST"]),
    )
    for rule, name, view, methods in doors:
        bp.add_url_rule(rule, name, guards.office(view), methods=methods)


def href(row: Any) -> str:
    return f"{HREF}/{row.id}"


def engineers() -> list[tuple[str, str]]:
    actor = guards.current()
    return directory.person_choices(actor, identity.people_with(actor.org_id, "engineer"))


def show_list() -> ResponseReturnValue:
    actor = guards.current()
    filters = (
        Filter("state", "State", words.options(visits.STATES)),
        Filter("engineer", "Engineer", [("-", "Nobody yet"), *engineers()]),
        Filter("client", "Client", directory.client_choices(actor)),
        Filter("kind", "Kind", words.options(visits.KINDS)),
    )
    wanted = asked(request.args, [one.name for one in filters])
    page = visits.list_visits(actor, Cut(wanted.search, wanted.offset), _narrowed(wanted.filters))
    table = Table(COLUMNS, page.rows, page.total, wanted, href, filters, "No visit found.")
    return render_template(
        "console/list.html", title="Visits", table=table, new_href=f"{HREF}/new", new_title="New visit"
    )


def _narrowed(chosen: Mapping[str, str]) -> visits.Asked:
    return visits.Asked(
        state=chosen["state"], engineer=chosen["engineer"], client=chosen["client"], kind=chosen["kind"]
    )


PLAN = (
    Moment(name="starts_at", label="Starts (local time)", required=True),
    Moment(name="ends_at", label="Ends (local time)", required=True),
)


def _new_fields(site: str) -> tuple[Field, ...]:
    """All of a visit's first plan; checklists and tickets are those that fit the site."""
    actor = guards.current()
    return (
        Pick(name="site", label="Site", options=SITES, required=True),
        Pick(name="kind", label="Kind", options=lambda: words.options(visits.KINDS[:3]), required=True),
        Field(name="title", label="Title", required=True),
        *PLAN,
        Picks(name="engineers", label="Engineers (the first leads)", options=engineers, group="Who goes"),
        Picks(
            name="checklists",
            label="Checklists, one run for each asset that they are for",
            group="What to do",
            options=lambda: inspections.checklist_choices(actor),
        ),
        Picks(
            name="tickets", label="Open tickets at the site", options=lambda: _open_tickets(site), group="What to do"
        ),
        Area(name="briefing", label="Briefing for the engineer", group="What to do"),
    )


def _open_tickets(site: str) -> list[tuple[str, str]]:
    if not site:
        return []
    rows = desk.open_tickets_at(guards.current(), site)
    return [(row.id, f"{row.priority} {row.number} {row.title}") for row in rows]


def new() -> ResponseReturnValue:
    actor = guards.current()
    site = request.values.get("site", "")
    fields = _new_fields(site)
    if request.method == "GET":
        chosen = {"site": site, "kind": "maintenance", "tickets": request.args.getlist("ticket")}
        return _new_page(forms.blank(fields, exchange.head(actor.org_id), **chosen))
    sent, form, visit_id = forms.arguments(fields, request.form), forms.submitted(fields, request.form), clock.new_id()
    extras = {name: sent.pop(name, []) for name in ("engineers", "checklists", "tickets")}
    wrong = refused(form, "visit.create", sent)
    operations = [("visit.create", ("visit", visit_id), sent), *_first_content(visit_id, site, extras)]
    errors = {} if wrong else send(operations, form.base)
    if wrong or errors:
        return _new_page(wrong or form.with_errors(errors))
    return go(f"{HREF}/{visit_id}", "The visit is planned.")


def _new_page(form: forms.Form) -> ResponseReturnValue:
    page = render_template("console/visit_new.html", form=form, site=form.values.get("site", ""))
    return page, 422 if form.errors else 200


def _first_content(visit_id: str, site: str, extras: Json) -> list[Any]:
    entity = ("visit", visit_id)
    operations: list[Any] = []
    for digest in extras["checklists"]:
        operations += _runs(visit_id, digest, site)
    operations += [("visit.add_ticket", entity, {"ticket": ticket}) for ticket in extras["tickets"]]
    crew = extras["engineers"]
    assign = ("visit.assign", entity, {"engineers": crew, "lead": crew[0] if crew else None})
    return [*operations, assign] if crew else operations


def _runs(visit_id: str, digest: str, site: str) -> list[Any]:
    """A run for each asset of the site that the checklist is for; one for the visit when it is for no asset."""
    assets = inspections.assets_for(guards.current(), digest, site)
    return [
        ("visit.add_run", ("visit", visit_id), {"run": clock.new_id(), "checklist": digest, "asset": asset})
        for asset in (assets if assets is not None else [None])
    ]


def show(visit_id: Any) -> ResponseReturnValue:
    return _page(visits.visit(guards.current(), str(visit_id)))


def live(visit_id: Any) -> ResponseReturnValue:
    """The part of the page that follows the tablet."""
    row = visits.visit(guards.current(), str(visit_id))
    return render_template("console/_visit_live.html", **_content(row))


def _page(row: visits.Visit, failed: str = "", form: forms.Form | None = None) -> ResponseReturnValue:
    head = exchange.head(guards.current().org_id)
    deeds = [
        (deed, said, form if form and deed == failed else _deed_form(row, deed, fields, head))
        for deed, (said, fields) in _deeds(row).items()
    ]
    page = render_template("console/visit.html", deeds=deeds, failed=failed, **_content(row))
    return page, 422 if form else 200


def _deed_form(row: visits.Visit, deed: str, fields: tuple[Field, ...], head: int) -> forms.Form:
    known = vars(row) if deed in ("assign", "plan") else {}
    return forms.filled(fields, known, head)


def _content(row: visits.Visit) -> Json:
    actor = guards.current()
    photos, times = visits.photos(actor, row.id), visits.times(actor, row.id)
    people = {*row.engineers, *(mark["by"] for mark in row.marks), *(entry.person for entry in times)}
    return {
        "row": row,
        "facts": _facts(row),
        "names": directory.person_names(actor, people),
        "runs": [one for one in inspections.runs(actor, row.id) if one.run.dropped is None],
        "asked_of": asked_of,
        "tickets": desk.tickets_by_id(actor, row.tickets),
        "photos": photos,
        "times": times,
        "report": reports.report_of(actor, row.id),
        **disputed.of_visit(actor, row),
        "words": words,
        "href": href(row),
    }


def asked_of(read: inspections.ReadRun) -> int:
    """How many asked items can be answered."""
    asked_ids = set(read.found.asked)
    return sum(item.id in asked_ids and item.type not in ("computed", "instruction") for item in read.definition.items)


def _facts(row: visits.Visit) -> list[tuple[str, Cell | str]]:
    actor = guards.current()
    names = directory.person_names(actor, row.engineers)
    crew = [
        f"{names.get(one, '')} (lead)" if one == row.lead and len(row.engineers) > 1 else names.get(one, "")
        for one in row.engineers
    ]
    facts: list[tuple[str, Cell | str]] = [
        ("State", words.visit_state(row.state)),
        ("When", words.span(row.starts_at, row.ends_at)),
        ("Site", Cell(f"{row.client_name}, {row.site_name}", href=f"/console/sites/{row.site}")),
        ("Engineers", ", ".join(crew) or "Nobody yet"),
        ("Kind", words.spoken(row.kind)),
        ("Outcome", words.spoken(row.outcome)),
        ("Briefing", row.briefing or ""),
    ]
    return [*facts, ("Cancelled because", row.cancel_reason)] if row.cancel_reason else facts


REASON = (Field(name="reason", label="Why", required=True, longest=4000),)


def _deeds(row: visits.Visit) -> dict[str, tuple[str, tuple[Field, ...]]]:
    """What the office may do to the visit in its state."""
    if row.state not in PLANNABLE:
        return {}
    actor = guards.current()
    return {
        "assign": (
            "Reassign" if row.engineers else "Assign",
            (
                Picks(name="engineers", label="Engineers", options=engineers),
                Pick(name="lead", label="Lead", options=engineers, none="The first of them"),
            ),
        ),
        "plan": ("Reschedule", PLAN),
        "add_run": (
            "Add checklist",
            (
                Pick(
                    name="checklist",
                    label="Checklist",
                    required=True,
                    options=lambda: inspections.checklist_choices(actor),
                ),
                Pick(
                    name="asset",
                    label="Asset",
                    options=lambda: directory.asset_choices(actor, row.site),
                    none="The whole site",
                ),
            ),
        ),
        "add_ticket": (
            "Add ticket",
            (Pick(name="ticket", label="Ticket", options=lambda: _open_tickets(row.site), required=True),),
        ),
        "cancel": ("Cancel visit", REASON),
    }


def act(visit_id: Any, deed: str) -> ResponseReturnValue:
    row = visits.visit(guards.current(), str(visit_id))
    deeds = _deeds(row)
    if deed not in deeds:
        raise NotFound("There is no such thing to do to this visit now.")
    said, fields = deeds[deed]
    args, form = forms.arguments(fields, request.form, keep_empty=True), forms.submitted(fields, request.form)
    if deed == "assign" and args["lead"] not in args["engineers"]:
        args["lead"] = args["engineers"][0] if args["engineers"] else None
    if deed == "add_run":
        args["run"] = clock.new_id()
    wrong = refused(form, f"visit.{deed}", args)
    errors = {} if wrong else send([(f"visit.{deed}", ("visit", row.id), args)], form.base)
    if wrong or errors:
        return _page(row, deed, wrong or form.with_errors(errors))
    return go(href(row), f"{said}: done.")
