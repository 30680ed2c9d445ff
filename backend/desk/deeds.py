"""What several ticket operations share: moving the state, and saying in the ticket's own lists that it moved."""

from __future__ import annotations

from typing import Any

from backend.core.roles import STAFF
from backend.desk import rules
from backend.desk.schemas import MOST_NOTES
from backend.exchange.handlers import Refused, Result, applied, held, rejected
from backend.exchange.kinds import State
from backend.exchange.work import Work
from sync.operation import Operation

Json = dict[str, Any]


def stated(work: Work, at: str | None) -> str:
    """The time that a person stated, never after receipt; the time of the deed when none was stated."""
    return work.acted_at if at is None else min(at, work.stamp)


def goes_on_as(work: Work, ticket: str) -> State:
    """The ticket, or the one with which it was merged: what is added to it goes there (sync.md 3.7, alias)."""
    row, known = work.must("ticket", ticket), {ticket}
    while row["merged_into"] is not None and row["merged_into"] not in known:
        known.add(row["merged_into"])
        row = work.must("ticket", row["merged_into"])
    return row


def append(work: Work, ticket: str, column: str, line: Json) -> None:
    """Add a line to one of the ticket's lists; beyond their limit the operation is rejected, not the ticket cut."""
    lines = work.must("ticket", ticket)[column]
    if len(lines) >= MOST_NOTES:
        raise Refused(rejected("too_many", column))
    work.set("ticket", ticket, **{column: [*lines, line]})


def record(
    work: Work, ticket: str, deed: str, was: Json, now: Json, reason: str | None = None, at: str | None = None
) -> None:
    """An event: every clock is computed from these when it is read, nothing is counted ahead."""
    line = {
        "at": at or work.acted_at,
        "by": work.actor.person_id,
        "deed": deed,
        "was": was,
        "now": now,
        "reason": reason,
    }
    append(work, ticket, "events", line)


def mark_response(work: Work, ticket: str, deed: str, at: str) -> None:
    """The first response is by a person of the provider and happens once."""
    if rules.responds(deed) and work.actor.roles & STAFF and work.must("ticket", ticket)["first_response_at"] is None:
        work.set("ticket", ticket, first_response_at=at)


def transition(
    work: Work, op: Operation, verb: str, *, reason: str | None = None, at: str | None = None, **fields: Any
) -> Result:
    """Move the state and write what comes with it, or hold the deed for the dispatcher: wrong_state."""
    ticket = work.must("ticket", op.entity[1])
    after = rules.move(ticket["state"], verb)
    if after is None:
        return held("wrong_state")
    written = {"state": after, **fields}
    changed = [name for name, value in written.items() if ticket[name] != value]
    work.set("ticket", ticket["id"], **written)
    was, now = {name: ticket[name] for name in changed}, {name: written[name] for name in changed}
    record(work, ticket["id"], verb, was, now, reason, at)
    mark_response(work, ticket["id"], verb, at or work.acted_at)
    return applied()


def note_of(work: Work, args: Json) -> Json:
    return {
        "id": args["note"],
        "at": work.acted_at,
        "by": work.actor.person_id,
        "text": args["text"],
        "visible": args["visible"],
    }


def record_decision(work: Work, conflict: Json) -> None:
    """Told that a conflict's candidate became current: a change like any other, for the clocks to see."""
    if conflict["kind"] == "ticket":
        was = {conflict["field"]: conflict["current"]["value"]}
        now = {conflict["field"]: conflict["candidate"]["value"]}
        record(work, conflict["entity"], "decide", was, now)
