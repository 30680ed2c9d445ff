"""Once a day: tombstones that every tablet has had 180 days to fetch are forgotten, and the feed's floor rises.

A tablet whose cursor lies before the floor may have missed one: it is answered 410 and begins anew (S17, S18).
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select, update

from backend.core import clock
from backend.core.db import db, reading, unit
from backend.core.jobs import Job
from backend.exchange.flush import position
from backend.exchange.models import HEADS, LOG, ORGS
from sync.protocol import LIMITS

KIND = "exchange.forget"
KEPT = timedelta(days=LIMITS["tombstone_days"])


def run(_: Job) -> None:
    """Every organisation, each in a unit of its own."""
    with reading() as session:
        orgs = list(session.execute(select(ORGS.c.org_id).order_by(ORGS.c.org_id)).scalars())
    for org_id in orgs:
        forget(org_id)


def forget(org_id: str) -> int:
    """Forget the organisation's old tombstones; how many they were. Opens its own unit of work.

    The log says when the feed was where: everything up to its newest operation of that age is at least as old.
    """
    with unit():
        connection = db.session.connection()
        old = select(func.max(LOG.c.seq)).where(LOG.c.org_id == org_id, LOG.c.received_at <= clock.now() - KEPT)
        until = connection.execute(old).scalar()
        if until is None:
            return 0
        at = position(connection, org_id, lock=True)
        gone = (HEADS.c.org_id == org_id) & HEADS.c.deleted.is_(True) & (HEADS.c.seq <= until)
        count, last = connection.execute(select(func.count(), func.max(HEADS.c.seq)).where(gone)).one()
        if count:
            connection.execute(delete(HEADS).where(gone))
            # Not higher than the last tombstone: whoever has that one has missed nothing.
            connection.execute(update(ORGS).where(ORGS.c.org_id == org_id).values(floor=max(at.floor, last)))
        return int(count)
