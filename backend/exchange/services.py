"""What other slices may ask of the exchange: submit operations, know where the feed stands, who sees what."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import Schema
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from backend.core import clock
from backend.core.db import current_unit, db, reading, unit
from backend.core.schema import wire_time
from backend.exchange import devices, outrun, registry
from backend.exchange.conflicts import Conflict, conflicts_of, open_conflicts
from backend.exchange.execute import Batch
from backend.exchange.flush import deliver
from backend.exchange.handlers import SYSTEM
from backend.exchange.held import HeldDecision, decided_by
from backend.exchange.models import ScopeInterval, SyncOrg
from backend.exchange.oplog import OperationLog
from backend.exchange.poke import announce
from backend.exchange.problems import DeviceUnknown
from backend.exchange.push import NOT_ITS_FAULT, Keeping
from backend.exchange.quarantine import Received, held, held_counts, history
from backend.exchange.rescued import TakenIn, take_in
from backend.identity.actor import Actor
from backend.identity.devices import saw, server_device
from backend.identity.models import Device
from backend.identity.rules import SEEN
from backend.identity.services import Enrolled

__all__ = [
    "Conflict", "HeldDecision", "Received", "TakenIn", "conflicts_of", "decided_by", "held", "held_counts", "history",
    "open_conflicts", "take_in",
]  # fmt: skip

log = logging.getLogger("singgah.exchange")

Ask = tuple[str, tuple[str, str], Mapping[str, Any]]
"""(operation type, (kind, id), args)."""

def submit(actor: Actor, ops: Sequence[Ask], base: int = 0, at: datetime | None = None) -> list[dict[str, Any]]:
    """Send operations through the actor's server-side device, all in one transaction; their results in order.

    `base`: the feed's head when the page that the person acted on was made (a form's hidden field), 0 for none.
    `at`: when the person acted, the present by default. An operation that is held or rejected says so in its result
    and does not disturb the others. Opens its own unit of work. Raises Busy when the database cannot take it.
    A decision about held work that the database refuses is `rejected: server_error`, and the work goes on waiting.
    """
    texts = [_operation(ask, base, at or clock.now()) for ask in ops]
    sender = _sender(actor)
    try:
        return outrun.again(lambda lock: _submitted(sender, texts, lock=lock), str(sender.device_id))
    except NOT_ITS_FAULT:
        raise
    except SQLAlchemyError:
        if any(type_ != "held.decide" for type_, _, _ in ops):
            raise
        # Only when all is written does the database say no to what a tablet wanted; nothing of the decision was kept.
        log.exception("held work cannot be written", extra={"ops": [entity[1] for _, entity, _ in ops]})
        return [{"status": "rejected", "code": "server_error"} for _ in ops]


def _operation(ask: Ask, base: int, at: datetime) -> str:
    type_, entity, args = ask
    value = {
        "id": clock.new_id(),
        "type": type_,
        "v": registry.current().newest(type_),
        "entity": list(entity),
        "base": base,
        "args": dict(args),
        "at": wire_time(at),
        "mono": 0,
        "off": 0,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sender(actor: Actor) -> Actor:
    """The actor with the server-side device of that person. One that must be made is made beforehand: it writes a
    journal line, and who carries out operations locks the journal last (sync.md P4).
    """
    asked = select(Device).where(
        Device.org_id == actor.org_id,
        Device.person_id == actor.person_id,
        Device.kind == "server",
        Device.status == "active",
    )
    with reading() as session:
        device = session.scalar(asked.order_by(Device.created_at).limit(1))
    if device is None:
        with unit():
            device = server_device(actor.org_id, actor.person_id)
    return actor.through(device.id, device.kind, device.code)


def through_server(actor: Actor) -> Actor:
    """The person through their server-side device, made in a unit of its own where there is none yet."""
    return _sender(actor)


def _submitted(sender: Actor, texts: list[str], *, lock: bool) -> list[dict[str, Any]]:
    with unit(fed=True) as work:
        connection = db.session.connection()
        place = devices.read(connection, sender.org_id, str(sender.device_id), lock=True)
        keeping = Keeping(connection, work, sender, place, OperationLog(connection, sender.org_id))
        answers, _ = keeping.carry_out(Batch(place.next_n, place.last_link, texts), {}, lock=lock)
    return [json.loads(answer) for answer in answers]


def arguments_of(type_: str) -> Schema:
    """The shape of an operation's arguments, so that a form can say everything that is wrong with them at once."""
    known = registry.current()
    return known.operations[type_, known.newest(type_)].args


def program(org_id: str) -> Actor:
    """The installation itself, as its jobs act: no person holds its role."""
    return Actor(org_id, org_id, frozenset({SYSTEM}))


