"""Every door of the program, asked by every role: who comes in, and what everybody else is told.

A route that is missing from DOORS fails. A door is opened with things that exist, so 404 means "not yours".
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from backend.core import clock as core_clock
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.identity import rules
from tests.browser import Browser
from tests.makers import House, build_app

STRANGER = "stranger"
STAFF_ROLES = sorted(rules.OFFICE)
ROLES = [STRANGER, "engineer", *STAFF_ROLES, "client_contact"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TICKET = {
    "kind": "incident",
    "title": "Screen is dark",
    "description": None,
    "impact": "low",
    "urgency": "low",
    "category": "hardware",
    "channel": "phone",
    "reporter": None,
}
WEEKENDS = {"effective_from": "2020-01-01", "weekend": [5, 6], "days": []}
PRIORITIES = ("P1", "P2", "P3", "P4")
TERMS = {
    "effective_from": "2026-01-01",
    "windows": dict.fromkeys(PRIORITIES, "24x7"),
    "targets": {key: {"response": 15, "attendance": 60, "restored": 120, "resolved": 240} for key in PRIORITIES},
    "pauses": {"client": True},
    "included": {"visits": 12},
    "rates": [],
}
AGREEMENT = {"number": "A-1", "name": "Support", "starts_on": "2026-01-01", "ends_on": None, "versions": [TERMS]}
NAMED = {
    "path:filename": "console.css",
    "path:name": "visit/1",
    "public_id": "a" * 26,
    "deed": "nothing",
}
NOBODYS = "01900000-0000-7000-8000-000000000000"


@dataclass(frozen=True)
class Door:
    """`inside`: what those whose door it is are told; `outside` what other signed-in people are; `stranger` what
    somebody without a session is. `whose`: the roles whose door it is.
    """

    whose: frozenset[str]
    inside: int
    outside: int = 403
    stranger: int = 401

    def status(self, role: str) -> int:
        if role == STRANGER:
            return self.inside if STRANGER in self.whose else self.stranger
        return self.inside if role in self.whose else self.outside


EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY - {STRANGER}
OFFICE = frozenset(STAFF_ROLES)
ADMINISTRATOR = frozenset({"administrator"})
IMPORTERS = frozenset({"administrator", "dispatcher"})
CLIENT = frozenset({"client_contact"})
STAFF = OFFICE | {"engineer"}

PAGE = Door(OFFICE, 200, stranger=303)
FORM = Door(OFFICE, 422)
NO_SUCH = Door(OFFICE, 404)
"""A deed that does not exist, or a thing of nobody: the door is passed, and nothing is there."""
DECIDED = Door(OFFICE, 303)
"""A decision goes back to the inbox, which says what became of it."""
NO_SUCH_PAGE = Door(OFFICE, 404, stranger=303)
PORTAL = Door(CLIENT, 404, stranger=303)
TABLET = Door(frozenset(), 401, outside=401)
"""A session alone never opens it: the device's proof is missing."""

DIRECTORY = {
    "clients": "client",
    "sites": "site",
    "contacts": "contact",
    "assets": "asset",
    "agreements": "agreement",
    "people": "person",
    "calendars": "calendar",
    "regions": "region",
    "legal-entities": "legal_entity",
}

