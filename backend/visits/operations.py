"""What each operation on a visit does (model.md, States and Operations)."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from backend.core.fields import partly
from backend.core.roles import ENGINEER, OFFICE, STAFF, SYSTEM
from backend.exchange.handlers import Handler, OperationType, Result, applied, held, rejected
from backend.exchange.kinds import State
from backend.exchange.work import Work
from backend.visits import rules, schemas, scope, tasks
from backend.visits.content import open_visit, settle
from sync.ids import parse_number
from sync.operation import Operation

Args = dict[str, Any]


def create(work: Work, op: Operation, args: Args) -> Result:
    """A visit of a site. An engineer makes an unplanned one, which is at once their own (field.md C2)."""
    own = work.actor.device_kind == "tablet" or not work.actor.roles & OFFICE
    if own and not args["unplanned"]:
        return rejected("forbidden", "args.unplanned")
    site = work.must("site", args["site"])
    if args["legal_entity"] is not None:
        work.must("legal_entity", args["legal_entity"])
    number = args.pop("number") or work.next_number("V")
    if not _number_fits(work, number):
        return held("number")
    crew = [work.actor.person_id] if own else []
    visit = work.create("visit", op.entity[1], **_opening(work, site, args, crew), number=number)
    scope.enter(work, visit, crew)
    return applied()


def _number_fits(work: Work, number: str) -> bool:
    parts = parse_number(number)
    return parts is not None and work.may_use_code(parts[1]) and not work.find("visit", number=number)


def _opening(work: Work, site: State, args: Args, crew: list[str]) -> Args:
    return {
        **args,
        "client": site["client"],
        "client_name": site["client_name"],
        "site_name": site["name"],
        "legal_entity": args["legal_entity"] or _legal_entity(work, site["id"]),
        "state": "assigned" if crew else rules.LAW["first"],
        "engineers": crew,
        "lead": crew[0] if crew else None,
        "tickets": [],
        "marks": [],
        "flags": [],
        "stored": {},
    }


def _legal_entity(work: Work, site: str) -> str | None:
    """The company of the site's agreement; without one, the provider's first."""
    coverage = work.get("coverage", site)
    agreement = work.get("agreement", coverage["agreement"]) if coverage is not None else None
    if agreement is not None:
        return str(agreement["legal_entity"])
    return next((entity["id"] for entity in work.find("legal_entity")), None)


def plan(work: Work, op: Operation, args: Args) -> Result:
    visit = work.must("visit", op.entity[1])
    if not rules.plannable(visit["state"]):
        return held("wrong_state")
    result = work.change("visit", visit["id"], args)
    for person in visit["engineers"]:
        scope.settle_site(work, visit["site"], person)
    return result


def assign(work: Work, op: Operation, args: Args) -> Result:
    """Name the engineers and their lead. Who comes enters the visit and its site, who goes leaves (model.md)."""
    visit = work.must("visit", op.entity[1])
    after = rules.move(visit["state"], rules.assign_verb(args["engineers"]))
    if after is None:
        return held("wrong_state")
    for person in args["engineers"]:
        if not work.must("person", person)["active"]:
            return rejected("inactive", "args.engineers")
    result = work.change("visit", visit["id"], args)
    if work.must("visit", visit["id"])["engineers"] == args["engineers"]:
        work.set("visit", visit["id"], state=after)
        came, went = rules.crew_change(visit["engineers"], args["engineers"])
        scope.enter(work, visit, came)
        scope.leave(work, visit, went)
    return result


def edit(work: Work, op: Operation, args: Args) -> Result:
    if not rules.plannable(work.must("visit", op.entity[1])["state"]):
        return held("wrong_state")
    return work.change("visit", op.entity[1], args)


def add_ticket(work: Work, op: Operation, args: Args) -> Result:
    visit, ticket = open_visit(work, op.entity[1]), work.must("ticket", args["ticket"])
    if ticket["site"] != visit["site"]:
        return rejected("other_site", "args.ticket")
    if ticket["id"] in visit["tickets"]:
        return applied()
    if len(visit["tickets"]) >= schemas.MOST_TICKETS:
        return rejected("too_many", "args.ticket")
    work.set("visit", visit["id"], tickets=[*visit["tickets"], ticket["id"]])
    return applied()


def drop_ticket(work: Work, op: Operation, args: Args) -> Result:
    visit = open_visit(work, op.entity[1])
    work.set("visit", visit["id"], tickets=[ticket for ticket in visit["tickets"] if ticket != args["ticket"]])
    return applied()


def cancel(work: Work, op: Operation, args: Args) -> Result:
    """The engineers keep the visit in view, so that they see that it is cancelled."""
    visit = work.must("visit", op.entity[1])
    after = rules.move(visit["state"], "cancel")
    if after is None:
        return held("wrong_state")
    work.set("visit", visit["id"], state=after, cancel_reason=args["reason"])
    return applied()


def settle_scope(work: Work, op: Operation, _: Args) -> Result:
    """The program's daily word: nobody follows a finished visit once it is 14 days over (model.md, Audiences)."""
    visit = work.must("visit", op.entity[1])
    if visit["state"] not in rules.LAW["over"] or scope.is_near(work, visit):
        return held("wrong_state")
    scope.leave(work, visit, work.people_in(scope.visit_audience(visit["id"])))
    return applied()


def mark(work: Work, op: Operation, args: Args) -> Result:
    """A fact with its time, beside the state; `working` also begins the visit."""
    visit, by_office = work.must("visit", op.entity[1]), bool(work.actor.roles & OFFICE)
    if args["mark"] in rules.LAW["office_marks"] and not by_office:
        return rejected("forbidden", "args.mark")
    if len(visit["marks"]) >= schemas.MOST_MARKS:
        return rejected("too_many", "args.mark")
    settle(work, visit, rules.mark_content(visit["state"], args["mark"]))
    if args["mark"] not in rules.LAW["quiet_marks"] and not by_office:
        tasks.ask_old_slot(work, visit)
    visit = work.must("visit", visit["id"])
    at = work.acted_at if args["at"] is None else min(args["at"], work.stamp)
    fact = {
        "id": op.id,
        "mark": args["mark"],
        "at": at,
        "by": work.actor.person_id,
        "confidence": "tablet" if work.actor.device_kind == "tablet" else "office",
    }
    after = rules.state_after_mark(visit["state"], args["mark"])
    work.set("visit", visit["id"], marks=[*visit["marks"], fact], state=after)
    return applied()


def visit_type(name: str, args: Schema, handle: Handler, roles: frozenset[str]) -> OperationType:
    return OperationType(f"visit.{name}", 1, "visit", args, roles, handle)


OPERATIONS = (
    visit_type("create", schemas.VisitCreateArgs(), create, OFFICE | ENGINEER),
    visit_type("plan", schemas.Planned(), plan, OFFICE),
    visit_type("assign", schemas.VisitAssignArgs(), assign, OFFICE),
    visit_type("edit", partly(schemas.VisitEditArgs), edit, OFFICE),
    visit_type("add_ticket", schemas.VisitTicketArgs(), add_ticket, STAFF),
    visit_type("drop_ticket", schemas.VisitTicketArgs(), drop_ticket, OFFICE),
    visit_type("cancel", schemas.VisitCancelArgs(), cancel, OFFICE),
    visit_type("settle", schemas.Nothing(), settle_scope, SYSTEM),
    visit_type("mark", schemas.VisitMarkArgs(), mark, OFFICE | ENGINEER),
)
