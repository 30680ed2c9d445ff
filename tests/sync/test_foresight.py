"""What a tablet shows of its own work before the answer is what the server then makes of it (rule S21)."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from backend.desk.rules import LAW
from checklists import digest
from sync.operation import Operation, parse_operation
from sync.replay import REDUCERS, replay
from sync.ticket_reducers import MOVES, PRIORITY, RESPONSES
from tests.makers import House, Tablet

Act = tuple[str, tuple[str, str], dict[str, Any]]
Rows = dict[str, dict[str, Any]]
DIGEST = "ab" * 32
CHECKLIST: dict[str, Any] = {
    "format": 1,
    "id": "ups-check",
    "title": {"en": "UPS check"},
    "kind": "preventive",
    "sections": [
        {
            "id": "round",
            "title": {"en": "Round"},
            "items": [{"id": "note", "type": "text", "label": {"en": "Note"}}],
        }
    ],
}
SERVER_ALONE = {"visit.create": ["legal_entity"], "ticket.create": ["repeat_key"]}
"""Fields that need the office's rows, or a digest, and come with the answer."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Day:
    """A tablet at work on one visit, with what it needs there."""

    def __init__(self, house: House, tablet: Tablet) -> None:
        self.house, self.tablet = house, tablet
        self.site = house.ids["site"]
        self.visit = house.visit(tablet.person)
        self.ticket = self.new_id()
        tablet.pull()

    def new_id(self) -> str:
        return self.house.new_id()

    def done(self, *acts: Act) -> None:
        """Done, sent and seen."""
        for act in acts:
            self.tablet.act(*act)
        self.tablet.sync()
        refused = [result for result in self.tablet.results.values() if result["status"] != "applied"]
        assert not refused, refused

    def rows(self) -> dict[str, Mapping[str, Any]]:
        return {"/".join(key): row.value for key, row in self.tablet.rows.items()}

    def run(self) -> str:
        """A run of a published checklist on the visit."""
        self.house.office()("checklist.publish", ("checklist", self.new_id()), {"definition": CHECKLIST})
        run = self.new_id()
        self.done(("visit.add_run", ("visit", self.visit), {"run": run, "checklist": digest(CHECKLIST), "asset": None}))
        return run

    def ticket_made(self) -> Act:
        args = {
            "number": self.tablet.next_number("T"), "kind": "incident", "site": self.site, "asset": None,
            "title": "No network", "description": "Since nine", "impact": "high", "urgency": "medium",
            "category": "network", "channel": "tablet", "reporter": "Mei",
        }  # fmt: skip
        return ("ticket.create", ("ticket", self.ticket), args)

    def ticket_open(self) -> None:
        self.done(self.ticket_made(), ("ticket.start", ("ticket", self.ticket), {}))


def foresee(day: Day, act: Act) -> tuple[Rows, Rows]:
    """The rows that the act changes, as the tablet shows them at once, and as they come back from the server."""
    before = day.rows()
    n = day.tablet.act(*act)
    operation = parse_operation(day.tablet.outbox[n - 1])
    assert isinstance(operation, Operation)
    shown = replay(before, [operation], day.tablet.person.id)
    day.tablet.sync()
    assert day.tablet.result(n)["status"] == "applied", day.tablet.result(n)
    after = day.rows()
    changed = [key for key, value in shown.items() if before.get(key) != value]
    return comparable(act, shown, changed), comparable(act, after, changed)


def comparable(act: Act, rows: Mapping[str, Mapping[str, Any]], keys: list[str]) -> Rows:
    unknown = SERVER_ALONE.get(act[0], [])
    return {key: {name: value for name, value in rows[key].items() if name not in unknown} for key in keys}


def on_ticket(type_: str, args: dict[str, Any]) -> Callable[[Day], Act]:
    def make(day: Day) -> Act:
        day.ticket_open()
        return (type_, ("ticket", day.ticket), args)

    return make


def resumed(day: Day) -> Act:
    day.ticket_open()
    day.done(("ticket.wait", ("ticket", day.ticket), {"reason": "part", "note": "fuser"}))
    return ("ticket.resume", ("ticket", day.ticket), {})


def started(day: Day) -> Act:
    day.done(day.ticket_made())
    return ("ticket.start", ("ticket", day.ticket), {})


def visit_created(day: Day) -> Act:
    args = {
        "number": day.tablet.next_number("V"), "site": day.site, "title": "Printer", "kind": "unplanned",
        "starts_at": "2026-11-23T05:00:00.000Z", "ends_at": "2026-11-23T06:00:00.000Z",
        "unplanned": True,
    }  # fmt: skip
    return ("visit.create", ("visit", day.new_id()), args)


def photo(day: Day) -> Act:
    args = {
        "visit": day.visit, "on": {"visit": day.visit}, "sha256": DIGEST, "size": 1000, "w": 40, "h": 30,
        "visible": "client", "taken_at": "2026-11-23T05:00:00.000Z",
    }  # fmt: skip
    return ("photo.add", ("photo", day.new_id()), args)


def time_spent(day: Day) -> Act:
    args = {
        "visit": day.visit, "kind": "on_site", "starts_at": "2026-11-23T05:00:00.000Z",
        "ends_at": "2026-11-23T05:30:00.000Z", "minutes": 30,
    }  # fmt: skip
    return ("time.add", ("time_entry", day.new_id()), args)


