"""Whether somebody else committed what this transaction has read: then it must be done again.

Handlers read before the counter is locked. Every other writer of the organisation takes the same lock before it
writes, so once we hold it, what was committed since we began is exactly the heads above the position we began at.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from backend.exchange.models import HEADS
from backend.exchange.rows import Rows


class Outrun(Exception):
    """What was read is no longer so. Nothing was written; do it again."""


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
