"""The log of operations: what was received before, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from backend.core import bulk
from backend.core.bulk import within
from backend.exchange.models import LOG
from sync.chain import start
from sync.outcome import OperationResult, Status


@dataclass(frozen=True)
class Logged:
    """One line of the log, as far as a later push may ask for it."""

    device: str
    n: int
    sha256: str
    link: str
    person: str
    outcome: bytes


@dataclass
class Entry:
    """One operation string on its way into the log; `seq` comes with the flush."""

    n: int
    text: bytes
    sha256: str
    link: str
    id: str | None = None
    type: str | None = None
    v: int | None = None
    entity: tuple[str, str] | None = None
    base: int | None = None
    at: str | None = None
    status: Status = Status.REJECTED
    code: str | None = None
    field: str | None = None
    conflict_id: str | None = None
    repeats: bool = False
    old_seq: int | None = None

    def answer(self, seq: int) -> bytes:
        """The line of the push answer, as it will be answered for ever."""
        position = (self.old_seq or seq) if self.status.takes_effect else None
        if position is not None and self.id is not None and not (self.code or self.field or self.conflict_id):
            # Most lines by far. An id that was read has no sign that JSON would write otherwise.
            return PLAIN % (self.n, self.id.encode(), self.status.encode(), position)
        line = OperationResult(self.n, self.id, self.status, position, self.code, self.field, self.conflict_id)
        return json.dumps(line.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()


LINES = select(LOG.c.device, LOG.c.n, LOG.c.sha256, LOG.c.link, LOG.c.person, LOG.c.outcome).where(
    LOG.c.org_id == bindparam("org")
)
OF_DEVICE = LINES.where(LOG.c.device == bindparam("device"), LOG.c.n.between(bindparam("first"), bindparam("last")))
LINK = select(LOG.c.link).where(
    LOG.c.org_id == bindparam("org"), LOG.c.device == bindparam("device"), LOG.c.n == bindparam("n")
)
FIRST = LOG.alias()
PLAIN = b'{"n":%d,"id":"%s","status":"%s","seq":%d}'


class OperationLog:
    """Reads and writes the log of one organisation in the transaction at hand."""

    def __init__(self, connection: Connection, org_id: str) -> None:
        self._connection = connection
        self._org_id = org_id
        self._dialect = connection.dialect.name

    def of_device(self, device: str, first: int, last: int) -> dict[int, Logged]:
        """The device's lines with first <= n <= last."""
        asked = {"org": self._org_id, "device": device, "first": first, "last": last}
        return {row.n: Logged(*row) for row in self._connection.execute(OF_DEVICE, asked)}

    def by_id(self, ids: Iterable[str]) -> dict[str, Logged]:
        """Original lines by operation id, whoever sent them."""
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        found = self._connection.execute(_by_id(self._dialect), {"org": self._org_id, "ids": wanted})
        return {row[-1]: Logged(*row[:-1]) for row in found}

    def link_at(self, device: str, n: int) -> str | None:
        """The device's chain after its operation n; None when there is none."""
        if n == 0:
            return start(device)
        return self._connection.execute(LINK, {"org": self._org_id, "device": device, "n": n}).scalar()

    def held_entities(self, device: str, entities: Iterable[str]) -> set[str]:
        """Of these, the entities on which the device has an operation that is held and not set aside. Of one that it
        repeats it is the first that somebody sets aside.
        """
        asked = {"org": self._org_id, "device": device, "entities": sorted(set(entities))}
        return set(self._connection.execute(_held(self._dialect), asked).scalars())

    def write(self, entries: Sequence[Entry], seq: int, facts: dict[str, Any], received_at: datetime) -> list[bytes]:
        """Append; the answers in order. `facts`: device, person, sent_by, office, request_id."""
        answers = [entry.answer(seq) for entry in entries]
        common = {"org_id": self._org_id, "received_at": received_at, **facts}
        lines = [{**common, **_line(entry, seq, answer)} for entry, answer in zip(entries, answers, strict=True)]
        bulk.insert_rows(self._connection, LOG, lines)
        return answers


@cache
def _by_id(dialect: str) -> Select[Any]:
    return LINES.add_columns(LOG.c.op_id).where(within(LOG.c.op_id, "ids", dialect))


@cache
def _held(dialect: str) -> Select[Any]:
    return select(LOG.c.entity_id).where(
        LOG.c.org_id == bindparam("org"),
        LOG.c.device == bindparam("device"),
        LOG.c.status == Status.HELD.value,
        within(LOG.c.entity_id, "entities", dialect),
        FIRST.c.org_id == LOG.c.org_id,
        FIRST.c.entity_id == LOG.c.entity_id,
        FIRST.c.sha256 == LOG.c.sha256,
        FIRST.c.op_id.is_not(None),
        FIRST.c.set_aside_at.is_(None),
    )


def _line(entry: Entry, seq: int, answer: bytes) -> dict[str, Any]:
    kind, entity = entry.entity or (None, None)
    return {
        "n": entry.n,
        "op_id": None if entry.repeats else entry.id,
        "sha256": entry.sha256,
        "link": entry.link,
        "type": entry.type,
        "v": entry.v,
        "kind": kind,
        "entity_id": entity,
        "base": entry.base,
        "at": entry.at,
        "body": entry.text,
        "status": entry.status.value,
        "code": entry.code,
        "seq": (entry.old_seq or seq) if entry.status.takes_effect else None,
        "outcome": answer,
    }
