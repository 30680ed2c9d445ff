"""How a tablet shows its own operations on tickets (rule S21)."""

from collections.abc import Mapping
from typing import Any, Final

from sync.directory_reducers import client_of
from sync.operation import Operation
from sync.reducer import Changes, Reducer, Rows, Value, added, blank, edit, key_of, moment

PRIORITY: Final[Mapping[str, str]] = {
    "high/high": "P1",
    "high/medium": "P2",
    "high/low": "P3",
    "medium/high": "P2",
    "medium/medium": "P3",
    "medium/low": "P4",
    "low/high": "P3",
    "low/medium": "P4",
    "low/low": "P4",
}
"""Impact/urgency."""

MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    "start": {"new": "open"},
    "wait": {"new": "waiting", "open": "waiting", "reopened": "waiting"},
    "resume": {"waiting": "open"},
    "resolve": {"new": "resolved", "open": "resolved", "waiting": "resolved", "reopened": "resolved"},
}
"""A ticket's states that a tablet moves, by verb; from any other state nothing is shown, the server will hold it."""

RESPONSES: Final = ("start", "wait", "resolve")
"""Verbs that are a first response."""

_TICKET: Final[Value] = {
    **blank(
        "number kind site client asset title description priority channel reporter assignee opened_at"
        " first_response_at resolved_at restored_at waiting_for cause action prevention repeat_key came_from"
        " down_from usable_at data_lost"
    ),
    "impact": "medium",
    "urgency": "medium",
    "category": "helpdesk",
    "walk_up": False,
    "notes": [],
    "timeline": [],
}


def _create_ticket(op: Operation, rows: Rows, person: str) -> Changes:
    row: dict[str, Any] = {**_TICKET, **op.args, **client_of(op, rows), "state": "new", "tier": "L1", "events": []}
    row["priority"] = PRIORITY.get(f"{row['impact']}/{row['urgency']}", "P4")
    row["opened_at"] = moment(op, "opened_at")
    row["assignee"] = person if row["walk_up"] else None
    return {key_of(op): {**row, **_event(op, row, person, {}, {"state": "new"})}}


def _event(op: Operation, row: Value, person: str, was: Value, now: Value, reason: Any = None) -> Value:
    """The ticket's list of events with this one; `at` is the stated time of those that have one."""
    verb = op.type.split(".")[1]
    at = moment(op, "at") if verb == "resolve" else op.at
    line = {"at": at, "by": person, "deed": verb, "was": was, "now": now, "reason": reason}
    return added(row, "events", line)


def _move(op: Operation, row: Value, person: str) -> Value:
    verb = op.type.split(".")[1]
    after = MOVES[verb].get(row["state"])
    if after is None:
        return {}
    written = {"state": after, **_written(op, verb)}
    changed = [name for name, value in written.items() if row.get(name) != value]
    was, now = {name: row.get(name) for name in changed}, {name: written[name] for name in changed}
    reason = op.args.get("note") if verb == "wait" else None
    at = moment(op, "at") if verb == "resolve" else op.at
    response = _responded(row, at) if verb in RESPONSES else {}
    return {**written, **_event(op, row, person, was, now, reason), **response}


def _written(op: Operation, verb: str) -> Value:
    """What a move writes beside the state."""
    if verb == "wait":
        return {"waiting_for": op.args.get("reason")}
    if verb == "resume":
        return {"waiting_for": None}
    if verb == "resolve":
        told = {name: op.args.get(name) for name in ("cause", "action", "prevention")}
        return {**told, "resolved_at": moment(op, "at"), "waiting_for": None}
    return {}


def _responded(row: Value, at: Any) -> Value:
    return {"first_response_at": row.get("first_response_at") or at}


def _escalate(op: Operation, row: Value, person: str) -> Value:
    tier = op.args.get("tier")
    event = _event(op, row, person, {"tier": row.get("tier")}, {"tier": tier}, op.args.get("note"))
    return {} if row["state"] in ("resolved", "closed") else {"tier": tier, **event}


def _restore(op: Operation, row: Value, person: str) -> Value:
    at = moment(op, "at")
    event = _event(op, row, person, {"restored_at": row.get("restored_at")}, {"restored_at": at})
    return {"restored_at": at, "usable_at": row.get("usable_at") or at, **event}


def _note(op: Operation, row: Value, person: str) -> Value:
    told = {name: op.args.get(name) for name in ("text", "visible")}
    entry = {"id": op.args.get("note"), "at": op.at, "by": person, **told}
    if any(known["id"] == entry["id"] for known in row.get("notes") or []):
        return {}
    return {**added(row, "notes", entry), **(_responded(row, op.at) if told["visible"] == "client" else {})}


def _timeline(op: Operation, row: Value, _: str) -> Value:
    line = {"at": moment(op, "at"), "who": op.args.get("who"), "text": op.args.get("text")}
    return added(row, "timeline", line)


TICKET_REDUCERS: Final[Mapping[str, Reducer]] = {
    "ticket.create": _create_ticket,
    "ticket.start": edit(_move),
    "ticket.wait": edit(_move),
    "ticket.resume": edit(_move),
    "ticket.resolve": edit(_move),
    "ticket.escalate": edit(_escalate),
    "ticket.restore": edit(_restore),
    "ticket.note": edit(_note),
    "ticket.timeline": edit(_timeline),
}
