"""Saying that the feed has moved: within this process by memory, between processes by PostgreSQL's NOTIFY."""

from __future__ import annotations

import threading
from typing import cast

from flask import Flask, current_app
from sqlalchemy import Connection, text

from backend.core.db import Unit

KEY = "singgah.heads"
CHANNEL = "singgah_feed"


class Heads:
    """The newest known position of each organisation's feed; whoever waits is woken when one moves."""

    def __init__(self) -> None:
        self._seqs: dict[str, int] = {}
        self._moved = threading.Condition()

    def moved(self, org_id: str, seq: int) -> None:
        """The feed is at `seq` at least; an older word changes nothing."""
        with self._moved:
            if seq > self._seqs.get(org_id, -1):
                self._seqs[org_id] = seq
                self._moved.notify_all()

    def reset(self, org_id: str, seq: int) -> None:
        """The feed is at `seq`, whatever was known (a restore may have set it back)."""
        with self._moved:
            self._seqs[org_id] = seq
            self._moved.notify_all()

    def known(self, org_id: str) -> int | None:
        return self._seqs.get(org_id)

    def wait_beyond(self, org_id: str, last: int | None, stopping: threading.Event, seconds: float) -> None:
        """Sleep until the organisation's feed is elsewhere than `last`, all is stopping, or the time is over."""
        with self._moved:
            self._moved.wait_for(lambda: self._seqs.get(org_id) != last or stopping.is_set(), seconds)

    def wake_all(self) -> None:
        with self._moved:
            self._moved.notify_all()


def init_app(app: Flask) -> None:
    """Give the application its memory of heads."""
    app.extensions[KEY] = Heads()


def heads() -> Heads:
    """The memory of the current application."""
    return cast(Heads, current_app.extensions[KEY])


def announce(connection: Connection, unit: Unit, org_id: str, seq: int) -> None:
    """Tell this process after the commit, and the others with it."""
    known = heads()
    unit.after(lambda: known.moved(org_id, seq))
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_notify(:channel, :news)"), {"channel": CHANNEL, "news": f"{org_id} {seq}"})
