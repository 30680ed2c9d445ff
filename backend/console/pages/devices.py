"""Tablets: who has which, what each holds and is told; confirmation of a new one by comparing eight characters; the end
of one that is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import device_words, words
from backend.console.acts import go
from backend.console.fields import LOCAL
from backend.console.lists import ROWS, Cell, Column, Filter, Table, asked
from backend.core import clock
from backend.core.db import unit
from backend.core.problems import Invalid, NotFound, Problem
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.identity import services as identity
from backend.identity.services import Actor, Device, guards
from sync.device_code import fingerprint

HREF = "/console/devices"


def _revoke(actor: Actor, device_id: str) -> Device:
    return identity.revoke(actor, device_id, compromised_since=_compromised_since())


def _replace(actor: Actor, device_id: str) -> Device:
    return identity.revoke(actor, device_id, ended_as="replaced")


DEEDS: dict[str, tuple[str, Callable[[Actor, str], Device]]] = {
    "confirm": ("The device is active.", identity.confirm),
    "suspend": ("The device is suspended: nothing that it sends takes effect.", identity.suspend),
    "resume": ("The device is active again.", identity.resume),
    "revoke": ("The device is revoked for ever.", _revoke),
    "replace": ("The old one is closed. The person signs in on the tablet and enrols it as a new device.", _replace),
    "wipe": ("It is told to send what it holds and to empty itself, as soon as it is heard.", identity.ask_wipe),
}
BY_STATE = {
    "pending": ("confirm", "revoke"),
    "active": ("suspend", "replace", "revoke", "wipe"),
    "suspended": ("resume", "replace", "revoke", "wipe"),
    "revoked": ("wipe",),
    "wiped": (),
}


def add_to(bp: Blueprint) -> None:
    doors = (
        ("/devices", "devices", show_list, ["GET"]),
        ("/devices/<uuid:device_id>", "device", show, ["GET"]),
        ("/devices/<uuid:device_id>/<deed>", "device_deed", act, ["POST"]),
    )
    for rule, name, view, methods in doors:
        bp.add_url_rule(rule, name, guards.office(view), methods=methods)
    again = guards.roles("administrator")(make_person)
    bp.add_url_rule("/devices/<uuid:device_id>/person", "device_person", again, methods=["POST"])


def show_list() -> ResponseReturnValue:
    actor, wanted = guards.current(), asked(request.args, ("state",))
    tablets = identity.tablets(actor)
    names = directory.person_names(actor, [one.person_id for one in tablets])
    found = [one for one in tablets if _fits(one, names.get(one.person_id, ""), wanted.search, wanted.filters["state"])]
    states = Filter("state", "State", [(name, words.spoken(name)) for name in device_words.STATES])
    empty = "No tablet here. An engineer signs in at /app/ on the tablet, and it appears here."
    rows = found[wanted.offset : wanted.offset + ROWS]
    columns = _columns(names, exchange.held_counts(actor), clock.now())
    table = Table(columns, rows, len(found), wanted, lambda row: f"{HREF}/{row.id}", (states,), empty)
    return render_template(
        "console/list.html", title="Devices", table=table, new_href=f"{HREF}/rescue", new_title="Import a rescue file"
    )


def _columns(names: dict[str, str], holds: dict[str, int], now: datetime) -> tuple[Column, ...]:
    return (
        Column("Code", lambda row: row.code),
        Column("Person", lambda row: names.get(row.person_id, "")),
        Column("State", device_words.state),
        Column("Last heard", lambda row: device_words.heard(row, now)),
        Column("On the server", device_words.complete, minor=True),
        Column("Still to send", device_words.unsent, minor=True),
        Column("Held", lambda row: _held(holds.get(row.id, 0)), number=True, minor=True),
        Column("App", lambda row: row.app or "", minor=True),
        Column("Clock", device_words.clock, minor=True),
        Column("Storage", device_words.storage, minor=True),
    )


def _held(count: int) -> Cell:
    return Cell(str(count), "warn" if count else "", number=True)


def _fits(row: Device, name: str, search: str, state: str) -> bool:
    words_of_it = f"{row.code} {name} {row.name}".casefold()
    return search.casefold() in words_of_it and state in ("", row.status)


def show(device_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = identity.get(actor, str(device_id))
    if row.kind != "tablet":
        raise NotFound("There is no such device.")
    return _page(row)


def _page(row: Device, refused: str = "") -> ResponseReturnValue:
    actor = guards.current()
    names = directory.person_names(actor, [row.person_id])
    page = render_template(
        "console/device.html",
        row=row,
        unknown=row.stated is not None and not identity.is_known(row.org_id, row.person_id),
        facts=_facts(row, names.get(row.person_id, ""), exchange.held_counts(actor).get(row.id, 0)),
        deeds=[deed for deed in BY_STATE[row.status] if deed != "wipe" or row.wipe_asked_at is None],
        refused=refused,
        characters=fingerprint(row.id, row.jkt or ""),
        href=f"{HREF}/{row.id}",
        name=names.get(row.person_id, ""),
    )
    return page, 409 if refused else 200


def _facts(row: Device, name: str, held: int) -> list[tuple[str, Cell | str]]:
    facts: list[tuple[str, Cell | str]] = [
        ("Person", name or _stated(row)),
        ("State", device_words.state(row)),
        ("Device", row.name),
        ("Last heard", device_words.heard(row, clock.now())),
        ("Departure check", device_words.readiness(row)),
        ("On the server", device_words.complete(row)),
        ("Still to send", device_words.unsent(row)),
        ("Held for the office", _held(held)),
        ("App", row.app or "Not told"),
        ("Clock", device_words.clock(row)),
        ("Storage", device_words.storage(row)),
        ("Installed as an app", "Yes" if (row.report or {}).get("standalone", row.standalone) else "No"),
        ("It said so", device_words.moment(row.reported_at)),
        ("Asked for", device_words.moment(row.created_at)),
    ]
    ends = (
        ("Possibly used by others since", row.compromised_since),
        ("Told to empty itself", row.wipe_asked_at),
        ("Confirmed that it is empty", row.wiped_at),
    )
    return facts + [(label, device_words.moment(at)) for label, at in ends if at is not None] + _left(row)


def _stated(row: Device) -> str:
    """As its enrolment statement has it: the server was restored to a time before the person was made."""
    return f"{row.stated['name']}, signed in as {row.stated['sign_in']}" if row.stated else ""


def _left(row: Device) -> list[tuple[str, Cell | str]]:
    left = (row.report or {}).get("left")
    if left is None:
        return []
    tone = "fail" if left["operations"] + left["photos"] else "ok"
    return [("Could not send before", Cell(device_words.changes_and_photos(left["operations"], left["photos"]), tone))]


def make_person(device_id: Any) -> ResponseReturnValue:
    """The person of a re-admitted tablet whom a restored server does not know: the same id, so that the work is theirs.
    Roles and a first password are given on the page that follows.
    """
    actor = guards.current()
    row = identity.get(actor, str(device_id))
    if row.stated is None or identity.is_known(row.org_id, row.person_id):
        raise NotFound("There is nobody to be made again.")
    if not directory.person_name(row.org_id, row.person_id):
        facts = {"name": row.stated["name"] or row.stated["sign_in"], "skills": []}
        exchange.submit(actor, [("person.edit", ("person", row.person_id), facts)])
    return go(f"/console/people/{row.person_id}/access", "The person is here again: give roles and a first password.")


def act(device_id: Any, deed: str) -> ResponseReturnValue:
    if deed not in DEEDS:
        raise NotFound("There is no such thing to do to a device.")
    said, move = DEEDS[deed]
    actor = guards.current()
    try:
        with unit():
            move(actor, str(device_id))
    except Problem as problem:
        if problem.status in (403, 409) or isinstance(problem, Invalid):
            return _page(identity.get(actor, str(device_id)), problem.title)
        raise
    return go(f"{HREF}/{device_id}", said)


def _compromised_since() -> datetime | None:
    """The form's own moment, as the office's clock says it. Raises Invalid."""
    typed = request.form.get("compromised_since", "").strip()
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=timezone(LOCAL))
    except ValueError as wrong:
        raise Invalid("Write the moment as a date and a time.", field="compromised_since") from wrong
