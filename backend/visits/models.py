"""Visits and what belongs to one: photos, time, notes, and the line it leaves in the site's history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.entity import DAY, ID, JSON_VALUE, TIME, WORD, Entity

Json = dict[str, Any]


class Visit(Entity):
    """One visit: its state, its marks beside the state, its flags, and the sign-off that binds it.

    Office only: stored, the uploads that have arrived whole, {sha256: whether it can be read}.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_number", "org_id", "number", unique=True),
        Index("ix_visit_starts", "org_id", "starts_at"),
        Index("ix_visit_state", "org_id", "state", "starts_at"),
        Index("ix_visit_site", "org_id", "site", "starts_at"),
        Index("ix_visit_client", "org_id", "client", "starts_at"),
    )

    number: Mapped[str] = mapped_column(WORD)
    client: Mapped[str] = mapped_column(ID)
    client_name: Mapped[str] = mapped_column(String(200))
    site: Mapped[str] = mapped_column(ID)
    site_name: Mapped[str] = mapped_column(String(200))
    legal_entity: Mapped[str | None] = mapped_column(ID)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(WORD)
    state: Mapped[str] = mapped_column(WORD)
    starts_at: Mapped[str] = mapped_column(TIME)
    ends_at: Mapped[str] = mapped_column(TIME)
    engineers: Mapped[list[str]] = mapped_column(JSON_VALUE)
    lead: Mapped[str | None] = mapped_column(ID)
    tickets: Mapped[list[str]] = mapped_column(JSON_VALUE)
    marks: Mapped[list[Json]] = mapped_column(JSON_VALUE)
    flags: Mapped[list[str]] = mapped_column(JSON_VALUE)
    outcome: Mapped[str | None] = mapped_column(WORD)
    unplanned: Mapped[bool] = mapped_column(Boolean, default=False)
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    briefing: Mapped[str | None] = mapped_column(Text)
    signed: Mapped[Json | None] = mapped_column(JSON_VALUE)
    report: Mapped[str | None] = mapped_column(ID)
    stored: Mapped[Json] = mapped_column(JSON_VALUE)


class Photo(Entity):
    """A photo on a run's item, a ticket or the visit. `sha256` names the bytes that the tablet made."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_visit", "org_id", "visit"),
        Index("ix_photo_sha256", "org_id", "sha256"),
    )

    visit: Mapped[str] = mapped_column(ID)
    on: Mapped[Json] = mapped_column(JSON_VALUE)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    w: Mapped[int] = mapped_column(Integer)
    h: Mapped[int] = mapped_column(Integer)
    caption: Mapped[str | None] = mapped_column(String(300))
    visible: Mapped[str] = mapped_column(WORD)
    state: Mapped[str] = mapped_column(WORD)
    taken_at: Mapped[str] = mapped_column(TIME)
    by: Mapped[str] = mapped_column(ID)
    removed: Mapped[str | None] = mapped_column(Text)


class TimeEntry(Entity):
    """Minutes of one person on a visit, a ticket, or both (field.md C10). Whole minutes."""

    __tablename__ = "time_entry"
    __table_args__ = (
        Index("ix_time_entry_visit", "org_id", "visit"),
        Index("ix_time_entry_ticket", "org_id", "ticket"),
        Index("ix_time_entry_person", "org_id", "person", "starts_at"),
    )

    visit: Mapped[str | None] = mapped_column(ID)
    ticket: Mapped[str | None] = mapped_column(ID)
    person: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(WORD)
    starts_at: Mapped[str] = mapped_column(TIME)
    ends_at: Mapped[str | None] = mapped_column(TIME)
    minutes: Mapped[int] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)
    removed: Mapped[str | None] = mapped_column(Text)


class Note(Entity):
    """An internal note on a visit."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_visit", "org_id", "visit"),)

    visit: Mapped[str] = mapped_column(ID)
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(ID)
    at: Mapped[str] = mapped_column(TIME)


class History(Entity):
    """One row per past visit of a site, as the next engineer wants to read it. Its id is the visit's id."""

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_site", "org_id", "site", "on"),)

    site: Mapped[str] = mapped_column(ID)
    visit: Mapped[str] = mapped_column(ID)
    number: Mapped[str] = mapped_column(WORD)
    on: Mapped[str] = mapped_column(DAY)
    kind: Mapped[str] = mapped_column(WORD)
    outcome: Mapped[str | None] = mapped_column(WORD)
    engineers: Mapped[list[str]] = mapped_column(JSON_VALUE)
    summary: Mapped[str] = mapped_column(Text)


class Task(Entity):
    """Something about a visit that a person of the office must decide (sync.md 3.7). `what`: see tasks.CHOICES.

    State: open, settled. `signoff`: the one that was named as governing, for `second_signature`.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("ix_task_state", "org_id", "state"),
        Index("ix_task_visit", "org_id", "visit"),
    )

    visit: Mapped[str] = mapped_column(ID)
    what: Mapped[str] = mapped_column(WORD)
    state: Mapped[str] = mapped_column(WORD)
    since: Mapped[str] = mapped_column(TIME)
    choice: Mapped[str | None] = mapped_column(WORD)
    note: Mapped[str | None] = mapped_column(String(500))
    signoff: Mapped[str | None] = mapped_column(ID)
    settled_by: Mapped[str | None] = mapped_column(ID)
    settled_at: Mapped[str | None] = mapped_column(TIME)
