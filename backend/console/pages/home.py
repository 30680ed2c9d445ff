"""Today: the day's visits, what wants attention, and a search over everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.backup import services as backup
from backend.console import words
from backend.console.fields import LOCAL
from backend.console.lists import NOTHING_ASKED, Cell, Column, Table, asked
from backend.console.pages import tickets as ticket_pages
from backend.console.pages import visits as visit_pages
from backend.core import clock
from backend.core.listing import Cut
from backend.core.schema import wire_time
from backend.desk import services as desk
from backend.directory import services as directory
from backend.dispatch import services as dispatch
from backend.identity import services as identity
from backend.identity.services import guards
from backend.visits import services as visits

FOUND = 8
"""Rows of each kind on the search page."""


def add_to(bp: Blueprint) -> None:
    bp.add_url_rule("/", "home", guards.office(home))
    bp.add_url_rule("/today", "today", guards.office(today))
    bp.add_url_rule("/find", "find", guards.office(find))


def home() -> ResponseReturnValue:
    return render_template("console/home.html", **_today(), **_backup())


def _backup() -> dict[str, Any]:
    """When the last verified backup was made: a sentence, and whether somebody should do something."""
    now = backup.state()
    if now.at is None:
        said = "No backup has been made yet." if now.wanted else "Nothing is backed up. The operators' guide says how."
        return {"backup": said, "backup_late": True}
    late = " That is too long ago." if now.late else ""
    return {"backup": f"Last verified backup: {words.when(wire_time(now.at))}.{late}", "backup_late": now.late}


def today() -> ResponseReturnValue:
    """The part of the page that follows the day."""
    return render_template("console/_today.html", **_today())


def _today() -> dict[str, Any]:
    actor, now = guards.current(), clock.now()
    since, until = day_of(now)
    wanted = visits.Asked(since=wire_time(since), until=wire_time(until), soonest=True)
    page = visits.list_visits(actor, Cut(limit=200), wanted)
    rows = [row for row in page.rows if row.state != "cancelled"]
    names = directory.person_names(actor, {one for row in rows for one in row.engineers})
    columns = (
        Column("Time", lambda row: f"{words.clock_time(row.starts_at)}–{words.clock_time(row.ends_at)}"),
        Column("Site", lambda row: f"{row.client_name}, {row.site_name}"),
        Column("Visit", lambda row: row.title, minor=True),
        Column("Engineer", lambda row: names.get(row.lead or "") or Cell("Nobody yet", "fail")),
        Column("On the way", lambda row: words.spoken(visits.on_board(row.marks)), minor=True),
        Column("State", lambda row: words.visit_state(row.state)),
    )
    table = Table(columns, rows, len(rows), NOTHING_ASKED, visit_pages.href, (), "No visit today.")
    return {
        "table": table,
        "cards": _cards(),
        "day": words.day(wire_time(now)),
    }


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """The local day (UTC+8) around a moment, as UTC."""
    local = now + LOCAL
    start = local.replace(hour=0, minute=0, second=0, microsecond=0) - LOCAL
    return start, start + timedelta(days=1)


def _cards() -> list[tuple[str, int, str, bool]]:
    """(what, how many, where, hot)"""
    actor = guards.current()
    tickets, of_visits = desk.count_tickets(actor), visits.count_visits(actor)
    still_open = sum(count for state, count in tickets.items() if state in desk.OPEN)
    urgent = desk.list_tickets(actor, Cut(limit=1), desk.Asked(open=True, priority="P1")).total
    pending = sum(one.status == "pending" for one in identity.tablets(actor))
    waiting = dispatch.waiting(actor)
    return [
        ("To decide", waiting, "/console/attention", waiting > 0),
        (
            "Visits without an engineer",
            of_visits.get("planned", 0),
            "/console/visits?state=planned",
            bool(of_visits.get("planned")),
        ),
        ("Open tickets", still_open, "/console/tickets?state=open", False),
        ("Open P1 tickets", urgent, "/console/tickets?state=open&priority=P1", urgent > 0),
        ("Tablets to confirm", pending, "/console/devices", pending > 0),
    ]


def find() -> ResponseReturnValue:
    actor = guards.current()
    wanted = asked(request.args)
    cut = Cut(wanted.search, limit=FOUND)
    places = (
        ("Visits", "/console/visits", visit_pages.COLUMNS, visits.list_visits(actor, cut)),
        ("Tickets", "/console/tickets", ticket_pages.COLUMNS, desk.list_tickets(actor, cut)),
        ("Sites", "/console/sites", SITE_COLUMNS, directory.list_sites(actor, cut)),
        ("Clients", "/console/clients", NAME_COLUMNS, directory.list_clients(actor, cut)),
        ("Assets", "/console/assets", ASSET_COLUMNS, directory.list_assets(actor, cut)),
        ("Contacts", "/console/contacts", NAME_COLUMNS, directory.list_contacts(actor, cut)),
    )
    parts = [
        (title, href, Table(columns, page.rows, page.total, wanted, _link(href)))
        for title, href, columns, page in places
        if page.total
    ]
    return render_template("console/find.html", parts=parts, search=wanted.search)


def _link(href: str) -> Any:
    return lambda row: f"{href}/{row.id}"


NAME_COLUMNS = (Column("Name", lambda row: row.name),)
SITE_COLUMNS = (*NAME_COLUMNS, Column("Client", lambda row: row.client_name))
ASSET_COLUMNS = (*NAME_COLUMNS, Column("Tag", lambda row: row.tag), Column("Serial", lambda row: row.serial))
