"""Pull: the feed behind a cursor, in one snapshot that writes nothing (sync.md 3.4). Stored bytes are joined."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, literal_column, select

from backend.core import journal
from backend.core.db import reading
from backend.core.problems import Invalid
from backend.core.roles import STAFF
from backend.exchange import devices
from backend.exchange.flush import Position, position
from backend.exchange.models import HEADS, INTERVALS
from backend.exchange.problems import AppTooOld, CursorExpired, EpochChanged, NotStaff, NotTheOwner
from backend.exchange.push import DURABILITY
from backend.identity.actor import Actor
from sync.feed import BadCursor, decode_cursor, encode_cursor
from sync.protocol import LIMITS, PROTOCOL

MIN_APP = "0.1.0"
"""The oldest version of the app that should be running; it updates at a safe point."""
LOW = (1 << 32) - 1


@dataclass(frozen=True)
class Pull:
    """A pull request. `cursor` None begins anew; `proto` is the protocol that the app speaks."""

    proto: int
    epoch: str | None
    device: str
    cursor: str | None
    limit: int
    nonce: str


@dataclass(frozen=True)
class Place:
    """Where a pull is: everything up to `seq` was delivered. `began` is set while a bootstrap has pages to come: the
    head when it began, so that its early positions are not mistaken for those of a tablet that was away too long.
    """

    seq: int
    began: int | None = None

    @classmethod
    def read(cls, cursor: str | None, head: int) -> Place:
        """Raises Invalid for a cursor that nobody gave out."""
        if cursor is None:
            return cls(0, head)
        seq, dot, began = cursor.partition(".")
        try:
            return cls(decode_cursor(seq), decode_cursor(began) if dot else None)
        except BadCursor as wrong:
            raise Invalid("This cursor was never given out.", field="cursor") from wrong

    @property
    def cursor(self) -> str:
        behind = "" if self.began is None else f".{encode_cursor(self.began)}"
        return encode_cursor(self.seq) + behind

    def check(self, at: Position) -> None:
        """Raises CursorExpired when tombstones that it needs are gone, or it lies beyond the feed."""
        if (self.seq if self.began is None else self.began) < at.floor or self.seq > at.seq:
            raise CursorExpired


def pull(actor: Actor, asked: Pull) -> bytes:
    """The JSON answer: one page of rows in scope. Raises the problems of sync.md 3.6, NotTheOwner and NotStaff."""
    _check_reader(actor)
    if asked.proto < PROTOCOL:
        raise AppTooOld
    with reading() as session:
        connection = session.connection()
        device = devices.read(connection, actor.org_id, asked.device)
        at = position(connection, actor.org_id)
        if asked.epoch is not None and asked.epoch != at.epoch:
            raise EpochChanged(at.epoch, device.next_n)
        place = Place.read(asked.cursor, at.seq)
        place.check(at)
        audiences = _audiences(connection, actor)
        page, more = _page(connection, actor.org_id, audiences, place.seq, min(asked.limit, LIMITS["pull_rows"]))
        head = {
            "nonce": asked.nonce,
            "epoch": at.epoch,
            "cursor": _next(place, page, more, at.seq).cursor,
            "more": more,
            "head": at.seq,
            "journal": journal.head(actor.org_id)[1],
            "ack_n": device.next_n - 1,
            "durable_n": device.durable_n,
            "durability": DURABILITY,
            "min_app": MIN_APP,
            "directives": [],
        }
        if not more:
            head["sums"] = _sums(connection, actor.org_id, audiences) if page else {}
    return _answer(head, page)


def _check_reader(actor: Actor) -> None:
    """Roles count as they are now, whatever scopes are still open (identity.md 5.1)."""
    if actor.sent_by is not None:
        raise NotTheOwner
    if not actor.roles & STAFF:
        raise NotStaff


def _next(place: Place, page: Sequence[Row[int, bytes]], more: bool, head: int) -> Place:
    """After the last page everything up to the snapshot's head has been delivered, whoever it was for."""
    return Place(page[-1].seq, place.began) if more else Place(head)


def _audiences(connection: Connection, actor: Actor) -> list[str]:
    query = select(INTERVALS.c.audience).where(
        INTERVALS.c.org_id == actor.org_id, INTERVALS.c.person == actor.person_id, INTERVALS.c.leave_seq.is_(None)
    )
    return ["org", f"u:{actor.person_id}", *sorted(connection.execute(query).scalars())]


def _page(
    connection: Connection, org_id: str, audiences: list[str], after: int, limit: int
) -> tuple[Sequence[Row[int, bytes]], bool]:
    """Rows behind `after` in ascending order, at most `limit` and 1 MiB, and whether there are more."""
    query = select(HEADS.c.seq, HEADS.c.body).where(
        HEADS.c.org_id == org_id, HEADS.c.seq > after, HEADS.c.audience.in_(audiences)
    )
    rows = connection.execute(query.order_by(HEADS.c.seq).limit(limit + 1)).all()
    fits = _fitting(rows[:limit])
    return rows[:fits], fits < len(rows)


def _fitting(rows: Sequence[Row[int, bytes]]) -> int:
    """How many of the rows stay under the size of a page; one always does."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.body) + 24
        if size > LIMITS["pull_bytes"] and count:
            return count
    return len(rows)


def _sums(connection: Connection, org_id: str, audiences: list[str]) -> dict[str, str]:
    """The checksum of each visit's live rows (decisions.md 33), summed by the database in halves of 32 bits."""
    visits = [audience for audience in audiences if audience.startswith("v:")]
    if not visits:
        return {}
    low, high = func.sum(HEADS.c.mark.op("&")(LOW)), func.sum(HEADS.c.mark.op(">>")(literal_column("32")))
    query = select(HEADS.c.audience, low, high).where(
        HEADS.c.org_id == org_id, HEADS.c.audience.in_(visits), HEADS.c.deleted.is_(False)
    )
    rows = connection.execute(query.group_by(HEADS.c.audience))
    sums = {audience: (int(lows) + (int(highs) << 32)) % (1 << 64) for audience, lows, highs in rows}
    return {audience: f"{sums.get(audience, 0):016x}" for audience in visits}


def _answer(head: dict[str, Any], page: Sequence[Row[int, bytes]]) -> bytes:
    rows = b",".join([b'{"s":%d,' % row.seq + bytes(row.body) for row in page])
    return json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"changes":[' + rows + b"]}"
