"""Deciding what is held: an operation of the office carries it out now, or sets it aside with a reason."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from sqlalchemy import String, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import reading
from backend.core.entity import ID, TIME, WORD, Entity
from backend.core.problems import Problem
from backend.core.roles import OFFICE
from backend.core.schema import Lenient, ListOf, OneOf, Strict, Text, Uuid7
from backend.core.sqlite import QueueFull
from backend.exchange import registry
from backend.exchange.conflicts import Conflict
from backend.exchange.devices import DEVICES
from backend.exchange.handlers import OperationType, Refused, Result, applied, rejected
from backend.exchange.handlers import held as hold
from backend.exchange.kinds import Kind
from backend.exchange.models import LOG
from backend.exchange.outrun import Outrun
from backend.exchange.quarantine import waiting
from backend.exchange.upcasters import upcast
from backend.exchange.work import Work
from backend.identity.actor import Actor
from backend.identity.services import actor_of
from sync.operation import Operation, parse_operation
from sync.outcome import Status
from sync.protocol import LIMITS

log = logging.getLogger("singgah.exchange")

CHOICES = ("carry_out", "set_aside")
OUTCOMES = tuple(status.value for status in Status)
REASON = 500


class HeldDecision(Entity):
    """What the office made of one held operation; its id is the operation's. The sender's tablets are told.

    `status` and `code` say how it ended when it was carried out, and are None for one that was set aside.
    """

    __tablename__ = "held_decision"

    person: Mapped[str] = mapped_column(ID)
    device: Mapped[str] = mapped_column(ID)
    choice: Mapped[str] = mapped_column(WORD)
    reason: Mapped[str | None] = mapped_column(String(REASON))
    status: Mapped[str | None] = mapped_column(WORD)
    code: Mapped[str | None] = mapped_column(WORD)
    decided_by: Mapped[str] = mapped_column(ID)
    decided_at: Mapped[str] = mapped_column(TIME)


class HeldDecisionWire(Lenient):
    """The wire value: what the engineer's tablet says about work that was held."""

    device = fields.String(required=True)
    choice = OneOf(*CHOICES, required=True)
    reason = fields.String(required=True, allow_none=True)
    status = OneOf(*OUTCOMES, required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    decided_by = fields.String(required=True)
    decided_at = fields.String(required=True)


class HeldDecideArgs(Strict):
    """held.decide: `also` names held operations of the same device and entity that waited for this one."""

    choice = OneOf(*CHOICES, required=True)
    reason = Text(REASON, allow_none=True, load_default=None)
    also = ListOf(Uuid7(), LIMITS["push_operations"], load_default=[])

    @validates_schema
    def _says_why(self, data: dict[str, Any], **_: object) -> None:
        if data.get("choice") == "set_aside" and not data.get("reason"):
            raise ValidationError("say why it is set aside", "reason")


@dataclass(frozen=True)
class Line:
    """One held operation as it was received."""

    op: Operation
    n: int
    device: str
    device_code: str
    person: str
    sha256: str


def decide(work: Work, op: Operation, args: dict[str, Any]) -> Result:
    """Nobody decides twice (`held: wrong_state`). Of several carried out, those behind one that fails go on waiting;
    when the first one fails nothing happens, and the answer has its code.
    """
    lines = _lines(work, [op.entity[1], *args["also"]])
    first = next((line for line in lines if line.op.id == op.entity[1]), None)
    if first is None:
        return hold("wrong_state" if work.get("held_decision", op.entity[1]) is not None else "entity_gone")
    if any((line.device, line.op.entity) != (first.device, first.op.entity) for line in lines):
        return rejected("invalid", "args.also")
    for line in lines:
        _check_reach(work, line)
        result = _carried_out(work, line) if args["choice"] == "carry_out" else None
        if result is not None and not result.status.takes_effect:
            if line is first:
                return rejected(result.code or result.status.value)
            break
        _note(work, line, args, result)
    return applied()


def _lines(work: Work, ids: Sequence[str]) -> list[Line]:
    """Those of the operations that still wait, in the order in which they were made."""
    query = (
        select(LOG.c.body, LOG.c.n, LOG.c.device, DEVICES.c.code, LOG.c.person, LOG.c.sha256)
        .join(DEVICES, DEVICES.c.id == LOG.c.device)
        .where(LOG.c.org_id == work.actor.org_id, LOG.c.op_id.in_(sorted(set(ids))))
        .where(*waiting())
    )
    rows = work.rows.connection.execute(query.order_by(LOG.c.device, LOG.c.n)).all()
    return [line for line in (_line(row) for row in rows) if work.get("held_decision", line.op.id) is None]


def _line(row: Any) -> Line:
    if row.body is None:
        raise Refused(rejected("erased"))
    op = parse_operation(bytes(row.body).decode("utf-8"))
    assert isinstance(op, Operation), "what is held was read when it came"
    return Line(op, row.n, row.device, row.code, row.person, row.sha256)


def _check_reach(work: Work, line: Line) -> None:
    """A role may be held for one region or client only."""
    if not registry.current().reached(work, work.audience(line.op.entity)):
        raise Refused(rejected("out_of_scope"))


def _carried_out(work: Work, line: Line) -> Result:
    """By the handler of its type, as the work of the person who sent it; undone alone when it fails. What was written
    in a version that is no longer made means what it meant, as in a push.
    """
    exchange = registry.current()
    try:
        op = upcast(line.op, exchange.upcasters)
    except ValidationError:
        return rejected("invalid")
    kind = exchange.operations.get((op.type, op.v))
    if kind is None:
        return rejected("unknown_type")
    person = actor_of(work.actor.org_id, line.person)
    if not kind.roles & person.roles:
        return rejected("forbidden")
    before = work.layer.copy()
    known = op._replace(base=min(op.base, work.op.base or op.base))
    try:
        args = kind.args.load(op.args)
        with work.acting_for(person.through(line.device, "tablet", line.device_code), known, line.n):
            result = kind.handle(work, known, args)
        if result.status.takes_effect:
            _check_reach(work, line)
    except Refused as refusal:
        result = refusal.result
    except ValidationError:
        result = rejected("invalid")
    except (Problem, SQLAlchemyError, QueueFull, Outrun):
        raise
    except Exception:
        log.exception("a held operation failed again", extra={"device": line.device, "n": line.n})
        result = hold("server_error")
    if not result.status.takes_effect:
        work.layer = before
    return result


def _note(work: Work, line: Line, args: dict[str, Any], result: Result | None) -> None:
    work.create(
        "held_decision",
        line.op.id,
        person=line.person,
        device=line.device,
        choice=args["choice"],
        reason=args["reason"],
        status=None if result is None else result.status.value,
        code=None if result is None else result.code,
        decided_by=work.actor.person_id,
        decided_at=work.stamp,
    )
    work.settle(line.sha256)
    work.journal(f"held.{args['choice']}", f"{line.device}:{line.n}", line.sha256)


def decided_by(actor: Actor, row_id: str) -> str | None:
    """Who decided this conflict or held operation; None when nobody has."""
    with reading() as session:
        conflict = session.get(Conflict, (actor.org_id, row_id))
        decision = session.get(HeldDecision, (actor.org_id, row_id))
    if conflict is not None:
        return conflict.decided_by
    return decision.decided_by if decision is not None else None


KINDS = (Kind("held_decision", HeldDecision, HeldDecisionWire(), lambda state: f"u:{state['person']}"),)
OPERATIONS = (OperationType("held.decide", 1, "held_decision", HeldDecideArgs(), OFFICE, decide),)
__all__ = ["CHOICES", "KINDS", "OPERATIONS", "HeldDecision"]
