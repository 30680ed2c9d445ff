"""The second scene: clients, their sites, contacts, assets and agreements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from backend.core import clock
from backend.demo import data
from backend.demo.founding import add_account
from backend.demo.stage import Stage
from backend.identity.services import Scope

PRIORITIES = ("P1", "P2", "P3", "P4")
WINDOWS = ("24x7", "mon-fri 08:30-18:00; sat 09:00-13:00", "mon-fri 09:00-18:00", "mon-fri 09:00-18:00")
TARGETS = ((15, 120, 240, 480), (30, 240, 480, 960), (60, None, None, 1440), (240, None, None, 2880))
CORE = ("firewall", "switch", "ups", "server", "nas", "access_point", "printer")
"""What a site of any size has first; the rest are computers."""

ABBREVIATIONS = ("ups", "nas")
COMPUTERS = ("workstation", "laptop", "workstation", "laptop", "access_point")


def take_on(stage: Stage, data_dir: Path) -> None:
    """Every client of clients.yaml with all that stands there, and one portal account."""
    types, numbers = data.read("provider")["asset_types"], count(1)
    for position, client in enumerate(data.read("clients"), 1):
        operations = [*_client(stage, client, position), *_sites(stage, client, types, numbers)]
        stage.ask(stage.actor("dispatcher"), operations)
        if "portal" in client:
            _portal_account(stage, client, data_dir)


def _client(stage: Stage, client: dict[str, Any], position: int) -> Iterator[Any]:
    identity, entity = stage.id("client", client["name"]), stage.id("legal_entity", client["entity"])
    language = client["sites"][0]["contact"]["language"]
    facts = {"name": client["name"], "language": language, "entities": [{"name": client["name"]}]}
    yield ("client.create", ("client", identity), facts)
    yield (
        "agreement.create",
        ("agreement", stage.id("agreement", client["name"])),
        {
            "number": f"A-{2024 + position % 3}-{position:03}",
            "client": identity,
            "legal_entity": entity,
            "name": "Support and maintenance",
            "starts_on": f"{2024 + position % 3}-01-01",
            "ends_on": None,
            "versions": [_terms(2024 + position % 3, "SGD" if client["entity"] == "SG" else "MYR")],
        },
    )


def _terms(year: int, currency: str) -> dict[str, Any]:
    names = ("response", "attendance", "restored", "resolved")
    rates = {"office": 12000, "after_hours": 18000, "rest_day": 24000, "holiday": 36000}
    return {
        "effective_from": f"{year}-01-01",
        "windows": dict(zip(PRIORITIES, WINDOWS, strict=True)),
        "targets": {
            key: dict(zip(names, minutes, strict=True)) for key, minutes in zip(PRIORITIES, TARGETS, strict=True)
        },
        "pauses": {"client": True, "scheduled": False, "vendor": False, "part": False},
        "included": {"visits": 12, "callouts": 6},
        "rates": [{"hours": hours, "money": {"minor": minor, "currency": currency}} for hours, minor in rates.items()],
    }


def _sites(stage: Stage, client: dict[str, Any], types: dict[str, Any], numbers: Iterator[int]) -> Iterator[Any]:
    for site in client["sites"]:
        identity = stage.id("site", site["name"])
        stage.rows[identity] = {**site, "client": client["name"], "entity": client["entity"], "assets": []}
        yield ("site.create", ("site", identity), _site(stage, client, site))
        yield ("contact.create", ("contact", stage.id("contact", site["name"])), _contact(identity, site))
        for position in range(site["size"]):
            yield _asset(stage, identity, _type_at(position), types, next(numbers))


def _site(stage: Stage, client: dict[str, Any], site: dict[str, Any]) -> dict[str, Any]:
    return {
        "client": stage.id("client", client["name"]),
        "name": site["name"],
        "address": site["address"],
        "district": site["district"],
        "region": stage.id("region", site["region"]),
        "calendar": stage.id("calendar", site["calendar"]),
        "access_notes": site["access"],
        "opening_hours": site["hours"],
        "rules": site.get("rules", []),
        "phone": site["contact"]["phone"],
        "sheet": {"desk": site["access"]},
    }


def _contact(site_id: str, site: dict[str, Any]) -> dict[str, Any]:
    contact = site["contact"]
    mail = contact["name"].split()[0].lower() + "@client.example"
    return {"site": site_id, "email": mail, "may_sign": True, **contact}


def _type_at(position: int) -> str:
    return CORE[position] if position < len(CORE) else COMPUTERS[position % len(COMPUTERS)]


def _asset(stage: Stage, site: str, kind: str, types: dict[str, Any], number: int) -> Any:
    known, chance = types[kind], stage.chance
    maker, model = chance.choice(known["models"])
    tag, identity = f"{known['short']}-{number:04}", clock.new_id()
    bought = stage.time.now() - timedelta(days=chance.randrange(30, 1900))
    stage.rows[site]["assets"].append({"id": identity, "type": kind, "tag": tag, "place": known["place"]})
    facts = {
        "site": site,
        "type": kind,
        "tag": tag,
        "serial": "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRSTVWXYZ") for _ in range(10)),
        "maker": maker,
        "model": model,
        "name": f"{_spoken(kind)} {number}",
        "place": known["place"],
        "warranty_until": (bought + timedelta(days=1095)).date().isoformat(),
        "end_of_support": (bought + timedelta(days=2190)).date().isoformat(),
    }
    return ("asset.create", ("asset", identity), facts)


def _spoken(kind: str) -> str:
    """`access_point` is "Access point", `ups` is "UPS"."""
    return kind.upper() if kind in ABBREVIATIONS else kind.replace("_", " ").capitalize()


def _portal_account(stage: Stage, client: dict[str, Any], data_dir: Path) -> None:
    """The contact who signs in to the portal, for the whole client."""
    who = client["portal"]
    person = ("person", stage.id("person", "client"))
    stage.ask(stage.actor("admin"), [("person.edit", person, {"name": who["name"]})])
    scope = Scope("client_contact", "client", stage.id("client", client["name"]))
    add_account(stage, data_dir, "client", who["name"], [scope])
