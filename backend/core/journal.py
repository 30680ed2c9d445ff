"""The journal of an organisation: append only, its own counter, each line chained to the one before (decisions.md 13).

A line holds ids and a digest of bytes that contain a random salt, never values, so that personal data can be erased
elsewhere while the chain still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Index, String, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from backend.core import clock
from backend.core.bulk import insert_rows
from backend.core.db import Base, Id, current_unit, db, glance, reading
from backend.core.entity import TIME
from backend.core.schema import wire_time
from sync import canonical, chain


class JournalEntry(Base):
    """One line. `entry` counts from 1 without gaps; `hash` is sync.chain.journal_link of prev and the line."""

    __tablename__ = "journal"
    # A sign-off names the line it was anchored to by its hash.
    __table_args__ = (Index("ix_journal_hash", "org_id", "hash"),)

    org_id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(TIME)
    kind: Mapped[str] = mapped_column(String(60))
    ref: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class JournalHead(Base):
    """The last line of each organisation; its row is the lock that makes the counter gapless on PostgreSQL."""

    __tablename__ = "journal_head"

    org_id: Mapped[str] = mapped_column(Id, primary_key=True)
    entry: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


@dataclass(frozen=True)
class Line:
    """A line to be written: what happened, to what, and the salted digest of its facts."""

    kind: str
    ref: str
    digest: str


def append(org_id: str, kind: str, ref: str, digest: str, at: datetime) -> str:
    """Add one line in the unit of work under way; the journal's new hash."""
    return append_all(org_id, [Line(kind, ref, digest)], at)


ENTRIES, HEADS = cast(Table, JournalEntry.__table__), cast(Table, JournalHead.__table__)
HEAD = select(HEADS.c.entry, HEADS.c.hash).where(HEADS.c.org_id == bindparam("org"))
LOCKED = HEAD.with_for_update()
MOVE = (
    update(HEADS).where(HEADS.c.org_id == bindparam("org")).values(entry=bindparam("entry"), hash=bindparam("last"))
)


def append_all(org_id: str, lines: list[Line], at: datetime) -> str:
    """Add lines in their order in the unit of work under way; the journal's new hash."""
    current_unit()
    entry, last = _locked_head(org_id)
    rows = []
    for line in lines:
        entry += 1
        said = {"entry": entry, "at": wire_time(at), "kind": line.kind, "ref": line.ref, "digest": line.digest}
        prev, last = last, chain.journal_link(last, {"org": org_id, **said})
        rows.append({"org_id": org_id, **said, "prev": prev, "hash": last})
    insert_rows(db.session.connection(), ENTRIES, rows)
    db.session.execute(MOVE, {"org": org_id, "entry": entry, "last": last})
    return last


def salted(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts and a random salt: says nothing to whoever lacks both."""
    return hashlib.sha256(canonical.loose({**facts, "salt": clock.random(16).hex()})).hexdigest()


def head(org_id: str) -> tuple[int, str]:
    """Number and hash of the last line; (0, link(0)) for an empty journal."""
    with glance() as connection:
        found = connection.execute(HEAD, {"org": org_id}).one_or_none()
    return (found.entry, found.hash) if found else (0, chain.start(org_id))


def first_fault(org_id: str) -> int | None:
    """The first entry that does not follow from the one before, or None when the whole chain holds.

    A missing tail is one past the last entry. What an insider who rewrites line and head alike did is invisible here.
    """
    prev, expected = chain.start(org_id), 1
    with reading() as session:
        lines = session.scalars(
            select(JournalEntry).where(JournalEntry.org_id == org_id).order_by(JournalEntry.entry)
        )
        for line in lines.yield_per(1_000):
            if line.entry != expected or line.prev != prev or line.hash != _recomputed(line):
                return expected
            prev, expected = line.hash, expected + 1
        kept = session.get(JournalHead, org_id)
    return None if (kept.hash if kept else chain.start(org_id)) == prev else expected


def _recomputed(line: JournalEntry) -> str:
    facts = {
        "org": line.org_id, "entry": line.entry, "at": line.at,
        "kind": line.kind, "ref": line.ref, "digest": line.digest,
    }  # fmt: skip
    return chain.journal_link(line.prev, facts)


def _locked_head(org_id: str) -> tuple[int, str]:
    """Number and hash of the last line, ours until the transaction ends."""
    found = db.session.execute(LOCKED, {"org": org_id}).one_or_none()
    if found is None:
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        first = insert(JournalHead).values(org_id=org_id, entry=0, hash=chain.start(org_id))
        db.session.execute(first.on_conflict_do_nothing())
        found = db.session.execute(LOCKED, {"org": org_id}).one()
    return found.entry, found.hash
