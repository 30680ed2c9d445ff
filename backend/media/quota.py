"""How much a device may send in a day, counted in the database: every process and every restart counts on."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from backend.core import clock, settings
from backend.core.db import current_unit, db
from backend.media.models import UploadDay
from backend.media.problems import QuotaSpent


def spend(org_id: str, device: str, size: int) -> None:
    """Count `size` bytes for today, in the unit of work that keeps them. Raises QuotaSpent: then nothing is kept.

    The count is raised and read in one statement: two chunks at once cannot both take the last bytes.
    """
    current_unit()
    now, most = clock.now().astimezone(UTC), settings.current().upload_quota
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    counted = insert(UploadDay).values(device=device, day=now.date(), org_id=org_id, bytes=size)
    more = {"bytes": UploadDay.bytes + counted.excluded.bytes}
    raised = counted.on_conflict_do_update(index_elements=["device", "day"], set_=more).returning(UploadDay.bytes)
    if db.session.scalars(raised).one() > most:
        raise QuotaSpent(most, _until_tomorrow(now))


def forget() -> None:
    """Drop the counts of days that are over, in a unit of work."""
    current_unit()
    db.session.execute(delete(UploadDay).where(UploadDay.day < clock.now().astimezone(UTC).date()))


def _until_tomorrow(now: datetime) -> int:
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time.min, UTC)
    return math.ceil((tomorrow - now).total_seconds())
