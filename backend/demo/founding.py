"""The first scene: the provider, its people and their accounts, its checklists."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import holidays

from backend.core import clock, keys
from backend.core.db import unit
from backend.demo import data
from backend.demo.stage import Stage
from backend.exchange import services as exchange
from backend.identity import services as identity
from backend.identity.services import Scope

ACCOUNTS_FILE = "demo-accounts.json"
YEARS = (2025, 2026, 2027)


def found(stage: Stage, data_dir: Path) -> None:
    """Make the organisation and everybody in it; passwords go to demo-accounts.json, readable by its owner alone."""
    provider = data.read("provider")
    with unit():
        exchange.found(stage.org)
    _organisation(stage, provider)
    _accounts(stage, provider["people"], data_dir)
    admin = stage.actor("admin")
    stage.ask(admin, [*_offices(stage, provider), *_calendars(stage, provider), *_employers(stage, provider)])
    stage.ask(admin, [_publish(shipped.raw) for shipped in data.library()])


def _organisation(stage: Stage, provider: dict[str, Any]) -> None:
    facts = {**provider["organisation"], "demo": True, "recovery_key": keys.ring().recovery_jwk}
    people = [
        ("person.edit", ("person", stage.id("person", one["sign_in"])), {"name": one["name"]})
        for one in provider["people"]
    ]
    stage.ask(exchange.program(stage.org), [("organisation.edit", ("organisation", stage.org), facts), *people])


def _accounts(stage: Stage, people: list[dict[str, Any]], data_dir: Path) -> None:
    for person in people:
        scopes = [Scope(role, "organisation", stage.org) for role in person["roles"]]
        add_account(stage, data_dir, person["sign_in"], person["name"], scopes)


def add_account(stage: Stage, data_dir: Path, sign_in: str, name: str, scopes: list[Scope]) -> None:
    """An account with a random password, noted in demo-accounts.json."""
    password = base64.b32encode(clock.random(10)).decode().lower()
    with unit():
        identity.create(stage.org, stage.id("person", sign_in), sign_in, password, scopes)
    path = data_dir / ACCOUNTS_FILE
    known = json.loads(path.read_text("utf-8")) if path.exists() else []
    roles = [scope.role for scope in scopes]
    path.touch(mode=0o600)
    path.write_text(
        json.dumps([*known, {"sign_in": sign_in, "password": password, "name": name, "roles": roles}], indent=1)
    )


def _offices(stage: Stage, provider: dict[str, Any]) -> list[Any]:
    regions = [("region.edit", ("region", stage.id("region", one["code"])), one) for one in provider["regions"]]
    entities = [
        ("legal_entity.edit", ("legal_entity", stage.id("legal_entity", one["code"])), _without(one, "code"))
        for one in provider["legal_entities"]
    ]
    return [*regions, *entities]


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in names}


def _calendars(stage: Stage, provider: dict[str, Any]) -> list[Any]:
    return [
        (
            "calendar.edit",
            ("calendar", stage.id("calendar", one["code"])),
            {"code": one["code"], "name": one["name"], "versions": _versions(one)},
        )
        for one in provider["calendars"]
    ]


def _versions(calendar: dict[str, Any]) -> list[dict[str, Any]]:
    """One version for each gazetted weekend; the newest carries the gazetted days."""
    days = gazetted(calendar["country"], calendar["subdivision"])
    return [
        {"effective_from": weekend["from"], "weekend": weekend["days"], "days": days if last else []}
        for weekend, last in zip(calendar["weekends"], [False] * (len(calendar["weekends"]) - 1) + [True], strict=True)
    ]


def gazetted(country: str, subdivision: str | None) -> list[dict[str, str]]:
    """The gazetted holidays of the demonstrated years, by date."""
    found: dict[date, str] = dict(holidays.country_holidays(country, subdiv=subdivision, years=YEARS, language="en_US"))
    return [{"date": day.isoformat(), "name": found[day]} for day in sorted(found)]


def _employers(stage: Stage, provider: dict[str, Any]) -> list[Any]:
    return [
        (
            "person.edit",
            ("person", stage.id("person", one["sign_in"])),
            {
                "skills": one.get("skills", []),
                "base": stage.id("region", one["region"]),
                "employer": stage.id("legal_entity", one["entity"]),
                "email": f"{one['sign_in']}@tanjong-it.example",
            },
        )
        for one in provider["people"]
    ]


def _publish(definition: dict[str, Any]) -> Any:
    return ("checklist.publish", ("checklist", clock.new_id()), {"definition": definition})
