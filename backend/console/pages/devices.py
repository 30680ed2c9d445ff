"""Tablets: who has which, when it was last heard, and the confirmation of a new one by comparing eight characters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import words
from backend.console.acts import go
from backend.console.lists import Cell, Column, Table, asked
from backend.core.db import unit
from backend.core.problems import NotFound, Problem
from backend.core.schema import wire_time
from backend.directory import services as directory
from backend.identity import services as identity
from backend.identity.services import Actor, Device, guards
from sync.device_code import fingerprint

HREF = "/console/devices"
DEEDS: dict[str, tuple[str, Callable[[Actor, str], Device]]] = {
    "confirm": ("The device is active.", identity.confirm),
    "suspend": ("The device is suspended: nothing that it sends takes effect.", identity.suspend),
    "resume": ("The device is active again.", identity.resume),
    "revoke": ("The device is revoked for ever.", identity.revoke),
}
BY_STATE = {
    "pending": ("confirm", "revoke"),
    "active": ("suspend", "revoke"),
    "suspended": ("resume", "revoke"),
    "revoked": (),
}


def add_to(bp: Blueprint) -> None:
    doors = (
        ("/devices", "devices", show_list, ["GET"]),
        ("/devices/<uuid:device_id>", "device", show, ["GET"]),
        ("/devices/<uuid:device_id>/<deed>", "device_deed", act, ["POST"]),
    )
    for rule, name, view, methods in doors:
        bp.add_url_rule(rule, name, guards.office(view), methods=methods)


def show_list() -> ResponseReturnValue:
    actor = guards.current()
    tablets = identity.tablets(actor)
    names = directory.person_names(actor, [one.person_id for one in tablets])
    columns = (
        Column("Code", lambda row: row.code),
        Column("Person", lambda row: names.get(row.person_id, "")),
        Column("Device", lambda row: row.name, minor=True),
        Column("State", lambda row: Cell(words.spoken(row.status), words.DEVICE_TONES[row.status])),
        Column("Last heard", lambda row: _when(row.last_seen), minor=True),
        Column("Operations", lambda row: str(row.next_n - 1), number=True, minor=True),
    )
    wanted = asked(request.args)
    rows = tablets[wanted.offset : wanted.offset + 50]
    empty = "No tablet yet. An engineer signs in at /app/ on the tablet, and it appears here."
    table = Table(columns, rows, len(tablets), wanted, lambda row: f"{HREF}/{row.id}", (), empty)
    return render_template("console/list.html", title="Devices", table=table, new_href="", new_title="")


def _when(at: Any) -> str:
    return words.when(wire_time(at)) if at else "Never"


def show(device_id: Any) -> ResponseReturnValue:
    actor = guards.current()
    row = identity.get(actor, str(device_id))
    if row.kind != "tablet":
        raise NotFound("There is no such device.")
    return _page(row)


def _page(row: Device, refused: str = "") -> ResponseReturnValue:
    names = directory.person_names(guards.current(), [row.person_id])
    facts: list[tuple[str, Cell | str]] = [
        ("Person", names.get(row.person_id, "")),
        ("State", Cell(words.spoken(row.status), words.DEVICE_TONES[row.status])),
        ("Device", row.name),
        ("Installed as an app", "Yes" if row.standalone else "No"),
        ("Storage is kept", "Yes" if row.persisted else "The browser did not promise it"),
        ("Free space", f"{row.storage_mb} MB" if row.storage_mb is not None else ""),
        ("Asked for", _when(row.created_at)),
        ("Last heard", _when(row.last_seen)),
        ("Operations received", str(row.next_n - 1)),
    ]
    page = render_template(
        "console/device.html",
        row=row,
        facts=facts,
        deeds=BY_STATE[row.status],
        refused=refused,
        characters=fingerprint(row.id, row.jkt or ""),
        href=f"{HREF}/{row.id}",
        name=names.get(row.person_id, ""),
    )
    return page, 409 if refused else 200


def act(device_id: Any, deed: str) -> ResponseReturnValue:
    if deed not in DEEDS:
        raise NotFound("There is no such thing to do to a device.")
    said, move = DEEDS[deed]
    actor = guards.current()
    try:
        with unit():
            move(actor, str(device_id))
    except Problem as problem:
        if problem.status in (403, 409):
            return _page(identity.get(actor, str(device_id)), problem.title)
        raise
    return go(f"{HREF}/{device_id}", said)
