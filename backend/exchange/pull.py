"""Pull: the feed behind a cursor, in one snapshot that writes nothing (sync.md 3.4). Stored bytes are joined."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Row, Select, bindparam, func, literal_column, select

from backend.core.db import snapshot
from backend.core.roles import STAFF
from backend.exchange import moment, registry
from backend.exchange.cursors import Place
from backend.exchange.kinds import Kind
from backend.exchange.models import HEADS, INTERVALS
from backend.exchange.moment import Moment
from backend.exchange.problems import AppTooOld, EpochChanged, NotStaff, NotTheOwner
from backend.identity.actor import Actor
from sync.protocol import LIMITS, PROTOCOL, SCHEMA

MIN_APP = "0.1.0"
"""The oldest version of the app that should be running; it updates at a safe point."""
LOW = (1 << 32) - 1
# Asked at every pull, so each is put together once.
AUDIENCES = select(INTERVALS.c.audience).where(
    INTERVALS.c.org_id == bindparam("org"), INTERVALS.c.person == bindparam("person"), INTERVALS.c.leave_seq.is_(None)
)
MINE = (HEADS.c.org_id == bindparam("org")) & HEADS.c.audience.in_(bindparam("audiences", expanding=True))
ROWS = (
    select(HEADS.c.seq, HEADS.c.body)
    .where(MINE, HEADS.c.seq > bindparam("after"))
    .order_by(HEADS.c.seq)
    .limit(bindparam("most", type_=Integer))
    .execution_options(binary=True)
)
# PostgreSQL knows nothing yet of a young table, and of a prepared statement never where the cursor is: left to itself
# it may read and sort all that the audiences ever had. What lies behind an OFFSET it takes by position.
STRETCH = (
    select(HEADS.c.seq, HEADS.c.audience, HEADS.c.kind, HEADS.c.body)
    .where(HEADS.c.org_id == bindparam("org"), HEADS.c.seq > bindparam("after"), HEADS.c.seq <= bindparam("upto"))
    .offset(literal_column("0"))
    .subquery()
)
ALONG = (
    select(STRETCH.c.seq, STRETCH.c.body)
    .where(STRETCH.c.audience.in_(bindparam("audiences", expanding=True)))
    .order_by(STRETCH.c.seq)
    .limit(bindparam("most", type_=Integer))
    .execution_options(binary=True)
)
STRETCHES = (2_048, 16_384)
"""Positions that are looked through before all that is left is asked for by audience."""
LOWS, HIGHS = func.sum(HEADS.c.mark.op("&")(LOW)), func.sum(HEADS.c.mark.op(">>")(literal_column("32")))
SUMS = select(HEADS.c.audience, LOWS, HIGHS).where(MINE, HEADS.c.deleted.is_(False)).group_by(HEADS.c.audience)
_encoded = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Page:
    """Rows as they travel, in two texts each: its position behind a comma, and the stored rest. `last` is the position
    of the last one, 0 where there is none.
    """

    texts: list[bytes]
    last: int


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


def pull(actor: Actor, asked: Pull, now: Moment | None = None) -> bytes:
    """The JSON answer: one page of rows in scope. `now` is what the door was told when it admitted the tablet.

    Raises the problems of sync.md 3.6, NotTheOwner and NotStaff.
    """
    _check_reader(actor)
    if asked.proto < PROTOCOL:
        raise AppTooOld
    return (_nothing_new(asked, now) if now else None) or _page(actor, asked)


def _nothing_new(asked: Pull, now: Moment) -> bytes | None:
    """The answer to most pulls, whose feed had not moved: nothing is behind the cursor, whatever the scope. None when
    there may be something.
    """
    place, schema = _place(asked, now)
    if asked.cursor is None or place.seq < now.at.seq or place.schema < schema:
        return None
    return _answer({**_head(asked, now, Place(now.at.seq, None, schema), False), "sums": {}}, Page([], 0))


def _page(actor: Actor, asked: Pull) -> bytes:
    with snapshot() as connection:
        now = moment.read(connection, actor.org_id, asked.device)
        place, schema = _place(asked, now)
        audiences = _audiences(connection, actor)
        most = min(asked.limit, LIMITS["pull_rows"])
        feed = Feed(connection, actor.org_id, audiences, most, now.at.seq)
        page, more, after = feed.read(place, schema)
        head = _head(asked, now, after, more)
        if not more:
            head["sums"] = feed.sums(schema) if page.texts else {}
    return _answer(head, page)


def _place(asked: Pull, now: Moment) -> tuple[Place, int]:
    """Where the pull is, and the schema that both sides know. Raises EpochChanged, Invalid, CursorExpired."""
    if asked.epoch is not None and asked.epoch != now.at.epoch:
        raise EpochChanged(now.at.epoch, now.next_n)
    schema = min(asked.schema, SCHEMA)
    place = Place.read(asked.cursor, now.at.seq, schema)
    place.check(now.at)
    return place, schema


def _head(asked: Pull, now: Moment, after: Place, more: bool) -> dict[str, Any]:
    return {
        "nonce": asked.nonce,
        "epoch": now.at.epoch,
        "cursor": after.cursor,
        "more": more,
        "head": now.at.seq,
        "journal": now.journal,
        "ack_n": now.next_n - 1,
        "durable_n": now.durable_n,
        "durability": now.at.durability,
        "min_app": MIN_APP,
        "directives": [],
    }


def _check_reader(actor: Actor) -> None:
    """Roles count as they are now, whatever scopes are still open (identity.md 5.1)."""
    if actor.sent_by is not None:
        raise NotTheOwner
    if not actor.roles & STAFF:
        raise NotStaff


def _audiences(connection: Connection, actor: Actor) -> list[str]:
    held = connection.execute(AUDIENCES, {"org": actor.org_id, "person": actor.person_id}).scalars()
    return ["org", f"u:{actor.person_id}", *sorted(held)]


@dataclass(frozen=True)
class Feed:
    """The rows of one person's audiences in one snapshot; a page has at most `limit` of them and 1 MiB."""

    connection: Connection
    org_id: str
    audiences: list[str]
    limit: int
    head: int

    def read(self, place: Place, schema: int) -> tuple[Page, bool, Place]:
        """A page, whether there are more, and the place behind it. Kinds that a newer schema knows come first, from
        the feed's beginning: what changes of them meanwhile moves behind the place and comes with all the rest.
        """
        if schema > place.schema:
            new = [kind.name for kind in _kinds() if place.schema < kind.since <= schema]
            fill = ROWS.where(HEADS.c.kind.in_(new), HEADS.c.seq <= place.seq)
            page, more = _fitting(self._asked(fill, place.filled or 0, self.limit + 1), self.limit)
            if page.texts:
                going_on = replace(place, filled=page.last)
                return page, True, going_on if more else Place(place.seq, place.began, schema)
        page, more = _fitting(self._behind(place.seq, schema), self.limit)
        # After the last page everything up to the snapshot's head has been delivered, whoever it was for.
        return page, more, Place(page.last, place.began, schema) if more else Place(self.head, None, schema)

    def _behind(self, after: int, schema: int) -> list[Row[int, bytes]]:
        """The rows behind a position, one more than a page takes."""
        rows: list[Row[int, bytes]] = []
        if self.connection.dialect.name == "postgresql":
            for length in STRETCHES:
                upto = min(after + length, self.head)
                left = self.limit + 1 - len(rows)
                rows += self._asked(ALONG.where(*_known(STRETCH.c.kind, schema)), after, left, upto=upto)
                if len(rows) > self.limit or upto == self.head:
                    return rows
                after = upto
        rows += self._asked(ROWS.where(*_known(HEADS.c.kind, schema)), after, self.limit + 1 - len(rows))
        return rows

    def _asked(self, of: Select[int, bytes], after: int, most: int, **more: int) -> Sequence[Row[int, bytes]]:
        asked = {"org": self.org_id, "audiences": self.audiences, "after": after, "most": most, **more}
        return self.connection.execute(of, asked).all()

    def sums(self, schema: int) -> dict[str, str]:
        """The checksum of each visit's live rows (S20), summed by the database in halves of 32 bits."""
        visits = [audience for audience in self.audiences if audience.startswith("v:")]
        if not visits:
            return {}
        asked = SUMS.where(*_known(HEADS.c.kind, schema))
        rows = self.connection.execute(asked, {"org": self.org_id, "audiences": visits})
        sums = {audience: (int(lows) + (int(highs) << 32)) % (1 << 64) for audience, lows, highs in rows}
        return {audience: f"{sums.get(audience, 0):016x}" for audience in visits}


def _kinds() -> Collection[Kind]:
    return registry.current().kinds.values()


def _known(named: ColumnElement[str], schema: int) -> list[ColumnElement[bool]]:
    """A tablet never gets a kind that its schema does not know."""
    newer = [kind.name for kind in _kinds() if kind.since > schema]
    return [named.not_in(newer)] if newer else []


def _fitting(rows: Sequence[Row[int, bytes]], most: int) -> tuple[Page, bool]:
    """The first rows, `most` of them or as many as stay under the size of a page (one always does), joined as they
    travel; and whether there are more.
    """
    size, last, texts = 0, 0, list[bytes]()
    for seq, body in rows:
        size += len(body) + 24
        if texts and (size > LIMITS["pull_bytes"] or len(texts) == 2 * most):
            return Page(texts, last), True
        texts += b',{"s":%d,' % seq, body
        last = seq
    return Page(texts, last), False


def _answer(head: dict[str, Any], page: Page) -> bytes:
    said = _encoded(head).encode()
    texts = [page.texts[0][1:], *page.texts[1:]] if page.texts else []
    return b"".join([said[:-1], b',"changes":[', *texts, b"]}"])
