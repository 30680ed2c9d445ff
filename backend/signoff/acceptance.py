"""Whether an envelope is this device's signature over a record of this visit (evidence.md 4.3 step 7, sync.md 3.6).

A record that fails is kept in its operation: malformed ones are rejected with the field, unproven ones held.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from backend.core.journal import JournalEntry
from backend.exchange.handlers import Refused, held, rejected
from backend.exchange.services import head
from backend.exchange.work import Work
from backend.identity.services import Device
from backend.signoff.envelope import named_key
from backend.signoff.record import RecordInvalid, SignatureInvalid, SignoffRecord, read_record, verify_envelope
from sync import chain

MALFORMED = frozenset({"members", "header", "payload", "too_large"})
"""Faults of the envelope's form; every other one is a signature that does not hold."""


def accepted_record(work: Work, visit: str, envelope: Mapping[str, str]) -> SignoffRecord:
    """The record inside. Ends the operation when it is malformed, unproven or of another visit."""
    key = signing_key(work, named_key(envelope))
    record = _read(_verified(key, envelope))
    if (record.org, record.jkt, record.engineer) != (work.actor.org_id, key.jkt, work.actor.person_id):
        raise Refused(held("signature"))
    if record.visit != visit:
        raise Refused(rejected("invalid", "args.envelope.payload.visit"))
    return record


def _verified(key: Row[Any, Any, Any], envelope: Mapping[str, str]) -> bytes:
    if key.jwk is None:
        raise Refused(held("signature"))
    try:
        return verify_envelope(envelope, key.jwk)
    except SignatureInvalid as fault:
        refusal = rejected("invalid", f"args.envelope.{fault.code}") if fault.code in MALFORMED else held("signature")
        raise Refused(refusal) from fault


def _read(data: bytes) -> SignoffRecord:
    try:
        return read_record(data)
    except RecordInvalid as fault:
        raise Refused(rejected("invalid", f"args.envelope.payload.{fault.field or fault.code}")) from fault


def signing_key(work: Work, jkt: str | None) -> Row[Any, Any, Any]:
    """`id`, `jwk` and `jkt` of the device with this thumbprint, if it is the pushing one or another tablet of its
    person that is not revoked or wiped; else of the pushing one. What was signed before a storage was copied comes from
    the device that it has become.
    """
    table = Device.__table__
    mine = (
        table.c.org_id == work.actor.org_id,
        table.c.person_id == work.actor.person_id,
        table.c.status.not_in(("revoked", "wiped")),
        table.c.jkt == jkt,
    )
    asked = select(table.c.id, table.c.jwk, table.c.jkt)
    found = work.rows.connection.execute(asked.where(*mine)).one_or_none()
    return found or work.rows.connection.execute(asked.where(table.c.id == work.actor.device_id)).one()


def anchored_at(work: Work, record: SignoffRecord) -> datetime | None:
    """When the journal line that the tablet knew was written; None before its first pull. Never issued: held."""
    if record.anchor_journal is None and record.anchor_position == 0:
        return None
    if record.anchor_position > head(work.actor.org_id) or record.anchor_journal is None:
        raise Refused(held("anchor"))
    if record.anchor_journal == chain.start(work.actor.org_id):
        return None
    query = select(JournalEntry.at).where(
        JournalEntry.org_id == work.actor.org_id, JournalEntry.hash == record.anchor_journal
    )
    at = work.rows.connection.execute(query).scalar()
    if at is None:
        raise Refused(held("anchor"))
    return datetime.fromisoformat(at)
