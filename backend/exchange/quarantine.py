"""What the office reads of the log: operations that are held, and all that was ever sent about a thing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from backend.core.db import db, reading
from backend.exchange.devices import DEVICES
from backend.exchange.models import LOG
from backend.identity.actor import Actor
from backend.identity.rules import OFFICE
from sync.outcome import Status

GAP, MISMATCH, UNSIGNED = RESCUED = ("rescue_gap", "rescue_mismatch", "rescue_unsigned")
"""Codes of what came in a tablet's rescue file and could not be carried out: kept under a server-side device."""
MOST = 200
MOST_HISTORY = 1_000
WAITS = or_(LOG.c.status == Status.HELD.value, and_(LOG.c.status == Status.REJECTED.value, LOG.c.code == "signed"))
"""What somebody must look at: what is held, and what came when the visit was signed already."""


@dataclass(frozen=True)
class Received:
    """One operation as it was received. `args` is None when it could not be read or its bytes were erased; `code` says
    why it was held or rejected; `at` is the time that its device stated.
    """

    id: str | None
    device: str
    device_code: str
    n: int
    type: str | None
    kind: str | None
    entity: str | None
    status: str
    code: str | None
    seq: int | None
    person: str
    at: str | None
    received_at: datetime
    args: dict[str, Any] | None


def held(actor: Actor) -> list[Received]:
    """What tablets sent and still waits for somebody of the office, oldest first, at most 200. Nothing for others.

    That is what is held, and what was rejected because the visit was signed already (sync.md 3.7: amendments).

    A form of the console that was refused told its sender at once and is not listed; nor is an operation twice that
    came again under another number.
    """
    if not actor.has(*OFFICE):
        return []
    asked = _lines(actor.org_id).where(*waiting())
    with reading() as session:
        return [_received(row) for row in session.execute(asked.order_by(LOG.c.received_at, LOG.c.n).limit(MOST))]


def held_counts(actor: Actor) -> dict[str, int]:
    """How many operations of each device wait for somebody of the office; empty for anybody else."""
    if not actor.has(*OFFICE):
        return {}
    asked = select(LOG.c.device, func.count().label("number")).join(DEVICES, DEVICES.c.id == LOG.c.device)
    mine = asked.where(LOG.c.org_id == actor.org_id, *waiting()).group_by(LOG.c.device)
    with reading() as session:
        return {row.device: row.number for row in session.execute(mine)}


def history(actor: Actor, entities: Iterable[str]) -> list[Received]:
    """All operations about these entities in the order of their arrival, at most 1,000 of the latest.

    The caller has found the entities in the actor's reach.
    """
    asked = _lines(actor.org_id).where(LOG.c.entity_id.in_(sorted(set(entities))), LOG.c.op_id.is_not(None))
    latest = asked.order_by(LOG.c.received_at.desc(), LOG.c.device, LOG.c.n.desc()).limit(MOST_HISTORY)
    with reading() as session:
        found = [_received(row) for row in session.execute(latest)]
    # Within one moment the feed knows the order; what took no effect comes behind.
    return sorted(found, key=lambda one: (one.received_at, one.seq is None, one.seq or 0, one.device, one.n))


def settle(org_id: str, digests: Iterable[str], by: str, at: datetime) -> None:
    """Held operations that were decided hold nothing back any more, under whatever number they came."""
    mine = (LOG.c.org_id == org_id, LOG.c.sha256.in_(sorted(set(digests))), WAITS)
    db.session.execute(update(LOG).where(*mine).values(set_aside_by=by, set_aside_at=at))


def _lines(org_id: str) -> Select[Any]:
    columns = (
        LOG.c.op_id, LOG.c.device, DEVICES.c.code.label("device_code"), LOG.c.n, LOG.c.type, LOG.c.kind,
        LOG.c.entity_id, LOG.c.status, LOG.c.code, LOG.c.seq, LOG.c.person, LOG.c.at, LOG.c.received_at, LOG.c.body,
    )  # fmt: skip
    return select(*columns).join(DEVICES, DEVICES.c.id == LOG.c.device).where(LOG.c.org_id == org_id)


def waiting() -> tuple[ColumnElement[bool], ...]:
    """Of LOG joined with DEVICES, what nobody has decided: from tablets, and what a rescue file brought for one."""
    return (
        WAITS,
        LOG.c.set_aside_at.is_(None),
        LOG.c.op_id.is_not(None),
        or_(DEVICES.c.kind == "tablet", LOG.c.code.in_(RESCUED)),
    )


def _received(row: Row[Any]) -> Received:
    return Received(
        row.op_id, row.device, row.device_code, row.n, row.type, row.kind, row.entity_id, row.status, row.code,
        row.seq, row.person, row.at, row.received_at, _args(row.body, row.type),
    )  # fmt: skip


def _args(body: bytes | None, type_: str | None) -> dict[str, Any] | None:
    """A string with a type was read as an operation when it came."""
    if body is None or type_ is None:
        return None
    args: dict[str, Any] = json.loads(body)["args"]
    return args
