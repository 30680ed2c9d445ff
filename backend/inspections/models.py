"""Published checklists, runs of them on visits, and the readings that runs leave on assets."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.entity import ID, JSON_VALUE, WORD, Entity

Json = dict[str, Any]


class Checklist(Entity):
    """A published definition, named by the digest of its canonical bytes (checklists C9). Never edited."""

    __tablename__ = "checklist"
    __table_args__ = (
        Index("ix_checklist_digest", "org_id", "digest", unique=True),
        Index("ix_checklist_slug", "org_id", "slug"),
    )

    digest: Mapped[str] = mapped_column(String(64))
    slug: Mapped[str] = mapped_column(String(120))
    title: Mapped[Json] = mapped_column(JSON_VALUE)
    kind: Mapped[str] = mapped_column(WORD)
    definition: Mapped[Json] = mapped_column(JSON_VALUE)
    state: Mapped[str] = mapped_column(WORD)


class Run(Entity):
    """A checklist being filled on a visit, pinned to a digest. Its fields are its item ids."""

    __tablename__ = "run"
    __table_args__ = (
        Index("ix_run_visit", "org_id", "visit", "position"),
        Index("ix_run_asset", "org_id", "asset"),
    )

    visit: Mapped[str] = mapped_column(ID)
    checklist: Mapped[str] = mapped_column(String(64))
    asset: Mapped[str | None] = mapped_column(ID)
    answers: Mapped[Json] = mapped_column(JSON_VALUE)
    remarks: Mapped[Json] = mapped_column(JSON_VALUE)
    waivers: Mapped[Json] = mapped_column(JSON_VALUE)
    authors: Mapped[Json] = mapped_column(JSON_VALUE)
    dropped: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)


class Reading(Entity):
    """The last eight values of one numeric item on one asset, oldest first."""

    __tablename__ = "reading"
    __table_args__ = (
        Index("ix_reading_asset_item", "org_id", "asset", "checklist_slug", "item", unique=True),
        Index("ix_reading_site", "org_id", "site"),
    )

    site: Mapped[str] = mapped_column(ID)
    asset: Mapped[str] = mapped_column(ID)
    item: Mapped[str] = mapped_column(String(120))
    checklist_slug: Mapped[str] = mapped_column(String(120))
    label: Mapped[Json] = mapped_column(JSON_VALUE)
    unit: Mapped[str | None] = mapped_column(WORD)
    values: Mapped[list[Json]] = mapped_column(JSON_VALUE)
