"""What each operation on a ticket does (model.md, States; sync.md 3.7)."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from backend.core.fields import partly
from backend.core.roles import DESK, ENGINEER, STAFF, SYSTEM
from backend.desk import models, rules, schemas
from backend.desk.deeds import append, goes_on_as, mark_response, note_of, record, stated, transition
from backend.exchange.handlers import Handler, OperationType, Result, applied, held, rejected
from backend.exchange.kinds import Kind
from backend.exchange.work import Work
from sync.ids import parse_number
from sync.operation import Operation

Args = dict[str, Any]
FACTS = ("impact", "urgency", "priority", "category", "asset", "title")
"""Fields whose change is an event: clocks and repeats are computed from them."""


def _number(work: Work, given: str | None) -> str:
    """The tablet's own number when it fits, or the next one of the acting device; else held, never lost."""
    return given if given is not None else work.next_number("T")


def _number_fault(work: Work, number: str) -> Result | None:
    parts = parse_number(number)
    if parts is None or not work.may_use_code(parts[1]) or work.find("ticket", number=number):
        return held("number")
    return None


def create(work: Work, op: Operation, args: Args) -> Result:
    """A new ticket of a site. A finding it came from was made at that site; the opening time is never in the future."""
    site = work.must("site", args["site"])
    if args["asset"] is not None:
        work.must("asset", args["asset"])
    if args["came_from"] is not None and work.must("visit", args["came_from"]["visit"])["site"] != site["id"]:
        return rejected("other_site", "args.came_from.visit")
    number = _number(work, args.pop("number"))
    fault = _number_fault(work, number)
    if fault is not None:
        return fault
    work.create("ticket", op.entity[1], **_opening(work, args), number=number, client=site["client"])
    record(work, op.entity[1], "create", {}, {"state": rules.LAW["first"]})
    return applied()


def _opening(work: Work, args: Args) -> Args:
    by_engineer = args["walk_up"] and bool(work.actor.roles & ENGINEER)
    return {
        **args,
        "priority": rules.priority(args["impact"], args["urgency"]),
        "state": rules.LAW["first"],
        "tier": rules.TIERS[0],
        "assignee": work.actor.person_id if by_engineer else None,
        "opened_at": stated(work, args["opened_at"]),
        "repeat_key": _repeat_key(args),
        "notes": [],
        "timeline": [],
        "events": [],
    }


def _repeat_key(ticket: Args) -> str | None:
    facts = (ticket[name] for name in ("kind", "category", "asset", "site", "reporter"))
    return rules.repeat_key(*facts)


def edit(work: Work, op: Operation, args: Args) -> Result:
    """Change what is known. Priority follows impact × urgency unless the office overrides it with a reason."""
    before, reason = work.must("ticket", op.entity[1]), args.pop("reason", None)
    if args.get("asset") is not None:
        work.must("asset", args["asset"])
    if "priority" not in args and {"impact", "urgency"} & args.keys():
        both = {**before, **args}
        args["priority"] = rules.priority(both["impact"], both["urgency"])
    result = work.change("ticket", op.entity[1], args)
    after = work.must("ticket", op.entity[1])
    work.set("ticket", op.entity[1], repeat_key=_repeat_key(after))
    changed = [name for name in FACTS if before[name] != after[name]]
    if changed:
        was, now = ({name: row[name] for name in changed} for row in (before, after))
        record(work, op.entity[1], "edit", was, now, reason)
    return result


def assign(work: Work, op: Operation, args: Args) -> Result:
    before = work.must("ticket", op.entity[1])["assignee"]
    if args["assignee"] is not None and not work.must("person", args["assignee"])["active"]:
        return rejected("inactive", "args.assignee")
    result = work.change("ticket", op.entity[1], args)
    after = work.must("ticket", op.entity[1])["assignee"]
    if before != after:
        record(work, op.entity[1], "assign", {"assignee": before}, {"assignee": after})
    return result


def start(work: Work, op: Operation, _: Args) -> Result:
    return transition(work, op, "start")


def wait(work: Work, op: Operation, args: Args) -> Result:
    return transition(work, op, "wait", reason=args["note"], waiting_for=args["reason"])


def resume(work: Work, op: Operation, _: Args) -> Result:
    return transition(work, op, "resume", waiting_for=None)


