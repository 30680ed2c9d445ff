"""SQLite as this program uses it: WAL, durable, writers one after the other in the order they came (decisions.md 21).

The driver's own transaction handling is off; SQLAlchemy's "begin" event says BEGIN or BEGIN IMMEDIATE. Inside one
process writers queue here, so none of them ever meets SQLITE_BUSY; other processes wait by busy_timeout.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from typing import Any, cast

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT_MS = 5_000
WRITING = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=10000")
"""Each commit is on disk. What was committed moves from the log into the database after 40 MB and not after 4, which is
what one large batch writes.
"""
TURN_TIMEOUT_S = 30.0


class QueueFull(TimeoutError):
    """A writer waited longer than TURN_TIMEOUT_S, or another process kept writing for longer than BUSY_TIMEOUT_MS: the
    caller should try again.
    """


class FairQueue:
    """First come, first served; one holder at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    def enter(self, timeout: float = TURN_TIMEOUT_S) -> None:
        """Wait for the turn; RuntimeError when this thread holds it already, QueueFull after `timeout` seconds."""
        ticket = threading.Event()
        with self._lock:
            if self._holder == threading.get_ident():
                raise RuntimeError("this thread is writing already: one unit of work at a time")
            if self._holder is None:
                self._holder = threading.get_ident()
                return
            self._waiting.append(ticket)
        if not ticket.wait(timeout) and self._gave_up(ticket):
            raise QueueFull("the database is busy with other changes")
        self._holder = threading.get_ident()

    def leave(self) -> None:
        """Hand the turn to whoever has waited longest."""
        with self._lock:
            self._holder = -1 if self._waiting else None
            if self._waiting:
                self._waiting.popleft().set()

    def _gave_up(self, ticket: threading.Event) -> bool:
        with self._lock:
            if ticket not in self._waiting:
                return False
            self._waiting.remove(ticket)
            return True

    @property
    def length(self) -> int:
        """How many writers wait."""
        return len(self._waiting)


class QueuedConnection(sqlite3.Connection):
    """A connection that holds its place in the queue from BEGIN IMMEDIATE until its commit or rollback is done."""

    queue: FairQueue | None = None
    _turn = False
    _refuses: bool | None = None

    def begin_writing(self) -> None:
        """Take the turn and begin a transaction that may write."""
        assert self.queue is not None
        self.queue.enter()
        self._turn = True
        try:
            self._refuse_writes(False)
            self.execute("BEGIN IMMEDIATE")
        except BaseException as fault:
            self._give_back()
            # Raw, because SQLAlchemy does not dress what its "begin" listeners raise; as it is it would be a 500, and
            # an operation sent alone would be set aside for it.
            if isinstance(fault, sqlite3.OperationalError) and fault.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise QueueFull("the database is busy with another process's changes") from fault
            raise

    def glance(self) -> None:
        """Refuse every write; each statement is a snapshot by itself."""
        self._refuse_writes(True)

    def begin_reading(self) -> None:
        """Begin a snapshot that refuses every write."""
        self._refuse_writes(True)
        self.execute("BEGIN")

    def commit(self) -> None:
        """Commit, then let the next writer in."""
        super().commit()
        self._give_back()

    def rollback(self) -> None:
        """Roll back, then let the next writer in."""
        try:
            super().rollback()
        finally:
            self._give_back()

    def close(self) -> None:
        """Close; an unfinished transaction gives its turn back."""
        try:
            super().close()
        finally:
            self._give_back()

    def _refuse_writes(self, refuse: bool) -> None:
        # Said only when it changes: every pragma makes SQLite prepare all its statements anew.
        if self._refuses is not refuse:
            self._refuses = None
            self.execute(f"PRAGMA query_only={int(refuse)}")
            self._refuses = refuse

    def _give_back(self) -> None:
        if self._turn and self.queue is not None:
            self._turn = False
            self.queue.leave()


def prepare(engine: Engine) -> FairQueue:
    """Attach pragmas, transactions and the queue of writers to one engine."""
    queue = FairQueue()

    @event.listens_for(engine, "connect")
    def set_up(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.queue = queue
        for pragma in (*WRITING, "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw = cast(QueuedConnection, connection.connection.dbapi_connection)
        options = connection.get_execution_options()
        if options.get("glance"):
            raw.glance()
        elif options.get("read_only"):
            raw.begin_reading()
        else:
            raw.begin_writing()

    return queue
