"""Writing what the operations of one push became: counter, entities, heads, scopes, each serialised once.

Order of locks (sync.md P4): the device row is held already; the counter comes before every entity, and every writer
of fed tables takes it, so entities need no locks of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from backend.core import bulk
from backend.exchange import outrun
from backend.exchange.fields import settle_stamps
from backend.exchange.kinds import OWN, Key, Kind, State
from backend.exchange.layers import Layer
from backend.exchange.models import HEADS, INTERVALS, ORGS
from backend.exchange.rows import Rows
from sync.feed import fnv1a64


@dataclass(frozen=True)
class Position:
    """The counter row as read: where the feed stands."""

    epoch: str
    seq: int
    floor: int
    backed_up_at: datetime | None = None

    @property
    def durability(self) -> str:
        """What `durable_n` rests on: "backup" from the first verified one on, "none" before."""
        return "none" if self.backed_up_at is None else "backup"


POSITION_COLUMNS = (ORGS.c.epoch, ORGS.c.seq, ORGS.c.floor, ORGS.c.backed_up_at)
POSITION = select(*POSITION_COLUMNS).where(ORGS.c.org_id == bindparam("org"))
POSITION_LOCKED = POSITION.with_for_update()


def position(connection: Connection, org_id: str, *, lock: bool = False) -> Position:
    """Where the organisation's feed stands; with `lock`, nobody else moves it before this transaction ends."""
    return Position(*connection.execute(POSITION_LOCKED if lock else POSITION, {"org": org_id}).one())


def deliver(connection: Connection, org_id: str, audience: str, key: Key, value: dict[str, Any]) -> int:
    """Put one row that has no table of the feed (a device) before whoever is in `audience`; the feed's position."""
    seq = position(connection, org_id, lock=True).seq + 1
    bulk.put_rows(connection, HEADS, [head_row(org_id, audience, key, seq, seq, {"v": value})])
    connection.execute(update(ORGS).where(ORGS.c.org_id == org_id).values(seq=seq))
    return seq


def flush(rows: Rows, layer: Layer, began: int, now: datetime) -> int:
    """Write the layer and answer the feed's position after it. Raises Outrun when what was read has changed."""
    locked = position(rows.connection, rows.org_id, lock=True)
    outrun.check(rows, began, locked.seq)
    flushing = Flush(rows, locked.seq)
    flushing.entities(layer)
    flushing.scopes(layer, now)
    if flushing.seq != locked.seq:
        moved = update(ORGS).where(ORGS.c.org_id == rows.org_id).values(seq=flushing.seq)
        rows.connection.execute(moved)
    return flushing.seq


