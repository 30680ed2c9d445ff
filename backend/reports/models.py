"""The report of a signed visit: waiting until it is sealed and verified, then never changed."""

from __future__ import annotations

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.entity import ID, TIME, WORD, Entity


class Report(Entity):
    """One revision of one visit's report. Office only: fault (why making it failed)."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_visit", "org_id", "visit", "revision", unique=True),
        Index("ix_report_public_id", "public_id", unique=True),
        Index("ix_report_sha256", "sha256"),
    )

    visit: Mapped[str] = mapped_column(ID)
    number: Mapped[str] = mapped_column(WORD)
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(WORD)
    sha256: Mapped[str | None] = mapped_column(String(64))
    pages: Mapped[int | None] = mapped_column(Integer)
    public_id: Mapped[str | None] = mapped_column(WORD)
    sealed_at: Mapped[str | None] = mapped_column(TIME)
    fault: Mapped[str | None] = mapped_column(Text)