DOORS: dict[tuple[str, str], Door] = {
    ("GET", "/"): Door(SIGNED_IN, 303, stranger=303),
    ("GET", "/sign-in"): Door(SIGNED_IN, 303, stranger=200),
    ("POST", "/sign-in"): Door(EVERYBODY, 401),
    ("POST", "/sign-out"): Door(EVERYBODY, 303),
    ("GET", "/health"): Door(EVERYBODY, 200),
    ("GET", "/static/<path:filename>"): Door(EVERYBODY, 200),
    ("GET", "/app/"): Door(EVERYBODY, 200),
    ("GET", "/app/<path:name>"): Door(EVERYBODY, 200),
    ("GET", "/r/<public_id>"): Door(EVERYBODY, 404),
    ("POST", "/api/v1/session"): Door(EVERYBODY, 400),
    ("GET", "/api/v1/session"): Door(SIGNED_IN, 200),
    ("DELETE", "/api/v1/session"): Door(EVERYBODY, 204),
    ("POST", "/api/v1/devices"): Door(STAFF, 400),
    ("GET", "/api/v1/devices"): Door(SIGNED_IN, 200),
    ("GET", "/api/v1/devices/<device_id>"): Door(SIGNED_IN, 404),
    ("GET", "/api/v1/devices/<device_id>/statement"): Door(SIGNED_IN, 404),
    ("POST", "/api/v1/devices/readmit"): Door(EVERYBODY, 400),
    ("POST", "/api/v1/devices/<device_id>/recover"): Door(SIGNED_IN, 400),
    ("POST", "/api/v1/devices/<device_id>/state"): TABLET,
    ("POST", "/api/v1/devices/<device_id>/wiped"): TABLET,
    ("GET", "/api/v1/sync/head"): Door(SIGNED_IN, 200),
    ("POST", "/api/v1/sync/push"): TABLET,
    ("POST", "/api/v1/sync/pull"): TABLET,
    ("OPTIONS", "/api/v1/blobs"): Door(EVERYBODY, 204),
    ("POST", "/api/v1/blobs"): TABLET,
    ("HEAD", "/api/v1/blobs/<upload_id>"): TABLET,
    ("PATCH", "/api/v1/blobs/<upload_id>"): TABLET,
    ("GET", "/console/"): PAGE,
    ("GET", "/console/today"): PAGE,
    ("GET", "/console/find"): PAGE,
    ("GET", "/console/events"): PAGE,
    ("GET", "/console/attention"): PAGE,
    ("GET", "/console/attention/live"): PAGE,
    ("POST", "/console/attention/conflicts/<uuid:conflict_id>"): DECIDED,
    ("POST", "/console/attention/held/<uuid:op_id>"): DECIDED,
    ("POST", "/console/attention/tasks/<uuid:task_id>"): DECIDED,
    ("POST", "/console/attention/visits/<uuid:visit_id>"): DECIDED,
    ("POST", "/console/attention/jobs/<uuid:job_id>"): DECIDED,
    ("GET", "/console/visits"): PAGE,
    ("GET", "/console/visits/new"): PAGE,
    ("POST", "/console/visits/new"): FORM,
    ("GET", "/console/visits/<uuid:visit_id>"): PAGE,
    ("GET", "/console/visits/<uuid:visit_id>/live"): PAGE,
    ("GET", "/console/visits/<uuid:visit_id>/history"): PAGE,
    ("POST", "/console/visits/<uuid:visit_id>/<deed>"): NO_SUCH,
    ("GET", "/console/tickets"): PAGE,
    ("GET", "/console/tickets/new"): PAGE,
    ("POST", "/console/tickets/new"): FORM,
    ("GET", "/console/tickets/<uuid:ticket_id>"): PAGE,
    ("GET", "/console/tickets/<uuid:ticket_id>/edit"): PAGE,
    ("POST", "/console/tickets/<uuid:ticket_id>/edit"): FORM,
    ("GET", "/console/tickets/<uuid:ticket_id>/history"): PAGE,
    ("POST", "/console/tickets/<uuid:ticket_id>/<deed>"): NO_SUCH,
    ("GET", "/console/people/<uuid:person_id>/access"): Door(ADMINISTRATOR, 200, stranger=303),
    ("POST", "/console/people/<uuid:person_id>/access/roles"): Door(ADMINISTRATOR, 303),
    ("POST", "/console/people/<uuid:person_id>/access/account"): Door(ADMINISTRATOR, 409),
    ("POST", "/console/people/<uuid:person_id>/access/password"): Door(ADMINISTRATOR, 422),
    ("GET", "/console/devices"): PAGE,
    ("GET", "/console/devices/rescue"): Door(IMPORTERS, 200, stranger=303),
    ("POST", "/console/devices/rescue"): Door(IMPORTERS, 422),
    ("POST", "/console/devices/<uuid:device_id>/person"): Door(ADMINISTRATOR, 404),
    ("GET", "/console/devices/<uuid:device_id>"): PAGE,
    ("POST", "/console/devices/<uuid:device_id>/<deed>"): NO_SUCH,
    ("GET", "/console/checklists"): PAGE,
    ("GET", "/console/checklists/<uuid:checklist_id>"): NO_SUCH_PAGE,
    ("GET", "/console/photos/<uuid:photo_id>"): NO_SUCH_PAGE,
    ("GET", "/console/reports/<uuid:report_id>.pdf"): NO_SUCH_PAGE,
    ("POST", "/console/reports/<uuid:report_id>/make"): NO_SUCH,
    ("GET", "/portal/"): Door(CLIENT, 200, stranger=303),
    ("GET", "/portal/visits/<uuid:visit_id>"): PORTAL,
    ("GET", "/portal/reports/<uuid:report_id>.pdf"): PORTAL,
    ("GET", "/portal/photos/<uuid:photo_id>"): PORTAL,
    **{("GET", f"/console/{place}{rest}"): PAGE for place in DIRECTORY for rest in ("", "/new")},
    **{
        ("GET", f"/console/{place}/<uuid:row_id>{rest}"): PAGE
        for place in DIRECTORY
        for rest in ("", "/edit", "/history")
    },
    **{("POST", f"/console/{place}/{rest}"): FORM for place in DIRECTORY for rest in ("new", "<uuid:row_id>/edit")},
}


@pytest.fixture(scope="module")
def app(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """On SQLite: who may pass is decided before the database matters."""
    folder = tmp_path_factory.mktemp("doors")
    shutil.copy(sqlite_template, folder / "singgah.db")
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'singgah.db'}", "DATA_DIR": str(folder / "data")}
    with build_app(Config.from_env(settings), SetClock(NOON, seed="doors")) as made:
        yield made


