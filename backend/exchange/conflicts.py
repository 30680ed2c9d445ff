"""Two values for one field: kept side by side until somebody decides (sync.md 3.7, decisions.md 32)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import fields, post_dump
from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import reading
from backend.core.entity import ID, JSON_VALUE, WORD, Entity
from backend.core.roles import OFFICE, SYSTEM
from backend.core.schema import Lenient, OneOf, Strict
from backend.exchange import registry
from backend.exchange.clashes import WITHHELD
from backend.exchange.handlers import OperationType, Result, applied, held, rejected
from backend.exchange.kinds import Kind, State
from backend.exchange.work import Work
from backend.identity.actor import Actor
from sync.operation import Operation


class Conflict(Entity):
    """`current` {value, by, at} is in force, `candidate` {value, by, at, op} came second. State: open, decided.

    `choice` (current, candidate) without `decided_by` was made by the law: the office overrules on the schedule.
    `current` with `withheld` keeps its value from the candidate's author.
    """

    __tablename__ = "conflict"
    __table_args__ = (
        Index("ix_conflict_visit", "org_id", "visit"),
        Index("ix_conflict_entity", "org_id", "entity"),
        Index("ix_conflict_state", "org_id", "state"),
    )

    visit: Mapped[str | None] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(WORD)
    entity: Mapped[str] = mapped_column(ID)
    field: Mapped[str] = mapped_column(String(200))
    current: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    candidate: Mapped[dict[str, Any]] = mapped_column(JSON_VALUE)
    state: Mapped[str] = mapped_column(WORD)
    choice: Mapped[str | None] = mapped_column(WORD)
    decided_by: Mapped[str | None] = mapped_column(ID)


class ConflictWire(Lenient):
    """The wire value of a conflict."""

    visit = fields.String(required=True, allow_none=True)
    kind = fields.String(required=True)
    entity = fields.String(required=True)
    field = fields.String(required=True)
    current = fields.Dict(required=True)
    candidate = fields.Dict(required=True)
    state = OneOf("open", "decided", required=True)
    choice = OneOf("current", "candidate", required=True, allow_none=True)
    decided_by = fields.String(required=True, allow_none=True)

    @post_dump
    def _withhold(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        current = data["current"]
        return {**data, "current": {**current, "value": None}} if current.get(WITHHELD) else data


class DecideArgs(Strict):
    """conflict.decide: which of the two values is to be current."""

    choice = OneOf("current", "candidate", required=True)


def decide(work: Work, op: Operation, args: dict[str, Any]) -> Result:
    """The chosen value is current from now on. A conflict that is decided already is `held: wrong_state`.

    Choosing the current one writes nothing: its writer may have corrected it since.
    """
    conflict = work.must("conflict", op.entity[1])
    if conflict["state"] != "open":
        return held("wrong_state")
    work.must(conflict["kind"], conflict["entity"])
    # A conflict outside visits is of its sender's audience, which has no limits: whoever reaches the row decides.
    if not registry.current().reached(work, work.audience((conflict["kind"], conflict["entity"]))):
        return rejected("out_of_scope")
    if args["choice"] == "candidate":
        work.put(conflict["kind"], conflict["entity"], {conflict["field"]: conflict["candidate"]["value"]})
        for tell in registry.current().on_decided:
            tell(work, conflict)
    return close(work, conflict, args["choice"], work.actor.person_id)


def close(work: Work, conflict: State, choice: str, decided_by: str | None) -> Result:
    """Say that it is decided and by whom; the value itself is the caller's to write."""
    work.set("conflict", conflict["id"], state="decided", choice=choice, decided_by=decided_by)
    return applied()


MOST = 200


def open_conflicts(actor: Actor) -> list[Conflict]:
    """Every open one of the organisation, oldest first, at most 200. Reach is the caller's to ask."""
    query = select(Conflict).where(Conflict.org_id == actor.org_id, Conflict.state == "open")
    with reading() as session:
        return list(session.scalars(query.order_by(Conflict.id).limit(MOST)))


def conflicts_of(actor: Actor, entities: Iterable[str]) -> list[Conflict]:
    """Open and decided ones of these entities, oldest first: where the value that lost stays to be seen."""
    query = select(Conflict).where(Conflict.org_id == actor.org_id, Conflict.entity.in_(sorted(set(entities))))
    with reading() as session:
        return list(session.scalars(query.order_by(Conflict.id)))


def _audience(state: State) -> str:
    """That of the visit; outside visits the person whose value came second, so that their tablet hears of the end."""
    return f"v:{state['visit']}" if state["visit"] is not None else f"u:{state['candidate']['by']}"


KINDS = (Kind("conflict", Conflict, ConflictWire(), _audience),)
OPERATIONS = (OperationType("conflict.decide", 1, "conflict", DecideArgs(), OFFICE | SYSTEM, decide),)
