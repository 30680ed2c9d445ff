"""The only module that asks the machine for the time, for randomness, or for a new id.

Everything else takes them as arguments or from the clock of the application, so that tests and the demo can move it.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

from flask import Flask, current_app

from sync import ids

KEY = "singgah.clock"


class Clock(Protocol):
    """Where the time and randomness of one application come from."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""

    def random(self, count: int) -> bytes:
        """`count` bytes that nobody can guess."""


class MachineClock:
    """The clock of a running installation."""

    def now(self) -> datetime:
        """The machine's time."""
        return datetime.now(UTC)

    def random(self, count: int) -> bytes:
        """The operating system's randomness."""
        return os.urandom(count)


class SetClock:
    """A clock that stands still until it is moved: for tests and for the demo's past.

    With a `seed` its randomness repeats; without, it is the machine's.
    """

    def __init__(self, at: datetime, seed: str | None = None) -> None:
        self._at = at.astimezone(UTC)
        self._seed = seed
        self._drawn = 0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time it was last set to."""
        return self._at

    def random(self, count: int) -> bytes:
        """Repeatable bytes when seeded."""
        if self._seed is None:
            return os.urandom(count)
        with self._lock:
            self._drawn += 1
            return hashlib.shake_256(f"{self._seed}/{self._drawn}".encode()).digest(count)

    def set(self, at: datetime) -> None:
        """Move to `at`, forwards or backwards."""
        self._at = at.astimezone(UTC)

    def advance(self, **amount: float) -> datetime:
        """Move by a `timedelta(**amount)` and answer the new time."""
        self._at += timedelta(**amount)
        return self._at


def init_app(app: Flask, clock: Clock) -> None:
    """Give the application its clock."""
    app.extensions[KEY] = clock


def current() -> Clock:
    """The clock of the current application."""
    return cast(Clock, current_app.extensions[KEY])


def now() -> datetime:
    """The present of the current application, aware, in UTC."""
    return current().now()


def random(count: int) -> bytes:
    """`count` random bytes from the current application's clock."""
    return current().random(count)


def new_id() -> str:
    """A new UUIDv7 of the current application (model.md: the one form of an id)."""
    clock = current()
    return ids.uuid7(int(clock.now().timestamp() * 1000), clock.random(10))


def stopwatch() -> float:
    """Seconds of a clock that never jumps, for measuring how long something took; has no meaning otherwise."""
    return time.monotonic()
