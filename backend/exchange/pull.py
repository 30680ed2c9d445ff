"""Pull: the feed behind a cursor, in one snapshot that writes nothing (sync.md 3.4). Stored bytes are joined."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, select

from backend.core import journal
from backend.core.db import snapshot
from backend.core.roles import STAFF
from backend.exchange import devices, registry
from backend.exchange.cursors import Place
from backend.exchange.flush import position
from backend.exchange.kinds import Kind
from backend.exchange.models import HEADS, INTERVALS
from backend.exchange.problems import AppTooOld, EpochChanged, NotStaff, NotTheOwner
from backend.identity.actor import Actor
from sync.protocol import LIMITS, PROTOCOL, SCHEMA

MIN_APP = "0.1.0"
"""The oldest version of the app that should be running; it updates at a safe point."""
LOW = (1 << 32) - 1
Page = Sequence[Row[int, bytes]]


@dataclass(frozen=True)
class Pull:
    """A pull request. `cursor` None begins anew; `proto` is the protocol that the app speaks, `schema` says which kinds
    it knows.
    """

    proto: int
    schema: int
    epoch: str | None
    device: str
    cursor: str | None
    limit: int
    nonce: str


def pull(actor: Actor, asked: Pull) -> bytes:
    """The JSON answer: one page of rows in scope. Raises the problems of sync.md 3.6, NotTheOwner and NotStaff."""
    _check_reader(actor)
    if asked.proto < PROTOCOL:
        raise AppTooOld
    with snapshot() as connection:
        device = devices.read(connection, actor.org_id, asked.device)
        at = position(connection, actor.org_id)
        if asked.epoch is not None and asked.epoch != at.epoch:
            raise EpochChanged(at.epoch, device.next_n)
        schema = min(asked.schema, SCHEMA)
        place = Place.read(asked.cursor, at.seq, schema)
        place.check(at)
        # Most pulls come to a feed that has not moved: nothing is behind the cursor, whatever the scope.
        moved = place.seq < at.seq or place.schema < schema
        audiences = _audiences(connection, actor) if moved else []
        feed = Feed(connection, actor.org_id, audiences, min(asked.limit, LIMITS["pull_rows"]))
        page, more, after = feed.read(place, schema, at.seq)
        head = {
            "nonce": asked.nonce,
            "epoch": at.epoch,
            "cursor": after.cursor,
            "more": more,
            "head": at.seq,
            "journal": journal.head(actor.org_id)[1],
            "ack_n": device.next_n - 1,
            "durable_n": device.durable_n,
            "durability": at.durability,
            "min_app": MIN_APP,
            "directives": [],
        }
        if not more:
            head["sums"] = feed.sums(schema) if page else {}
    return _answer(head, page)


def _check_reader(actor: Actor) -> None:
    """Roles count as they are now, whatever scopes are still open (identity.md 5.1)."""
    if actor.sent_by is not None:
        raise NotTheOwner
    if not actor.roles & STAFF:
        raise NotStaff


def _audiences(connection: Connection, actor: Actor) -> list[str]:
    query = select(INTERVALS.c.audience).where(
        INTERVALS.c.org_id == actor.org_id, INTERVALS.c.person == actor.person_id, INTERVALS.c.leave_seq.is_(None)
    )
    return ["org", f"u:{actor.person_id}", *sorted(connection.execute(query).scalars())]


@dataclass(frozen=True)
class Feed:
    """The rows of one person's audiences in one snapshot; a page has at most `limit` of them and 1 MiB."""

    connection: Connection
    org_id: str
    audiences: list[str]
    limit: int

    def read(self, place: Place, schema: int, head: int) -> tuple[Page, bool, Place]:
        """A page, whether there are more, and the place behind it. Kinds that a newer schema knows come first, from
        the feed's beginning: what changes of them meanwhile moves behind the place and comes with all the rest.
        """
        if schema > place.schema:
            new = [kind.name for kind in _kinds() if place.schema < kind.since <= schema]
            page, more = self._page(place.filled or 0, HEADS.c.kind.in_(new), HEADS.c.seq <= place.seq)
            if page:
                going_on = replace(place, filled=page[-1].seq)
                return page, True, going_on if more else Place(place.seq, place.began, schema)
        page, more = self._page(place.seq, *_known(schema))
        # After the last page everything up to the snapshot's head has been delivered, whoever it was for.
        return page, more, Place(page[-1].seq, place.began, schema) if more else Place(head, None, schema)

    def _page(self, after: int, *only: ColumnElement[bool]) -> tuple[Page, bool]:
        if not self.audiences:
            return [], False
        query = select(HEADS.c.seq, HEADS.c.body).where(
            HEADS.c.org_id == self.org_id, HEADS.c.seq > after, HEADS.c.audience.in_(self.audiences), *only
        )
        rows = self.connection.execute(query.order_by(HEADS.c.seq).limit(self.limit + 1)).all()
        fits = _fitting(rows[: self.limit])
        return rows[:fits], fits < len(rows)

    def sums(self, schema: int) -> dict[str, str]:
        """The checksum of each visit's live rows (S20), summed by the database in halves of 32 bits."""
        visits = [audience for audience in self.audiences if audience.startswith("v:")]
        if not visits:
            return {}
        low, high = func.sum(HEADS.c.mark.op("&")(LOW)), func.sum(HEADS.c.mark.op(">>")(literal_column("32")))
        query = select(HEADS.c.audience, low, high).where(
            HEADS.c.org_id == self.org_id, HEADS.c.audience.in_(visits), HEADS.c.deleted.is_(False), *_known(schema)
        )
        rows = self.connection.execute(query.group_by(HEADS.c.audience))
        sums = {audience: (int(lows) + (int(highs) << 32)) % (1 << 64) for audience, lows, highs in rows}
        return {audience: f"{sums.get(audience, 0):016x}" for audience in visits}


def _kinds() -> Collection[Kind]:
    return registry.current().kinds.values()


def _known(schema: int) -> list[ColumnElement[bool]]:
    """A tablet never gets a kind that its schema does not know."""
    newer = [kind.name for kind in _kinds() if kind.since > schema]
    return [HEADS.c.kind.not_in(newer)] if newer else []


def _fitting(rows: Sequence[Row[int, bytes]]) -> int:
    """How many of the rows stay under the size of a page; one always does."""
    size = 0
    for count, row in enumerate(rows):
        size += len(row.body) + 24
        if size > LIMITS["pull_bytes"] and count:
            return count
    return len(rows)


def _answer(head: dict[str, Any], page: Page) -> bytes:
    rows = b",".join([b'{"s":%d,' % row.seq + bytes(row.body) for row in page])
    return json.dumps(head, separators=(",", ":")).encode()[:-1] + b',"changes":[' + rows + b"]}"
