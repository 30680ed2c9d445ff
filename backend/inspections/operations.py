"""What each operation on checklists and runs does. The room `checklists` says what an answer means."""

from __future__ import annotations

from typing import Any

from backend.core.roles import ENGINEER, OFFICE
from backend.exchange.handlers import OperationType, Refused, Result, applied, held, rejected
from backend.exchange.kinds import Kind, State
from backend.exchange.work import Work
from backend.inspections import models, schemas
from backend.inspections.definitions import pinned
from backend.visits.services import open_visit
from checklists import InvalidAnswer, InvalidDefinition, Item, canonical_answer, digest, parse_definition
from sync.operation import Operation

Args = dict[str, Any]
MOST_RUNS = 200


def publish(work: Work, op: Operation, args: Args) -> Result:
    """A definition is valid or refused whole, with the first fault's path (checklists C1). Its digest is its name."""
    plain = args["definition"]
    try:
        definition = parse_definition(plain)
    except InvalidDefinition as fault:
        return rejected(fault.faults[0].reason, f"args.definition.{fault.faults[0].path}".rstrip("."))
    name = digest(plain)
    if work.find("checklist", digest=name):
        return rejected("taken", "args.definition")
    facts = {"slug": definition.id, "title": dict(definition.title), "kind": definition.kind}
    work.create("checklist", op.entity[1], digest=name, definition=plain, state="published", **facts)
    return applied()


def retire(work: Work, op: Operation, _: Args) -> Result:
    """No new run of it; runs that are pinned to it go on."""
    if work.must("checklist", op.entity[1])["state"] == "retired":
        return held("wrong_state")
    work.set("checklist", op.entity[1], state="retired")
    return applied()


def add_run(work: Work, op: Operation, args: Args) -> Result:
    visit = open_visit(work, op.entity[1])
    found = work.find("checklist", digest=args["checklist"])
    if not found:
        return held("entity_gone")
    if found[0]["state"] == "retired" and work.actor.device_kind != "tablet":
        return rejected("retired", "args.checklist")
    if args["asset"] is not None:
        work.must("asset", args["asset"])
    runs = work.find("run", visit=visit["id"])
    if len(runs) >= MOST_RUNS:
        return rejected("too_many", "args.run")
    empty: Args = {"answers": {}, "remarks": {}, "waivers": {}, "authors": {}}
    pin = {"visit": visit["id"], "checklist": args["checklist"], "asset": args["asset"]}
    work.create("run", args["run"], **pin, **empty, position=len(runs))
    return applied()


def drop_run(work: Work, op: Operation, args: Args) -> Result:
    """Taken off the visit with its reason; what was answered stays."""
    visit, run = open_visit(work, op.entity[1]), work.must("run", args["run"])
    if run["visit"] != visit["id"]:
        return rejected("invalid", "args.run")
    work.set("run", run["id"], dropped=args["reason"])
    return applied()


def set_answer(work: Work, op: Operation, args: Args) -> Result:
    """The first accepted answer stays current; another one beside it is a conflict (sync.md 3.7, evidence)."""
    item = _item(work, op, args["item"])
    try:
        value = None if args["value"] is None else canonical_answer(item, args["value"])
    except InvalidAnswer as fault:
        return rejected(fault.reason, "args.value")
    return _write(work, op, f"answers.{item.id}", value)


def set_remark(work: Work, op: Operation, args: Args) -> Result:
    return _write(work, op, f"remarks.{_item(work, op, args['item']).id}", args["text"])


def waive(work: Work, op: Operation, args: Args) -> Result:
    """A rule of the place stands in the way. A witness of the client says so; the sign-off prints it (field.md A9)."""
    waiver = {"rule": args["rule"], "witness": args["witness"]}
    return _write(work, op, f"waivers.{_item(work, op, args['item']).id}", waiver)


def _item(work: Work, op: Operation, item: str) -> Item:
    """The item in the definition to which the run is pinned; the visit must take content."""
    run = work.must("run", op.entity[1])
    open_visit(work, run["visit"])
    definition = pinned(work, run["checklist"])
    if definition is None:
        raise Refused(held("entity_gone"))
    found = definition.items.get(item)
    if found is None:
        raise Refused(rejected("unknown_item", "args.item"))
    return found


def _write(work: Work, op: Operation, field: str, value: Any) -> Result:
    """Change one field by the merge law, and say whose it is when it became current."""
    before = work.must("run", op.entity[1])
    result = work.change("run", op.entity[1], {field: value})
    if work.must("run", op.entity[1]) is not before:
        author = {"by": work.actor.person_id, "at": work.acted_at}
        work.put("run", op.entity[1], {f"authors.{field.split('.', 1)[1]}": author})
    return result


def name_author(work: Work, conflict: State) -> None:
    """Told that a conflict's candidate became current: the value is its writer's."""
    column, dot, item = conflict["field"].partition(".")
    if conflict["kind"] == "run" and dot and column != "authors":
        author = {"by": conflict["candidate"]["by"], "at": conflict["candidate"]["at"]}
        work.put("run", conflict["entity"], {f"authors.{item}": author})


OPERATIONS = (
    OperationType("checklist.publish", 1, "checklist", schemas.ChecklistPublishArgs(), OFFICE, publish),
    OperationType("checklist.retire", 1, "checklist", schemas.Nothing(), OFFICE, retire),
    OperationType("visit.add_run", 1, "visit", schemas.AddRunArgs(), OFFICE | ENGINEER, add_run),
    OperationType("visit.drop_run", 1, "visit", schemas.DropRunArgs(), OFFICE, drop_run),
    OperationType("answer.set", 1, "run", schemas.AnswerSetArgs(), ENGINEER, set_answer),
    OperationType("remark.set", 1, "run", schemas.RemarkSetArgs(), ENGINEER, set_remark),
    OperationType("waive", 1, "run", schemas.WaiveArgs(), ENGINEER, waive),
)


def _visit(state: State) -> str:
    return f"v:{state['visit']}"


KINDS = (
    Kind("checklist", models.Checklist, schemas.ChecklistWire(), lambda _: "org"),
    Kind("run", models.Run, schemas.RunWire(), _visit),
    Kind("reading", models.Reading, schemas.ReadingWire(), lambda state: f"s:{state['site']}"),
)
