"""Server-sent events for consoles (decisions.md 24): one watching thread a process, streams that wait for its word."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any, cast

import psycopg
from flask import Flask, Response, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.core import clock
from backend.core.db import db, glance, reading
from backend.exchange import poke
from backend.exchange.flush import position
from backend.exchange.models import SyncOrg
from backend.exchange.poke import Heads
from backend.exchange.problems import TooManyStreams

log = logging.getLogger("singgah.events")

KEY = "singgah.events"
MOST_STREAMS = 32
LONGEST_S = 600.0
BEAT_S = 15.0
POLL_S = 1.0
FRESH_S = 1.0
"""How long a known head is answered without asking the database."""
ADMITTED_S = 60.0
"""How long who was let in may ask for the head, and for nothing else, without being looked up again."""
MOST_ADMITTED = 10_000


class Watch:
    """The process's watching thread, alive while there are streams, and the streams' places."""

    def __init__(self, app: Flask, heads: Heads) -> None:
        self.app = app
        self.heads = heads
        self.stopping = threading.Event()
        self.asked: dict[str, tuple[float, str]] = {}
        self.admitted: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()
        self._streams = 0
        self._thread: threading.Thread | None = None

    def enter(self) -> None:
        """Take a place. Raises TooManyStreams."""
        with self._lock:
            if self._streams >= MOST_STREAMS:
                raise TooManyStreams
            self._streams += 1
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="feed-watch", daemon=True)
                self._thread.start()

    def leave(self) -> None:
        with self._lock:
            self._streams -= 1

    def stop(self) -> None:
        """End all streams and the thread: the process is going down."""
        self.stopping.set()
        self.heads.wake_all()

    @property
    def needed(self) -> bool:
        return self._streams > 0 and not self.stopping.is_set()

    def _run(self) -> None:
        with self.app.app_context():
            while self.needed:
                try:
                    self._listen() if db.engine.dialect.name == "postgresql" else self._poll()
                except (SQLAlchemyError, psycopg.Error):
                    log.warning("feed watch interrupted", exc_info=True)
                    self.stopping.wait(POLL_S)

    def _poll(self) -> None:
        while self.needed:
            self._look()
            self.stopping.wait(POLL_S)

    def _listen(self) -> None:
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"LISTEN {poke.CHANNEL}")
            self._look()
            while self.needed:
                for notice in connection.notifies(timeout=POLL_S):
                    org_id, _, seq = notice.payload.partition(" ")
                    self.heads.moved(org_id, int(seq))

    def _look(self) -> None:
        with reading() as session:
            rows = session.execute(select(SyncOrg.org_id, SyncOrg.seq)).all()
        for org_id, seq in rows:
            self.heads.moved(org_id, seq)


def init_app(app: Flask) -> None:
    """Give the application its watch; its thread begins with the first stream."""
    app.extensions[KEY] = Watch(app, app.extensions[poke.KEY])


def watch() -> Watch:
    """The watch of the current application."""
    return cast(Watch, current_app.extensions[KEY])


def stop_on_signals(app: Flask) -> None:
    """On SIGTERM and SIGINT end the streams, then do what was to be done: a web process must not wait for them."""
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(app.extensions[KEY], number, signal.getsignal(number))


def _chain(watching: Watch, number: signal.Signals, before: Any) -> None:
    def handle(received: int, frame: FrameType | None) -> None:
        watching.stop()
        if callable(before):
            before(received, frame)

    signal.signal(number, handle)


def admit(session_hash: str, org_id: str) -> None:
    """Remember for ADMITTED_S whose head this session may know."""
    admitted = watch().admitted
    if len(admitted) >= MOST_ADMITTED:
        admitted.clear()
    admitted[session_hash] = (clock.stopwatch(), org_id)


def admitted(session_hash: str) -> str | None:
    """The organisation of a session that was let in a moment ago. It learns a number, nothing more."""
    at, org_id = watch().admitted.get(session_hash, (-ADMITTED_S, ""))
    return org_id if clock.stopwatch() - at < ADMITTED_S and org_id else None


def known_head(org_id: str) -> dict[str, Any]:
    """{"head", "epoch"}; without the database when it was asked within a second, in this process or by this one."""
    watching, known, at = watch(), poke.heads().known(org_id), clock.stopwatch()
    asked, epoch = watching.asked.get(org_id, (-FRESH_S, ""))
    if known is not None and at - asked < FRESH_S:
        return {"head": known, "epoch": epoch}
    with glance() as connection:
        place = position(connection, org_id)
    head, epoch = place.seq, place.epoch
    poke.heads().reset(org_id, head)
    watching.asked[org_id] = (at, epoch)
    return {"head": head, "epoch": epoch}


def stream(org_id: str) -> Response:
    """The stream of one console. Raises TooManyStreams."""
    watching = watch()
    watching.enter()
    answer = Response(_lines(watching, org_id), content_type="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"
    answer.call_on_close(watching.leave)
    return answer


def _lines(watching: Watch, org_id: str) -> Iterator[str]:
    heads, end, last = watching.heads, clock.stopwatch() + LONGEST_S, None
    yield "retry: 5000\n\n"
    while not watching.stopping.is_set() and clock.stopwatch() < end:
        known = heads.known(org_id)
        if known != last:
            last = known
            yield f'data: {{"head":{known}}}\n\n'
        else:
            yield ": still here\n\n"
        heads.wait_beyond(org_id, last, watching.stopping, BEAT_S)
