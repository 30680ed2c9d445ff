"""The exchange's own tables: the counter, the feed, the log of operations, who sees what."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base
from backend.core.entity import ID, TIME, WORD

AUDIENCE = String(40)
DIGEST = String(64)


class SyncOrg(Base):
    """One row per organisation. Its lock makes the order of positions the order of commits (sync.md P1).

    `durable_seq` is where the feed stood in the newest verified backup, `backed_up_at` when that was; None before the
    first.
    """

    __tablename__ = "sync_org"

    org_id: Mapped[str] = mapped_column(ID, primary_key=True)
    epoch: Mapped[str] = mapped_column(ID)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    floor: Mapped[int] = mapped_column(BigInteger, default=0)
    durable_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    backed_up_at: Mapped[datetime | None]


class SyncHead(Base):
    """The latest state of one entity in one audience: a feed that compacts itself.

    `body` is the row as it is delivered, without the brace and position before it. `mark` is the checksum of
    (kind, id, ver), an unsigned 64-bit number kept as a signed one.
    """

    __tablename__ = "sync_head"
    __table_args__ = (UniqueConstraint("org_id", "seq", name="uq_sync_head_seq"),)

    org_id: Mapped[str] = mapped_column(ID, primary_key=True)
    audience: Mapped[str] = mapped_column(AUDIENCE, primary_key=True)
    kind: Mapped[str] = mapped_column(WORD, primary_key=True)
    entity_id: Mapped[str] = mapped_column(ID, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    ver: Mapped[int] = mapped_column(BigInteger)
    deleted: Mapped[bool] = mapped_column(Boolean)
    mark: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class SyncOp(Base):
    """One operation as it was received, and its outcome as it was answered. Never deleted; `body` can be emptied.

    `op_id` is None for a string that repeats an id (its own id is in the body). `link` is the device's chain after it.
    A held one that somebody of the office has dealt with is set aside: it holds nothing back any more.
    """

    __tablename__ = "sync_op"
    __table_args__ = (
        Index("ix_sync_op_id", "org_id", "op_id", unique=True),
        Index("ix_sync_op_entity", "org_id", "entity_id"),
        Index("ix_sync_op_status", "org_id", "status", "received_at"),
    )

    org_id: Mapped[str] = mapped_column(ID, primary_key=True)
    device: Mapped[str] = mapped_column(ID, primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    op_id: Mapped[str | None] = mapped_column(ID)
    sha256: Mapped[str] = mapped_column(DIGEST)
    link: Mapped[str] = mapped_column(DIGEST)
    type: Mapped[str | None] = mapped_column(String(65))
    v: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str | None] = mapped_column(WORD)
    entity_id: Mapped[str | None] = mapped_column(ID)
    base: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[str | None] = mapped_column(TIME)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    person: Mapped[str] = mapped_column(ID)
    sent_by: Mapped[str | None] = mapped_column(ID)
    office: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str] = mapped_column(String(8))
    code: Mapped[str | None] = mapped_column(WORD)
    seq: Mapped[int | None] = mapped_column(BigInteger)
    outcome: Mapped[bytes] = mapped_column(LargeBinary)
    request_id: Mapped[str | None] = mapped_column(WORD)
    set_aside_by: Mapped[str | None] = mapped_column(ID)
    set_aside_at: Mapped[datetime | None]


class ScopeInterval(Base):
    """A person sees an audience from `enter_seq`, until `leave_seq` where that is set."""

    __tablename__ = "scope_interval"
    __table_args__ = (Index("ix_scope_interval_audience", "org_id", "audience"),)

    org_id: Mapped[str] = mapped_column(ID, primary_key=True)
    person: Mapped[str] = mapped_column(ID, primary_key=True)
    audience: Mapped[str] = mapped_column(AUDIENCE, primary_key=True)
    enter_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    leave_seq: Mapped[int | None] = mapped_column(BigInteger)
    left_at: Mapped[datetime | None]


# For statements of Core, which is how all of these are read and written.
ORGS = cast(Table, SyncOrg.__table__)
HEADS = cast(Table, SyncHead.__table__)
LOG = cast(Table, SyncOp.__table__)
INTERVALS = cast(Table, ScopeInterval.__table__)
