"""The client's sign-off as it was received: the evidence that a report is made from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.entity import ID, JSON_VALUE, TIME, WORD, Entity

Json = dict[str, Any]


class Signoff(Entity):
    """One accepted sign-off record. Its id is the record's id.

    Office only: envelope (the JWS as received, JSON text), jkt (the device key's thumbprint), prev (the record before
    this one of the same device), documents (what the record names: kind, id, sha256, bytes), anchored_at (time of the
    journal line that the tablet knew: the record is not older).
    """

    __tablename__ = "signoff"
    __table_args__ = (
        Index("ix_signoff_visit", "org_id", "visit"),
        Index("ix_signoff_device", "org_id", "jkt", "seq"),
    )

    visit: Mapped[str] = mapped_column(ID)
    record: Mapped[str] = mapped_column(ID)
    sha256: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(WORD)
    declined: Mapped[str | None] = mapped_column(WORD)
    locale: Mapped[str] = mapped_column(String(8))
    received_at: Mapped[str] = mapped_column(TIME)
    seq: Mapped[int] = mapped_column(BigInteger)
    flags: Mapped[list[str]] = mapped_column(JSON_VALUE)
    state: Mapped[str] = mapped_column(WORD)
    envelope: Mapped[str] = mapped_column(Text)
    jkt: Mapped[str] = mapped_column(String(64))
    prev: Mapped[str] = mapped_column(String(64))
    documents: Mapped[list[Json]] = mapped_column(JSON_VALUE)
    anchored_at: Mapped[str | None] = mapped_column(TIME)
