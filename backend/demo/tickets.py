"""Tickets of the demonstration: rung in, solved on the phone, or left for a visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.schema import wire_time
from backend.demo import data
from backend.demo.stage import Stage

Json = dict[str, Any]


@dataclass(frozen=True)
class Trouble:
    """A ticket to come: the site, the asset it is about, and how texts.yaml tells it."""

    site: str
    asset: Json | None
    told: Json
    kind: str


def trouble(stage: Stage, site: str) -> Trouble:
    """Something that this site's assets can have, incidents four times as often as requests."""
    texts, assets = data.read("texts"), stage.rows[site]["assets"]
    present = {asset["type"] for asset in assets}
    fitting = {kind: [one for one in texts[f"{kind}s"] if one["type"] in present] for kind in ("incident", "request")}
    kind = "request" if fitting["request"] and stage.chance.random() < 0.2 else "incident"
    told = stage.chance.choice(fitting[kind])
    asset = stage.chance.choice([asset for asset in assets if asset["type"] == told["type"]])
    return Trouble(site, asset, told, kind)


def ring(stage: Stage, wanted: Trouble) -> str:
    """The client calls and the desk writes the ticket; its id."""
    ticket, told = clock.new_id(), wanted.told
    stage.rows[ticket] = told
    args = {
        **{"kind": wanted.kind, "site": wanted.site, "asset": wanted.asset and wanted.asset["id"]},
        **{name: told[name] for name in ("title", "description", "impact", "urgency", "category")},
        **{"channel": "phone", "reporter": stage.rows[wanted.site]["contact"]["name"]},
    }
    stage.ask(stage.actor("desk"), [("ticket.create", ("ticket", ticket), args)])
    return ticket


def solve_by_phone(stage: Stage, ticket: str) -> None:
    """Started at once, solved within the hour, closed with its minutes."""
    desk, entity, told = stage.actor("desk"), ("ticket", ticket), stage.rows[ticket]
    minutes = stage.chance.randint(8, 45)
    began = stage.time.now()
    stage.ask(desk, [("ticket.start", entity, {})])
    ended = stage.time.advance(minutes=minutes)
    solved = {name: told[name] for name in ("cause", "action", "prevention")}
    spent = {
        **{"visit": None, "ticket": ticket, "kind": "phone", "minutes": minutes, "note": None},
        **{"starts_at": wire_time(began), "ends_at": wire_time(ended)},
    }
    stage.ask(desk, [("ticket.resolve", entity, solved), ("time.add", ("time_entry", clock.new_id()), spent)])


def wait(stage: Stage, ticket: str, reason: str) -> None:
    entity = ("ticket", ticket)
    stage.ask(stage.actor("desk"), [("ticket.start", entity, {})])
    stage.time.advance(minutes=12)
    stage.ask(stage.actor("desk"), [("ticket.wait", entity, {"reason": reason, "note": None})])


def hand_over(stage: Stage, ticket: str, engineer: str) -> None:
    """The desk looks at it, tells the client what happens, and gives it to an engineer."""
    entity = ("ticket", ticket)
    text = "Thank you. An engineer will come; we call you before."
    stage.ask(
        stage.actor("desk"),
        [
            ("ticket.note", entity, {"note": clock.new_id(), "text": text, "visible": "client"}),
            ("ticket.assign", entity, {"assignee": stage.id("person", engineer)}),
        ],
    )
    stage.time.advance(minutes=5)


def close_old(stage: Stage, tickets: list[str]) -> None:
    """What was resolved over a week ago is closed."""
    stage.ask(stage.actor("desk"), [("ticket.close", ("ticket", ticket), {}) for ticket in tickets])
