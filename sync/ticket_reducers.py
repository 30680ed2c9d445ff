"""How a tablet shows its own operations on tickets, assets and contacts (rule S21)."""

from collections.abc import Callable, Mapping
from typing import Final

from sync.operation import Operation
from sync.reducer import Changes, Reducer, Value, added, arguments, blank, create, edit, key_of, moment

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

_TICKET: Final = blank(
    "number kind site client asset title description impact urgency priority category channel reporter assignee"
    " opened_at first_response_at resolved_at restored_at waiting_for cause action prevention repeat_key came_from"
    " down_from usable_at data_lost"
)
_ASSET: Final = blank(
    "client site type tag serial maker model name place stage warranty_until end_of_support"
)
_CONTACT: Final[Value] = {
    **blank("site client name capacity email phone"),
    "language": "en",
    "may_sign": False,
    "active": True,
}


def _create_ticket(op: Operation, rows: Mapping[str, Value], _: str) -> Changes:
    site = rows.get(f"site/{op.args.get('site')}", {})
    row = {
        **_TICKET,
        "client": site.get("client"),
        **op.args,
        "priority": PRIORITY.get(f"{op.args.get('impact')}/{op.args.get('urgency')}", "P4"),
        "state": "new",
        "tier": "L1",
        "opened_at": moment(op, "opened_at"),
        "walk_up": op.args.get("walk_up") is True,
        "notes": [],
        "timeline": [],
        "events": [],
    }
    return {key_of(op): row}


def _responded(op: Operation, row: Value) -> object:
    return row.get("first_response_at") or op.at


def _move(to: str, sources: str, **also: Callable[[Operation, Value], object]) -> Reducer:
    """A move of a ticket's state; from any other state nothing is shown, the server will hold it."""

    def fields(op: Operation, row: Value, person: str) -> Value:
        if row["state"] not in sources.split():
            return {}
        reason = op.args.get("reason")
        event = {"at": op.at, "by": person, "was": row["state"], "now": to, "reason": reason}
        more = {name: say(op, row) for name, say in also.items()}
        return {"state": to, **added(row, "events", event), **more}

    return edit(fields)


def _note(op: Operation, row: Value, person: str) -> Value:
    told = {name: op.args.get(name) for name in ("text", "visible")}
    entry = {"id": op.args.get("note"), "at": op.at, "by": person, **told}
    answered = {"first_response_at": _responded(op, row)} if told["visible"] == "client" else {}
    return {**added(row, "notes", entry), **answered}


def _timeline(op: Operation, row: Value, _: str) -> Value:
    return added(row, "timeline", {"at": op.at, "who": op.args.get("who"), "text": op.args.get("text")})


TICKET_REDUCERS: Final[Mapping[str, Reducer]] = {
    "contact.create": create(_CONTACT),
    "asset.create": create(_ASSET),
    "asset.edit": arguments(),
    "asset.move": arguments("site", "place"),
    "asset.stage": arguments("stage"),
    "ticket.create": _create_ticket,
    "ticket.start": _move("open", "new open reopened", first_response_at=_responded),
    "ticket.wait": _move(
        "waiting",
        "new open reopened",
        first_response_at=_responded,
        waiting_for=lambda op, _: op.args.get("reason"),
    ),
    "ticket.resume": _move("open", "waiting", waiting_for=lambda _, __: None),
    "ticket.escalate": arguments("tier"),
    "ticket.restore": edit(lambda op, _, __: {"restored_at": moment(op, "at")}),
    "ticket.resolve": _move(
        "resolved",
        "new open waiting reopened",
        first_response_at=_responded,
        resolved_at=lambda op, _: moment(op, "at"),
        waiting_for=lambda _, __: None,
        cause=lambda op, _: op.args.get("cause"),
        action=lambda op, _: op.args.get("action"),
        prevention=lambda op, _: op.args.get("prevention"),
    ),
    "ticket.note": edit(_note),
    "ticket.timeline": edit(_timeline),
}
