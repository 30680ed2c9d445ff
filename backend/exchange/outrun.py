"""Whether somebody else committed what this transaction has read: then it must be done again.

Handlers read before the counter is locked. Every other writer of the organisation takes the same lock before it
writes, so once we hold it, what was committed since we began is exactly the heads above the position we began at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from backend.core.db import is_taken
from backend.exchange.models import HEADS
from backend.exchange.rows import Rows

log = logging.getLogger("singgah.exchange")

ATTEMPTS = 4
"""Tries before a transaction takes the counter first, so that nobody can outrun it."""

Answer = TypeVar("Answer")


class Outrun(Exception):
    """What was read is no longer so. Nothing was written; do it again."""


def again(attempt: Callable[[bool], Answer], device: str) -> Answer:
    """What `attempt(lock)` answers, a transaction of its own, repeated while somebody else outruns it; the last time it
    locks the counter first. Raises whatever else it raises.
    """
    for _ in range(ATTEMPTS):
        try:
            return attempt(False)
        except Outrun:
            log.info("outrun", extra={"device": device})
        except IntegrityError as twin:
            # Two tablets of one person brought the same operation at once: now the log has it.
            if not is_taken(twin):
                raise
            log.info("outrun by a twin", extra={"device": device})
    return attempt(True)


def check(rows: Rows, began: int, locked: int) -> None:
    """Raise Outrun when a row that was read, or a question that was asked, has another answer now."""
    if began == locked:
        return
    changed = _changed_since(rows.connection, rows.org_id, began)
    if changed & rows.known.keys():
        raise Outrun
    kinds = {kind for kind, _ in changed}
    for scan in rows.scans:
        if scan.kind in kinds:
            now = rows.scan(scan.kind, dict(scan.equals))
            if frozenset((row["id"], row["ver"]) for row in now) != scan.found:
                raise Outrun


def _changed_since(connection: Connection, org_id: str, began: int) -> set[tuple[str, str]]:
    query = select(HEADS.c.kind, HEADS.c.entity_id).where(HEADS.c.org_id == org_id, HEADS.c.seq > began)
    return {(row.kind, row.entity_id) for row in connection.execute(query)}
