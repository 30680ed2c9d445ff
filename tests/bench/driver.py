"""The one client of every measurement: HTTP over loopback, one connection that is kept alive, time by a stopwatch.

What is sent is made before the watch starts, and what comes back is read to its end before it stops; parsing comes
later.
"""

from __future__ import annotations

import gzip
import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

IDLE = 1.0
"""Seconds after which a connection is opened anew: servers close idle ones after two and more."""
TIMEOUT = 120.0


@dataclass(frozen=True)
class Told:
    """An answer. `seconds` from the first byte sent to the last one read; `body` as it travelled."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def text(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body

    def json(self) -> Any:
        return json.loads(self.text())


class Refused(AssertionError):
    """A server answered a measured request with something else than success."""


class Line:
    """A connection to one server. `host` is what the Host header says."""

    def __init__(self, port: int, host: str | None = None) -> None:
        self.port = port
        self.host = host or f"127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self._used = 0.0

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Told:
        """Send and read whole, whatever the status."""
        if time.monotonic() - self._used > IDLE:
            self._connection.close()
            self._connection.connect()
        sent = {"Host": self.host, **(headers or {})}
        began = time.perf_counter()
        self._connection.request(method, path, body=body, headers=sent)
        answer = self._connection.getresponse()
        data = answer.read()
        took = time.perf_counter() - began
        self._used = time.monotonic()
        return Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data, took)

    def must(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Told:
        """As `ask`; Refused unless the status is 2xx."""
        told = self.ask(method, path, body, headers)
        if not 200 <= told.status < 300:
            raise Refused(f"{method} {path}: {told.status} {told.text()[:400]!r}")
        return told

    def close(self) -> None:
        self._connection.close()
