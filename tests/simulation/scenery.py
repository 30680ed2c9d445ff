"""Where every history begins: two organisations, their people, sites and visits, and eight enrolled tablets.

Made once for a process: a copy of the database, and of each tablet's disk before and after its first pull.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from backend.core import keys
from backend.core.db import db, unit
from backend.identity import devices, dpop, rules
from backend.identity.actor import Actor
from backend.identity.models import Account, Device, SessionRow
from checklists import digest
from tests.makers import House, Person
from tests.simulation.process import Process
from tests.simulation.server import Server

NOVEMBER = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
START = "start"
"""Name of the copy of the database."""
CHECKLIST: dict[str, Any] = {
    "format": 1,
    "id": "door-check",
    "title": {"en": "Door check"},
    "kind": "preventive",
    "sections": [
        {
            "id": "door",
            "title": {"en": "Door"},
            "items": [
                {"id": "closes", "type": "pass_fail", "label": {"en": "Closes"}, "required": True},
                {"id": "locks", "type": "pass_fail", "label": {"en": "Locks"}},
                {"id": "gap", "type": "number", "label": {"en": "Gap"}, "unit": "mm", "decimals": 1},
            ],
        }
    ],
}
OWNERS = ("a1", "a1", "a2", "a3", "b1", "a4", "a2", "a3")
"""Whose each of the eight tablets is: organisation and number of the engineer."""
VISITS = (("a", (1, 2)), ("a", (1,)), ("a", (2, 3)), ("a", (3, 4)), ("b", (1,)))
"""Organisation and crew of each visit."""


@dataclass(frozen=True)
class Visit:
    """A visit and what belongs to it."""

    id: str
    house: str
    site: str
    run: str
    asset: str
    crew: tuple[int, ...]


@dataclass(frozen=True)
class Tablet:
    """An enrolled tablet as a history takes it over."""

    place: int
    id: str
    house: str
    person: Person
    code: str
    jkt: str
    token: str


@dataclass
class Scenery:
    """What is there when a history begins."""

    houses: dict[str, House]
    visits: list[Visit] = field(default_factory=list)
    tablets: list[Tablet] = field(default_factory=list)


def sign_in(server: Server, person: Person, nth: int) -> str:
    """A session as the door of sign-in makes it, without the time that a password's hash takes; its cookie."""
    now = server.clock.now()
    token = base64.urlsafe_b64encode(f"{person.id}/{nth}/{now.isoformat()}".encode()).rstrip(b"=").decode()
    kind = rules.session_kind([person.role])
    with server.inside(), unit():
        account = db.session.scalars(select(Account).where(Account.sign_in == person.sign_in)).one()
        known = db.session.get(SessionRow, dpop.hash_of(token))
        if known is None:
            db.session.add(
                SessionRow(
                    token_hash=dpop.hash_of(token), account_id=account.id, kind=kind, created_at=now,
                    last_seen_at=now, expires_at=now + rules.LIFETIMES[kind].absolute,
                )
            )  # fmt: skip
    return token


def furnish(server: Server) -> Scenery:
    """Houses, people and visits on an empty database."""
    houses = {name: House.found(server.app, server.clock, title) for name, title in (("a", "Sungai"), ("b", "Bukit"))}
    scenery = Scenery(houses)
    for house in houses.values():
        for role in ("dispatcher", "administrator", "service_manager"):
            house.person(role)
        # Colleagues without a tablet: they sign in on somebody else's.
        for nth in (1, 2, 3):
            house.person("engineer", nth)
        house.office()("checklist.publish", ("checklist", house.new_id()), {"definition": CHECKLIST})
    for name, crew in VISITS:
        scenery.visits.append(_visit(houses[name], name, crew))
    return scenery


def _visit(house: House, name: str, crew: tuple[int, ...]) -> Visit:
    people = [house.person("engineer", nth) for nth in crew]
    site = house.site(f"Store {len(crew)}")
    run, asset = house.new_id(), house.new_id()
    office = house.office()
    facts = {"site": site, "type": "door", "name": "Door", "stage": "in_service"}
    office("asset.create", ("asset", asset), facts)
    visit = house.visit(*people, site=site)
    office("visit.add_run", ("visit", visit), {"run": run, "checklist": digest(CHECKLIST), "asset": asset})
    return Visit(visit, name, site, run, asset, crew)


def enrol(server: Server, process: Process, scenery: Scenery) -> None:
    """Furnish the eight tablets and admit them; their disks are saved as fresh0 … fresh7."""
    now = int(server.clock.now().timestamp() * 1000)
    common = {"now": now, "mono": 0}
    process.ask({"do": "reset", "t": 0, "seed": "scenery", "count": len(OWNERS), **common})
    with server.inside():
        recovery = dict(keys.ring().recovery_jwk)
    for place, owner in enumerate(OWNERS):
        house = scenery.houses[owner[0]]
        person = house.person("engineer", int(owner[1]))
        device = house.new_id()
        said = process.ask(
            {"do": "furnish", "t": place, "person": person.id, "device": device, "recovery": recovery, **common}
        )["said"]
        code = admit(server, house, person, device, said)
        token = sign_in(server, person, place)
        tablet = Tablet(place, device, owner[0], person, code, said["jkt"], token)
        scenery.tablets.append(tablet)
        process.ask({"do": "open", "t": place, "window": 1, **common})
        process.ask({"do": "session", "t": place, "hash": dpop.hash_of(token), **common})
        process.ask({"do": "crash", "t": place, **common})
        process.ask({"do": "save", "t": place, "name": f"fresh{place}", **common})


def admit(server: Server, house: House, person: Person, device: str, made: dict[str, Any]) -> str:
    """Enrol and confirm; its code. A person who has too many tablets loses the ones that were heard least."""
    facts = {"name": f"Tablet {device[-4:]}", "standalone": True, "persisted": True, "storage_mb": 4_000}
    with server.inside():
        with unit():
            devices.enrol(person.actor, device, made["jwk"], made["jkt"], facts)
        administrator = house.person("administrator").actor
        while True:
            try:
                with unit():
                    return devices.confirm(administrator, device).code
            except devices.TooManyTablets:
                _end_one(administrator, person, device)


def _end_one(administrator: Actor, person: Person, but: str) -> None:
    """The office ends the person's other tablet that is suspended, or else the one that was heard least."""
    with unit():
        asked = select(Device).where(
            Device.person_id == person.id, Device.kind == "tablet", Device.id != but, Device.status == "active"
        )
        others = sorted(db.session.scalars(asked), key=lambda one: (one.last_seen or NOVEMBER, one.id))
        devices.revoke(administrator, others[0].id)


def later(moment: datetime, **amount: float) -> datetime:
    return moment + timedelta(**amount)
