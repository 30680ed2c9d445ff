"""Operations that are held: the office sees what each wanted, deals with it, and sets it aside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from backend.core import clock, journal
from backend.core.db import current_unit, db, reading
from backend.core.problems import Conflict, Forbidden, NotFound
from backend.exchange.models import LOG
from backend.identity.actor import Actor
from backend.identity.rules import OFFICE
from sync.outcome import Status

MOST = 200


@dataclass(frozen=True)
class Held:
    """One held operation. `args` is None when it could not be read or its bytes were erased. `code` says why."""

    device: str
    n: int
    type: str | None
    kind: str | None
    entity: str | None
    code: str | None
    person: str
    received_at: datetime
    args: dict[str, Any] | None


def held(actor: Actor) -> list[Held]:
    """What waits for somebody of the office, oldest first, at most 200. Nothing for anybody else."""
    if not actor.has(*OFFICE):
        return []
    asked = select(LOG).where(
        LOG.c.org_id == actor.org_id, LOG.c.status == Status.HELD.value, LOG.c.set_aside_at.is_(None)
    )
    with reading() as session:
        rows = session.execute(asked.order_by(LOG.c.received_at, LOG.c.n).limit(MOST)).all()
    return [
        Held(
            row.device, row.n, row.type, row.kind, row.entity_id, row.code, row.person, row.received_at,
            _args(row.body, row.type),
        )
        for row in rows
    ]  # fmt: skip


def set_aside(actor: Actor, device: str, n: int) -> None:
    """Somebody of the office has dealt with it. The operation and its outcome stay as they are; what the device sends
    for the same entity from now on is carried out again. Needs a unit of work. Raises Forbidden, NotFound, Conflict.
    """
    current_unit()
    if not actor.has(*OFFICE):
        raise Forbidden("Only the office sets operations aside.")
    mine = (LOG.c.org_id == actor.org_id, LOG.c.device == device, LOG.c.n == n)
    row = db.session.execute(select(LOG.c.status, LOG.c.set_aside_at, LOG.c.sha256).where(*mine)).one_or_none()
    if row is None:
        raise NotFound("There is no such operation.")
    if row.status != Status.HELD.value or row.set_aside_at is not None:
        raise Conflict("This operation is not waiting.")
    now = clock.now()
    db.session.execute(update(LOG).where(*mine).values(set_aside_by=actor.person_id, set_aside_at=now))
    journal.append(actor.org_id, "operation.set_aside", f"{device}:{n}", row.sha256, now)


def _args(body: bytes | None, type_: str | None) -> dict[str, Any] | None:
    """A held string was read as an operation when it came, or it has no type."""
    if body is None or type_ is None:
        return None
    args: dict[str, Any] = json.loads(body)["args"]
    return args
