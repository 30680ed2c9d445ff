"""How often a tablet may ask: 60 requests a minute, 30 at once (decisions.md 29). Kept in this process's memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar, cast

from flask import Flask, current_app

from backend.core import clock
from backend.core.problems import TooMany
from backend.identity import guards
from sync.protocol import LIMITS

KEY = "singgah.pace"
PER_SECOND = LIMITS["requests_per_minute"] / 60
BURST = LIMITS["request_burst"]
MOST_DEVICES = 10_000

Params = ParamSpec("Params")
Answer = TypeVar("Answer")


@dataclass
class Buckets:
    """One bucket a device: `BURST` requests in it at most, filled again at `PER_SECOND`."""

    fill: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def take(self, device: str, now: datetime) -> float:
        """Seconds to wait, 0 when the request may pass."""
        with self.lock:
            left, at = self.fill.get(device, (float(BURST), now))
            left = min(BURST, left + max(0.0, (now - at).total_seconds()) * PER_SECOND)
            if left < 1:
                return (1 - left) / PER_SECOND
            if len(self.fill) >= MOST_DEVICES and device not in self.fill:
                self.fill.clear()
            self.fill[device] = (left - 1, now)
            return 0.0


def init_app(app: Flask) -> None:
    """Give the application its buckets."""
    app.extensions[KEY] = Buckets()


def paced(view: Callable[Params, Answer]) -> Callable[Params, Answer]:
    """Behind a guard with a device: refuse with 429 and Retry-After when it asks too often."""

    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        buckets = cast(Buckets, current_app.extensions[KEY])
        wait = buckets.take(guards.current_device().id, clock.now())
        if wait:
            raise TooMany("This tablet asks too often.", headers={"Retry-After": str(math.ceil(wait))})
        return view(*args, **kwargs)

    return guarded