def escalate(work: Work, op: Operation, args: Args) -> Result:
    """Hand over to another tier with a note."""
    ticket = work.must("ticket", op.entity[1])
    if not rules.is_open(ticket["state"]):
        return held("wrong_state")
    result = work.change("ticket", op.entity[1], {"tier": args["tier"]})
    now = work.must("ticket", op.entity[1])["tier"]
    record(work, op.entity[1], "escalate", {"tier": ticket["tier"]}, {"tier": now}, args["note"])
    return result


def restore(work: Work, op: Operation, args: Args) -> Result:
    """The service is usable again: a fact beside the state; a workaround counts."""
    ticket, at = work.must("ticket", op.entity[1]), stated(work, args["at"])
    work.set("ticket", op.entity[1], restored_at=at, usable_at=ticket["usable_at"] or at)
    record(work, op.entity[1], "restore", {"restored_at": ticket["restored_at"]}, {"restored_at": at})
    return applied()


def resolve(work: Work, op: Operation, args: Args) -> Result:
    at = stated(work, args.pop("at"))
    return transition(work, op, "resolve", at=at, **args, resolved_at=at, waiting_for=None)


def close(work: Work, op: Operation, _: Args) -> Result:
    return transition(work, op, "close")


def reopen(work: Work, op: Operation, args: Args) -> Result:
    return transition(work, op, "reopen", reason=args["reason"], resolved_at=None)


def merge(work: Work, op: Operation, args: Args) -> Result:
    """One ticket goes on as the other, which says so in its timeline."""
    ticket, into = work.must("ticket", op.entity[1]), work.must("ticket", args["into"])
    if into["id"] == ticket["id"] or into["merged_into"] is not None:
        return rejected("invalid", "args.into")
    if into["client"] != ticket["client"]:
        return rejected("other_client", "args.into")
    result = transition(work, op, "merge", merged_into=into["id"], waiting_for=None)
    if result.status.takes_effect:
        append(work, into["id"], "timeline", {"at": work.stamp, "who": None, "text": ticket["number"]})
    return result


def note(work: Work, op: Operation, args: Args) -> Result:
    """Add a note, once. One that the client sees is an answer to the client."""
    ticket = goes_on_as(work, op.entity[1])
    if any(known["id"] == args["note"] for known in ticket["notes"]):
        return applied()
    append(work, ticket["id"], "notes", note_of(work, args))
    if args["visible"] == "client":
        mark_response(work, ticket["id"], "client_note", work.acted_at)
    return applied()


def timeline(work: Work, op: Operation, args: Args) -> Result:
    line = {"at": stated(work, args["at"]), "who": args["who"], "text": args["text"]}
    append(work, goes_on_as(work, op.entity[1])["id"], "timeline", line)
    return applied()


def _type(name: str, args: Schema, handle: Handler, roles: frozenset[str]) -> OperationType:
    return OperationType(f"ticket.{name}", 1, "ticket", args, roles, handle)


OPERATIONS = (
    _type("create", schemas.TicketCreateArgs(), create, STAFF),
    _type("edit", partly(schemas.TicketEditArgs), edit, DESK),
    _type("assign", schemas.TicketAssignArgs(), assign, DESK),
    _type("start", schemas.Nothing(), start, STAFF),
    _type("wait", schemas.TicketWaitArgs(), wait, STAFF),
    _type("resume", schemas.Nothing(), resume, STAFF),
    _type("escalate", schemas.TicketEscalateArgs(), escalate, STAFF),
    _type("restore", schemas.TicketRestoreArgs(), restore, STAFF),
    _type("resolve", schemas.TicketResolveArgs(), resolve, STAFF),
    _type("close", schemas.Nothing(), close, DESK | SYSTEM),
    _type("reopen", schemas.TicketReopenArgs(), reopen, DESK),
    _type("merge", schemas.TicketMergeArgs(), merge, DESK),
    _type("note", schemas.TicketNoteArgs(), note, STAFF),
    _type("timeline", schemas.TicketTimelineArgs(), timeline, STAFF),
)

KINDS = (Kind("ticket", models.Ticket, schemas.TicketWire(), lambda state: f"s:{state['site']}"),)
