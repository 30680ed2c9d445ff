"""Identity's own rows. They are not operations: each change of them is a journal line (house.md, One way in)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id, Json


class Account(Base):
    """A way for one person to sign in. The sign-in name is unique in the installation, lower case.

    `status` is active or disabled; `password` an argon2id hash.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("org_id", "person_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    sign_in: Mapped[str] = mapped_column(String(200), unique=True)
    password: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]


class SessionRow(Base):
    """A living session. Only the SHA-256 of its cookie is kept (base64url), which is also the proof's `ath`.

    `kind` is a key of rules.LIFETIMES.
    """

    __tablename__ = "session"

    token_hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class Membership(Base):
    """A role of a person within a scope: organisation, region, client or site.

    For the scope organisation `scope_id` is the organisation's own id.
    """

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("org_id", "person_id", "role", "scope_type", "scope_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    role: Mapped[str] = mapped_column(String(20))
    scope_type: Mapped[str] = mapped_column(String(20))
    scope_id: Mapped[str] = mapped_column(Id)


class Device(Base):
    """What sends operations: a person's tablet, or the server itself for a person or for the program's jobs.

    Identity owns who it is; exchange owns its place in the protocol (`next_n`, `last_link`, `resume`, `resume_before`,
    `durable_n`, `next_number`). `status`: pending, active, suspended, revoked, wiped. `storage_mb`: what the browser
    allows. `ended_as`: lost or replaced, where somebody said so. `report`: what the tablet last said of itself.
    `stated`: name and sign-in name of its person as its enrolment statement has them, once a restored server has
    re-admitted it by that.
    """

    __tablename__ = "device"
    __table_args__ = (
        UniqueConstraint("org_id", "code"),
        UniqueConstraint("jkt"),
        Index("ix_device_person", "org_id", "person_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    jwk: Mapped[dict[str, Any] | None] = mapped_column(Json)
    jkt: Mapped[str | None] = mapped_column(String(43))
    standalone: Mapped[bool] = mapped_column(Boolean, default=False)
    persisted: Mapped[bool] = mapped_column(Boolean, default=False)
    storage_mb: Mapped[int | None] = mapped_column(Integer)
    app: Mapped[str | None] = mapped_column(String(40))
    schema: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    last_seen: Mapped[datetime | None]
    next_n: Mapped[int] = mapped_column(BigInteger, default=1)
    last_link: Mapped[str] = mapped_column(String(64))
    resume: Mapped[str | None] = mapped_column(String(64))
    resume_before: Mapped[str | None] = mapped_column(String(64))
    durable_n: Mapped[int] = mapped_column(BigInteger, default=0)
    next_number: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    stated: Mapped[dict[str, Any] | None] = mapped_column(Json)
    ended_as: Mapped[str | None] = mapped_column(String(10))
    compromised_since: Mapped[datetime | None]
    wipe_asked_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reported_at: Mapped[datetime | None]