@dataclass
class Flush:
    """One flush under way; `seq` is the last position given."""

    rows: Rows
    seq: int
    began: int = field(init=False)
    heads: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.seq

    def next(self) -> int:
        self.seq += 1
        return self.seq

    # Entities

    def entities(self, layer: Layer) -> None:
        """Rows in order of (kind, id), then their heads."""
        by_kind: dict[str, list[tuple[State | None, State | None]]] = {}
        for key in sorted(layer.rows):
            before, after = self.rows.get(key), layer.rows[key]
            if before is not None or after is not None:
                self._place(self.rows.kinds[key[0]], key, before, after)
                by_kind.setdefault(key[0], []).append((before, after))
        for kind, pairs in by_kind.items():
            self._write(self.rows.kinds[kind], pairs)
        self._write_heads()

    def _place(self, kind: Kind, key: Key, before: State | None, after: State | None) -> None:
        was = kind.audience(before) if before is not None else None
        becomes = kind.audience(after) if after is not None else None
        if was is not None and was != becomes:
            self._head(was, key, self.next(), GONE)
        if after is not None and becomes is not None:
            after["ver"] = self.next()
            settle_stamps(after, after["ver"])
            self._head(becomes, key, after["ver"], {"v": kind.wire.dump(after)})

    def _head(self, audience: str, key: Key, ver: int, said: dict[str, Any]) -> None:
        self.heads.append(head_row(self.rows.org_id, audience, key, self.seq, ver, said))

    def _write(self, kind: Kind, pairs: Iterable[tuple[State | None, State | None]]) -> None:
        made, moved, gone = [], [], []
        for before, after in pairs:
            if after is None:
                gone.append({"b_id": before["id"]} if before else {})
            elif before is None:
                made.append(after)
            else:
                moved.append({f"b_{name}": value for name, value in after.items()})
        connection, table = self.rows.connection, kind.table
        mine = (table.c.org_id == self.rows.org_id) & (table.c.id == bindparam("b_id"))
        if made:
            bulk.insert_rows(connection, table, made)
        if moved:
            names = (*kind.columns, *sorted(OWN - {"org_id", "id"}))
            columns = {name: bindparam(f"b_{name}", type_=table.c[name].type) for name in names}
            connection.execute(update(table).where(mine).values(columns), moved)
        if gone:
            connection.execute(delete(table).where(mine), gone)

    def _write_heads(self) -> None:
        bulk.put_rows(self.rows.connection, HEADS, self.heads)
        self.heads = []

    # Scopes

    def scopes(self, layer: Layer, now: datetime) -> None:
        """Intervals, scope rows of the persons, and the trees of scopes that somebody entered."""
        entered = set()
        for (person, audience), enters in sorted(layer.scope.items()):
            if enters and not self._is_open(person, audience):
                self._enter(person, audience)
                entered.add(audience)
            elif not enters and self._is_open(person, audience):
                self._leave(person, audience, now)
        self._write_heads()
        for audience in sorted(entered):
            self._deliver_anew(audience)

    def _is_open(self, person: str, audience: str) -> bool:
        query = select(INTERVALS.c.person).where(*_open(self.rows.org_id, person, audience))
        return self.rows.connection.execute(query).first() is not None

    def _enter(self, person: str, audience: str) -> None:
        seq = self._scope_head(person, audience, "in")
        row = {"org_id": self.rows.org_id, "person": person, "audience": audience, "enter_seq": seq}
        self.rows.connection.execute(insert(INTERVALS), row)

    def _leave(self, person: str, audience: str, now: datetime) -> None:
        seq = self._scope_head(person, audience, "out")
        ended = update(INTERVALS).where(*_open(self.rows.org_id, person, audience))
        self.rows.connection.execute(ended.values(leave_seq=seq, left_at=now))

    def _scope_head(self, person: str, audience: str, state: str) -> int:
        """The row of kind scope tells the person's tablets; its id is the visit's or the site's."""
        ver = self.next()
        said = {"state": state, "v": {"audience": audience, "state": state}}
        self._head(f"u:{person}", ("scope", audience.partition(":")[2]), ver, said)
        return ver

    def _deliver_anew(self, audience: str) -> None:
        """Give every row of the audience that was not written just now a new position, in the old order."""
        mine = (HEADS.c.org_id == self.rows.org_id) & (HEADS.c.audience == audience)
        query = select(HEADS.c.kind, HEADS.c.entity_id).where(
            mine, HEADS.c.deleted.is_(False), HEADS.c.seq <= self.began
        )
        old = self.rows.connection.execute(query.order_by(HEADS.c.seq)).all()
        moves = [{"b_kind": row.kind, "b_id": row.entity_id, "b_seq": self.next()} for row in old]
        if moves:
            one = mine & (HEADS.c.kind == bindparam("b_kind")) & (HEADS.c.entity_id == bindparam("b_id"))
            self.rows.connection.execute(update(HEADS).where(one).values(seq=bindparam("b_seq")), moves)


WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

GONE: dict[str, Any] = {"del": True}
"""What a tombstone says."""


def head_row(org_id: str, audience: str, key: Key, seq: int, ver: int, said: dict[str, Any]) -> dict[str, Any]:
    """One row of the feed. The row that tablets get is made here, once; a pull only puts its position before it."""
    return {
        "org_id": org_id,
        "audience": audience,
        "kind": key[0],
        "entity_id": key[1],
        "seq": seq,
        "ver": ver,
        "deleted": said is GONE,
        "mark": signed(fnv1a64(f"{key[0]}/{key[1]}/{ver}".encode())),
        "body": dumps({"k": key[0], "id": key[1], "ver": ver, **said})[1:],
    }


def signed(mark: int) -> int:
    """An unsigned 64-bit number as a database keeps it."""
    return mark - (1 << 64) if mark >> 63 else mark


def dumps(value: Any) -> bytes:
    """JSON without spaces, UTF-8."""
    return WRITE(value).encode()


def _open(org_id: str, person: str, audience: str) -> tuple[Any, ...]:
    return (
        INTERVALS.c.org_id == org_id,
        INTERVALS.c.person == person,
        INTERVALS.c.audience == audience,
        INTERVALS.c.leave_seq.is_(None),
    )
