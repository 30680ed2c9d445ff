"""Tickets: what a client needs, from the first word to the documented close."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.entity import ID, JSON_VALUE, TIME, WORD, Entity

Json = dict[str, Any]


class Ticket(Entity):
    """One ticket with its notes, timeline and events; every clock is computed from `events` when read.

    Office only: merged_into (the ticket that took this one over).
    """

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_number", "org_id", "number", unique=True),
        Index("ix_ticket_state", "org_id", "state", "opened_at"),
        Index("ix_ticket_site", "org_id", "site"),
        Index("ix_ticket_client", "org_id", "client"),
        Index("ix_ticket_opened", "org_id", "opened_at"),
        Index("ix_ticket_assignee", "org_id", "assignee"),
        Index("ix_ticket_repeat", "org_id", "repeat_key"),
    )

    number: Mapped[str] = mapped_column(WORD)
    kind: Mapped[str] = mapped_column(WORD)
    site: Mapped[str] = mapped_column(ID)
    client: Mapped[str] = mapped_column(ID)
    asset: Mapped[str | None] = mapped_column(ID)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    impact: Mapped[str] = mapped_column(WORD)
    urgency: Mapped[str] = mapped_column(WORD)
    priority: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(WORD)
    tier: Mapped[str] = mapped_column(String(2))
    category: Mapped[str] = mapped_column(WORD)
    channel: Mapped[str] = mapped_column(WORD)
    reporter: Mapped[str | None] = mapped_column(String(200))
    assignee: Mapped[str | None] = mapped_column(ID)
    opened_at: Mapped[str] = mapped_column(TIME)
    first_response_at: Mapped[str | None] = mapped_column(TIME)
    resolved_at: Mapped[str | None] = mapped_column(TIME)
    restored_at: Mapped[str | None] = mapped_column(TIME)
    waiting_for: Mapped[str | None] = mapped_column(WORD)
    cause: Mapped[str | None] = mapped_column(Text)
    action: Mapped[str | None] = mapped_column(Text)
    prevention: Mapped[str | None] = mapped_column(Text)
    repeat_key: Mapped[str | None] = mapped_column(String(120))
    came_from: Mapped[Json | None] = mapped_column(JSON_VALUE)
    walk_up: Mapped[bool] = mapped_column(Boolean, default=False)
    notes: Mapped[list[Json]] = mapped_column(JSON_VALUE)
    timeline: Mapped[list[Json]] = mapped_column(JSON_VALUE)
    events: Mapped[list[Json]] = mapped_column(JSON_VALUE)
    down_from: Mapped[str | None] = mapped_column(TIME)
    usable_at: Mapped[str | None] = mapped_column(TIME)
    data_lost: Mapped[str | None] = mapped_column(String(200))
    merged_into: Mapped[str | None] = mapped_column(ID)