def found(org_id: str) -> None:
    """Begin the feed of a new organisation. Needs a unit of work; twice is once."""
    current_unit()
    if db.session.scalar(select(SyncOrg.org_id).where(SyncOrg.org_id == org_id)) is None:
        db.session.execute(insert(SyncOrg).values(org_id=org_id, epoch=clock.new_id(), seq=0, floor=0))


def note_durable(org_id: str, epoch: str, seq: int, received: Mapping[str, int], at: datetime) -> None:
    """A verified backup of that moment holds the feed up to `seq`, and of each device what it had sent up to the number
    in `received`. Needs a unit of work. An epoch that has ended meanwhile says nothing of the present one.
    """
    current_unit()
    now = db.session.execute(select(SyncOrg.epoch, SyncOrg.backed_up_at).where(SyncOrg.org_id == org_id)).one()
    if now.epoch != epoch or (now.backed_up_at is not None and now.backed_up_at > at):
        return
    # In the order of a push: devices first, the counter behind them.
    for device, n in sorted(received.items()):
        grown = (Device.org_id == org_id, Device.id == device, Device.durable_n < n, Device.next_n > n)
        db.session.execute(update(Device).where(*grown).values(durable_n=n))
    held = update(SyncOrg).where(SyncOrg.org_id == org_id)
    db.session.execute(held.values(durable_seq=seq, backed_up_at=at))


def last_backup() -> datetime | None:
    """When every organisation was last in a verified backup; None when one never was, or there is none."""
    with reading() as session:
        times = list(session.scalars(select(SyncOrg.backed_up_at)))
    known = [at for at in times if at is not None]
    return min(known) if known and len(known) == len(times) else None


def positions() -> dict[str, tuple[str, int]]:
    """Of each organisation the epoch and where its feed stands."""
    with reading() as session:
        rows = session.execute(select(SyncOrg.org_id, SyncOrg.epoch, SyncOrg.seq))
        return {row.org_id: (row.epoch, row.seq) for row in rows}


def bump_epoch(org_id: str) -> str:
    """History may have been cut (a restore): every tablet starts anew and sends what is missing. Needs a unit.

    Rolling tokens begin anew as well: those that tablets hold may come from the history that is lost.
    """
    current_unit()
    org = db.session.get_one(SyncOrg, org_id, with_for_update=True)
    org.epoch = clock.new_id()
    # A new line of tokens: those given out after the copy was made would look like a fork of the tablet.
    db.session.execute(update(Device).where(Device.org_id == org_id).values(resume=None, resume_before=None))
    return org.epoch


def head(org_id: str) -> int:
    """Where the organisation's feed stands, for the hidden `base` of a form; 0 before its first change."""
    with reading() as session:
        return session.scalar(select(SyncOrg.seq).where(SyncOrg.org_id == org_id)) or 0


def people_in(org_id: str, audience: str) -> list[str]:
    """Ids of the persons in an audience now."""
    with reading() as session:
        asked = select(ScopeInterval.person).where(
            ScopeInterval.org_id == org_id, ScopeInterval.audience == audience, ScopeInterval.leave_seq.is_(None)
        )
        return sorted(set(session.scalars(asked)))


def audiences_of(org_id: str, person: str) -> list[str]:
    """The audiences (v:…, s:…) that a person is in now."""
    with reading() as session:
        asked = select(ScopeInterval.audience).where(
            ScopeInterval.org_id == org_id, ScopeInterval.person == person, ScopeInterval.leave_seq.is_(None)
        )
        return sorted(set(session.scalars(asked)))


def has_had(org_id: str, person: str, audience: str) -> bool:
    """Whether the person is in the audience or ever was."""
    with reading() as session:
        asked = select(ScopeInterval.enter_seq).where(
            ScopeInterval.org_id == org_id, ScopeInterval.person == person, ScopeInterval.audience == audience
        )
        return session.scalar(asked.limit(1)) is not None


def heard(device: Enrolled, claimed: str, schema: int) -> None:
    """A tablet has spoken: note it once a minute. Raises DeviceUnknown when it speaks as another device."""
    if device.id != claimed:
        raise DeviceUnknown
    now = clock.now()
    if device.last_seen is None or now - device.last_seen >= SEEN:
        with unit():
            saw(device.id, schema=schema)


def feed_device(device: Device) -> None:
    """Let the owner's tablets know of an enrolment or a change of state. Identity calls it in its own unit."""
    connection = db.session.connection()
    value = {"code": device.code, "name": device.name, "status": device.status, "person": device.person_id}
    seq = deliver(connection, device.org_id, f"u:{device.person_id}", ("device", device.id), value)
    announce(connection, current_unit(), device.org_id, seq)