def after(make: Callable[[Day], Act], type_: str, args: dict[str, Any]) -> Callable[[Day], Act]:
    """An act on the thing that another act made."""

    def later(day: Day) -> Act:
        first = make(day)
        day.done(first)
        return (type_, first[1], args)

    return later


def asset(day: Day) -> Act:
    args = {"site": day.site, "type": "printer", "name": "HP"}
    return ("asset.create", ("asset", day.new_id()), args)


def typed_client(day: Day) -> Act:
    return ("client.create", ("client", day.new_id()), {"name": "Warung Baru"})


def typed_site(day: Day) -> Act:
    based = {"base": day.house.ids["region"]}
    day.house.office()("person.edit", ("person", day.tablet.person.id), based)
    client = typed_client(day)
    day.done(client)
    return ("site.create", ("site", day.new_id()), {"client": client[1][1], "name": "Level 2", "phone": "+60 7 1"})


def contact(day: Day) -> Act:
    args = {"site": day.site, "name": "Mei", "language": "zh"}
    return ("contact.create", ("contact", day.new_id()), args)


def walk_up(day: Day) -> Act:
    type_, entity, args = day.ticket_made()
    return (type_, entity, {**args, "walk_up": True, "channel": "walk_up", "opened_at": "2026-11-23T03:00:00.000Z"})


def second_run(day: Day) -> Act:
    day.run()
    args = {"run": day.new_id(), "checklist": digest(CHECKLIST), "asset": None}
    return ("visit.add_run", ("visit", day.visit), args)


def on_run(type_: str, args: dict[str, Any]) -> Callable[[Day], Act]:
    return lambda day: (type_, ("run", day.run()), args)


def cleared(day: Day) -> Act:
    run = day.run()
    day.done(("answer.set", ("run", run), {"item": "note", "value": "x"}))
    return ("answer.set", ("run", run), {"item": "note", "value": None})


def add_ticket(day: Day) -> Act:
    day.ticket_open()
    return ("visit.add_ticket", ("visit", day.visit), {"ticket": day.ticket})


NOTE = {"note": "019a0000-0000-7000-8000-00000000000a", "text": "On my way", "visible": "client"}
RESOLUTION = {"cause": "Loose cable", "action": "Fixed", "prevention": "Strain relief"}

ACTS: dict[str, Callable[[Day], Act]] = {
    "visit.create": visit_created,
    "visit.add_ticket": add_ticket,
    "visit.mark": lambda day: ("visit.mark", ("visit", day.visit), {"mark": "working"}),
    "visit.add_run": second_run,
    "answer.set": on_run("answer.set", {"item": "note", "value": "loose"}),
    "answer.set null": cleared,
    "remark.set": on_run("remark.set", {"item": "note", "text": "see photo"}),
    "waive": on_run("waive", {"item": "note", "rule": "no_photography", "witness": "Tan"}),
    "photo.add": photo,
    "photo.caption": after(photo, "photo.caption", {"caption": "Label"}),
    "photo.remove": after(photo, "photo.remove", {"reason": "Blurred"}),
    "time.add": time_spent,
    "time.remove": after(time_spent, "time.remove", {"reason": "Twice"}),
    "note.add": lambda day: ("note.add", ("note", day.new_id()), {"visit": day.visit, "text": "Key at the desk"}),
    "client.create": typed_client,
    "site.create": typed_site,
    "contact.create": contact,
    "asset.create": asset,
    "asset.edit": after(asset, "asset.edit", {"name": "HP 2"}),
    "asset.move": lambda day: after(asset, "asset.move", {"site": day.site, "place": "Level 2"})(day),
    "asset.stage": after(asset, "asset.stage", {"stage": "under_repair"}),
    "ticket.create": lambda day: day.ticket_made(),
    "ticket.create walk-up": walk_up,
    "ticket.start": started,
    "ticket.wait": on_ticket("ticket.wait", {"reason": "part", "note": "fuser"}),
    "ticket.resume": resumed,
    "ticket.escalate": on_ticket("ticket.escalate", {"tier": "L2", "note": "Needs a specialist"}),
    "ticket.restore": on_ticket("ticket.restore", {"at": "2026-11-23T03:59:00.000Z"}),
    "ticket.resolve": on_ticket("ticket.resolve", RESOLUTION),
    "ticket.note": on_ticket("ticket.note", NOTE),
    "ticket.timeline": on_ticket("ticket.timeline", {"text": "Called the store", "who": "Mei"}),
}

NOT_FORESEEN = {"visit.sign"}
"""The record is made of what the server alone knows: the tablet shows that it is signed, and when."""


@on_sqlite
@pytest.mark.parametrize("name", ACTS)
def test_what_the_tablet_shows_is_what_the_server_makes(house: House, tablet: Tablet, name: str) -> None:
    day = Day(house, tablet)
    shown, made = foresee(day, ACTS[name](day))
    assert shown, "the act shows nothing"
    assert shown == made


def test_every_operation_of_a_tablet_is_compared() -> None:
    assert set(REDUCERS) == {name.split(" ")[0] for name in ACTS} | NOT_FORESEEN


def test_the_tablet_moves_tickets_by_the_law_of_the_desk() -> None:
    assert {verb: LAW["moves"][verb] for verb in MOVES} == MOVES
    assert {*RESPONSES, "client_note"} == set(LAW["first_response"])
    assert {f"{i}/{u}": rank for i, row in LAW["priorities"].items() for u, rank in row.items()} == PRIORITY
