"""Rows of one organisation as plain dicts, read by Core: each entity once per transaction, and remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select

from backend.core.bulk import within
from backend.exchange.kinds import Key, Kind, State


@dataclass(frozen=True)
class Scan:
    """A question asked of a whole kind, and the rows that answered it: (id, ver)."""

    kind: str
    equals: tuple[tuple[str, Any], ...]
    found: frozenset[tuple[str, int]]


class Rows:
    """The identity map of one transaction. Rows here are as the database has them; nobody writes into them."""

    def __init__(self, connection: Connection, org_id: str, kinds: Mapping[str, Kind]) -> None:
        self.connection = connection
        self.org_id = org_id
        self.kinds = kinds
        self.known: dict[Key, State | None] = {}
        self.scans: list[Scan] = []

    def preload(self, keys: Iterable[Key]) -> None:
        """Read many at once, one query per kind."""
        wanted: dict[str, set[str]] = {}
        for kind, entity in keys:
            if kind in self.kinds and (kind, entity) not in self.known:
                wanted.setdefault(kind, set()).add(entity)
        for kind, ids in sorted(wanted.items()):
            self._read(kind, sorted(ids))

    def get(self, key: Key) -> State | None:
        if key not in self.known:
            self._read(key[0], [key[1]])
        return self.known[key]

    def find(self, kind: str, equals: Mapping[str, Any]) -> list[State]:
        """All rows whose columns equal these values, in order of id."""
        rows = self.scan(kind, equals)
        self.scans.append(
            Scan(kind, tuple(equals.items()), frozenset((row["id"], row["ver"]) for row in rows)),
        )
        return [self._remember(kind, row) for row in rows]

    def scan(self, kind: str, equals: Mapping[str, Any]) -> list[State]:
        """The same question, asked anew and not remembered."""
        table = self.kinds[kind].table
        query = select(table).where(table.c.org_id == self.org_id)
        for name, value in equals.items():
            query = query.where(table.c[name] == value)
        return [dict(row) for row in self.connection.execute(query.order_by(table.c.id)).mappings()]

    def _read(self, kind: str, ids: list[str]) -> None:
        query = _by_ids(self.kinds[kind].table, self.connection.dialect.name)
        found = self.connection.execute(query, {"org": self.org_id, "ids": ids}).mappings()
        rows = {row["id"]: dict(row) for row in found}
        for entity in ids:
            self.known[kind, entity] = rows.get(entity)

    def _remember(self, kind: str, row: State) -> State:
        return self.known.setdefault((kind, row["id"]), row) or row


@cache
def _by_ids(table: Table, dialect: str) -> Select[Any]:
    return select(table).where(table.c.org_id == bindparam("org"), within(table.c.id, "ids", dialect))
