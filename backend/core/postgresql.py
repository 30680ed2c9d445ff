"""PostgreSQL as this program uses it: one word begins a transaction, and a statement that only reads needs none.

The driver's own transaction handling is off, as on SQLite; SQLAlchemy's "begin" event says what begins. Every word is a
way to the server and back, which is most of what a short request costs there. Outside a transaction the server itself
refuses writes.
"""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from backend.core import clock, one_way

CONNECT = {"autocommit": True, "options": "-c timezone=UTC -c default_transaction_read_only=on"}
READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
WRITING = "BEGIN READ WRITE"
RESTED_S = 1.0
"""A pooled connection that was idle for longer is asked whether it still lives before it is used."""


def prepare(engine: Engine) -> None:
    """Attach transactions and the care for connections to one engine, which was made with CONNECT."""
    event.listen(engine, "begin", _begin)
    event.listen(engine, "checkout", _take)
    event.listen(engine, "checkin", _give_back)
    event.listen(engine, "before_cursor_execute", _choose_format)


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("glance"):
        connection.exec_driver_sql(_words(options))


def _words(options: Mapping[str, Any]) -> str:
    if options.get("read_only"):
        return READING
    way = one_way.opening(options.get("fed"))
    return f"{WRITING}; {way}" if way else WRITING


def _take(raw: psycopg.Connection[Any], record: ConnectionPoolEntry, _proxy: object) -> None:
    """Raises InvalidatePoolError for a connection that died while it rested: the pool then makes new ones."""
    rested = clock.stopwatch() - record.info.get("since", clock.stopwatch())
    try:
        if rested > RESTED_S or _has_said_something(raw):
            raw.execute("SELECT 1")
    except psycopg.Error as dead:
        raise InvalidatePoolError from dead


def _has_said_something(raw: psycopg.Connection[Any]) -> bool:
    """Whether there is something to read that nobody asked for: a server that ends a connection says so, and closes.
    This asks the own machine only.
    """
    waiting = select.poll()
    waiting.register(raw.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _give_back(_raw: object, record: ConnectionPoolEntry) -> None:
    record.info["since"] = clock.stopwatch()


def _choose_format(
    _connection: Connection, cursor: psycopg.Cursor[Any], _statement: str, _values: object, context: Any, _many: bool
) -> None:
    """What comes as text has two letters for each byte; a statement with the option `binary` gets the bytes."""
    if context is not None and context.execution_options.get("binary"):
        cursor.format = psycopg.pq.Format.BINARY
