"""Once a day: what was resolved a week ago and not disputed is closed (model.md, States)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from backend.core import clock, jobs
from backend.core.db import reading
from backend.core.schema import wire_time
from backend.desk import rules
from backend.desk.models import Ticket
from backend.exchange import services as exchange

KIND = "tickets.close"
QUIET = timedelta(days=rules.LAW["close_after_days"])
MOST = 1_000
"""Tickets closed in one day; the rest follows the next."""


def run(_: jobs.Job) -> None:
    """Close through `ticket.close`, an organisation at a time. Twice is once: a closed ticket is resolved no more."""
    until = wire_time(clock.now() - QUIET)
    asked = select(Ticket.org_id, Ticket.id).where(Ticket.state == "resolved", Ticket.resolved_at <= until)
    with reading() as session:
        found = session.execute(asked.order_by(Ticket.resolved_at, Ticket.id).limit(MOST)).all()
    for org_id in sorted({row.org_id for row in found}):
        asks: list[exchange.Ask] = [("ticket.close", ("ticket", row.id), {}) for row in found if row.org_id == org_id]
        exchange.submit(exchange.program(org_id), asks)
