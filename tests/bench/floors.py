"""The least that a database costs: the very rows that a run of pushes wrote, read back and inserted by executemany.

Same batches, same order, empty tables with the same indexes and the same durability; no program around it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, and_, create_engine, event, insert, select, text

from backend.core.db import Base
from backend.core.journal import JournalEntry
from backend.core.sqlite import BUSY_TIMEOUT_MS, WRITING
from backend.exchange.models import HEADS, LOG
from backend.visits.models import Note
from tests.bench.ours import Ours
from tests.makers import create_schema

NOTES, JOURNAL = Note.__table__, JournalEntry.__table__


@dataclass(frozen=True)
class Pushed:
    """One request of a run: so many operations of a device from `first`, and how long it took."""

    device: str
    first: int
    count: int
    seconds: float

    def __len__(self) -> int:
        return self.count


Written = list[tuple[Table, list[dict[str, Any]]]]
"""The rows of one request by table, in the order in which they were written."""


def record(ours: Ours, pushed: Pushed) -> Written:
    """What one request inserted: its rows, their places in the feed, the journal's line, the log of operations."""
    with opened(ours.url) as engine, engine.connect() as connection:
        return written_by(connection, ours.house.org_id, pushed)


def written_by(connection: Connection, org_id: str, pushed: Pushed) -> Written:
    last = pushed.first + pushed.count - 1
    log = _rows(connection, LOG, LOG.c.device == pushed.device, LOG.c.n.between(pushed.first, last))
    ids = [row["entity_id"] for row in log]
    ref = f"{pushed.device}:{pushed.first}+{pushed.count}"
    return [
        (NOTES, _rows(connection, NOTES, NOTES.c.org_id == org_id, NOTES.c.id.in_(ids))),
        (HEADS, _rows(connection, HEADS, HEADS.c.org_id == org_id, HEADS.c.kind == "note", HEADS.c.entity_id.in_(ids))),
        (LOG, log),
        (JOURNAL, _rows(connection, JOURNAL, JOURNAL.c.org_id == org_id, JOURNAL.c.ref == ref)),
    ]


def _rows(connection: Connection, table: Table, *where: Any) -> list[dict[str, Any]]:
    found = connection.execute(select(table).where(and_(*where)).order_by(*table.primary_key.columns))
    return [dict(row) for row in found.mappings()]


def insert_floor(url: str, folder: Path, runs: Sequence[Sequence[Written]]) -> tuple[float, ...]:
    """Operations a second of each run. The tables are empty before the first and grow, as those of the program did."""
    create_schema(url, folder / "floor")
    with opened(url) as engine:
        _without_triggers(engine)
        return tuple(_insert(engine, run) for run in runs)


def _without_triggers(engine: Engine) -> None:
    """The floor is tables and indexes alone."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            for table in (NOTES, HEADS, LOG, JOURNAL):
                connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))


def _insert(engine: Engine, run: Sequence[Written]) -> float:
    """The statements' parameters are made ready before the watch starts; only the database works while it runs."""
    with engine.connect() as connection:
        ready = [[_ready(engine, table, rows) for table, rows in batch] for batch in run]
        connection.rollback()
        raw = connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        began = time.perf_counter()
        for batch in ready:
            if engine.dialect.name == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            for statement, parameters in batch:
                cursor.executemany(statement, parameters)
            raw.commit()
        took = time.perf_counter() - began
    operations = sum(len(rows) for batch in run for table, rows in batch if table is LOG)
    return operations / took


def _ready(engine: Engine, table: Table, rows: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """The INSERT of a table as its driver takes it, and the values of the rows likewise."""
    compiled = insert(table).values({column.name: None for column in table.c}).compile(dialect=engine.dialect)
    bind = compiled._bind_processors
    values = [
        {name: bind[name](value) if name in bind and value is not None else value for name, value in row.items()}
        for row in rows
    ]
    if compiled.positional:
        return str(compiled), [tuple(row[name] for name in compiled.positiontup or ()) for row in values]
    return str(compiled), values


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """A database as the program opens it, without the program."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def set_up(raw: Any, _record: Any) -> None:
            raw.isolation_level = None
            for pragma in (*WRITING, f"busy_timeout={BUSY_TIMEOUT_MS}"):
                raw.execute(f"PRAGMA {pragma}")

    try:
        yield engine
    finally:
        engine.dispose()


def count_rows(url: str) -> dict[str, int]:
    """How many rows each table holds that has any: for the test of the floor."""
    with opened(url) as engine, engine.connect() as connection:
        counts = {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in Base.metadata.tables}
    return {name: int(count) for name, count in counts.items() if count}