@pytest.fixture(scope="module")
def house(app: Flask) -> House:
    clock: SetClock = app.extensions[core_clock.KEY]
    return House.found(app, clock, "Sungai Systems")


@pytest.fixture(scope="module")
def ids(house: House) -> dict[str, str]:
    """One thing for each place of the console."""
    office, admin = house.office(), house.office("administrator")
    made = {name: house.new_id() for name in ("contact", "asset", "agreement", "calendar", "ticket")}
    site, client = house.ids["site"], house.ids["client"]
    office("contact.create", ("contact", made["contact"]), {"site": site, "name": "Tan Ah Kow"})
    office("asset.create", ("asset", made["asset"]), {"site": site, "type": "ups", "tag": "UPS-1", "name": "UPS"})
    office("ticket.create", ("ticket", made["ticket"]), {**TICKET, "site": site})
    admin("calendar.edit", ("calendar", made["calendar"]), {"code": "SG", "name": "Singapore", "versions": [WEEKENDS]})
    agreement = {"client": client, "legal_entity": house.ids["legal_entity"], **AGREEMENT}
    admin("agreement.create", ("agreement", made["agreement"]), agreement)
    person, visit, device = house.person("engineer").id, house.visit(), house.tablet().id
    return {**house.ids, **made, "person": person, "visit": visit, "device": device}


def address(rule: str, ids: dict[str, str]) -> str:
    """The rule with its places filled: with things that exist where a page of the console shows one."""
    place = rule.split("/")[2] if rule.startswith("/console/") else ""
    row = ids.get({**DIRECTORY, "visits": "visit", "tickets": "ticket", "devices": "device"}.get(place, ""), NOBODYS)
    return re.sub(r"<([^>]+)>", lambda found: NAMED.get(found[1], row), rule)


def doors(app: Flask) -> set[tuple[str, str]]:
    """Each method of each route, without those that Flask answers by itself."""
    found = set()
    for rule in app.url_map.iter_rules():
        own = set(rule.methods or ())
        methods = (
            own
            - ({"OPTIONS"} if getattr(rule, "provide_automatic_options", False) else set())
            - ({"HEAD"} if "GET" in own else set())
        )
        found |= {(method, rule.rule) for method in methods}
    return found


def browser_of(house: House, role: str) -> Browser:
    if role == STRANGER:
        return Browser(house.app, house.person("engineer"))
    return house.browser(role)


def ask(house: House, role: str, method: str, path: str) -> int:
    """The status for a browser that asks as our own pages do; each asks in a session of its own."""
    form = {"HX-Request": "true"} if method == "POST" and path.startswith("/console/") else {}
    body: dict[str, Any] = {"json": {}} if method == "POST" and path.startswith("/api/") else {}
    if path == "/sign-in":  # with a name of each role's own, because failed sign-ins are counted by name and address
        body = {"data": {"sign_in": f"nobody-{role}", "password": "wrong"}}
    there = {"REMOTE_ADDR": f"10.0.0.{ROLES.index(role) + 1}"}
    headers = {"Accept": "text/html", **form}
    answer = browser_of(house, role).open(method, path, headers=headers, environ_base=there, **body)
    answer.close()
    return answer.status_code


def test_every_route_is_in_the_table(app: Flask) -> None:
    assert doors(app) == set(DOORS)


def test_a_route_without_a_line_is_seen(tmp_path: Path) -> None:
    with build_app(Config.from_env({"DATA_DIR": str(tmp_path)})) as larger:
        larger.add_url_rule("/console/weather", view_func=lambda: "sunny", methods=["GET", "POST"])
        assert doors(larger) - set(DOORS) == {("GET", "/console/weather"), ("POST", "/console/weather")}


@pytest.mark.parametrize("role", ROLES)
def test_each_door_opens_for_those_whose_it_is_and_for_nobody_else(
    house: House, ids: dict[str, str], role: str
) -> None:
    told = {door: ask(house, role, door[0], address(door[1], ids)) for door in DOORS}
    wrong = {door: (status, DOORS[door].status(role)) for door, status in told.items()}
    assert {door: pair for door, pair in wrong.items() if pair[0] != pair[1]} == {}, "told, expected"


def test_nothing_of_another_organisation_is_there(house: House, ids: dict[str, str]) -> None:
    """Every page that shows one thing, asked by an administrator of another provider in the same installation."""
    stranger = house.other().browser("administrator")
    mine = [rule for (method, rule), door in DOORS.items() if method == "GET" and "dispatcher" in door.whose]
    pages = [rule for rule in mine if rule.startswith("/console/") and "<" in rule]
    assert len(pages) > 20
    assert {rule: stranger.get(address(rule, ids)).status_code for rule in pages} == dict.fromkeys(pages, 404)
