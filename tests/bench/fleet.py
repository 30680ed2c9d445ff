"""Many tablets at once: all come back with a day's work at the same moment; then all are idle."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException

from tests.bench.driver import Line, Refused
from tests.bench.figures import Figure
from tests.bench.ours import HEAD, PULL, PUSH, Ours, Seat, dumps
from tests.bench.watching import busy_seconds, peak_memory
from tests.browser import SAME_ORIGIN

POLL_S = 60.0
"""How often a tablet that is looked at asks for the head (pwa/src/exchange/pull.ts)."""
PATIENCE = 20
"""Attempts of one request: a tablet that is told to wait, or reaches nobody, tries again."""


@dataclass(frozen=True)
class Parcel:
    """What a tablet sends, made before the start: machines of their own make it in life."""

    seat: Seat
    push: tuple[bytes, dict[str, str]]
    pull: tuple[bytes, dict[str, str]]
    count: int


def reconnect(ours: Ours, who: str) -> Iterator[Figure]:
    """Seconds until every tablet has sent its operations and fetched what is new; the server's memory meanwhile."""
    assert ours.program is not None and ours.program.web is not None
    parcels = [_parcel(ours, seat) for seat in ours.seats]
    start = threading.Barrier(len(parcels) + 1)
    with (
        peak_memory(ours.program.web.process.pid) as peak,
        ThreadPoolExecutor(len(parcels)) as pool,
    ):
        under_way = [pool.submit(_come_back, ours.program.port, parcel, start) for parcel in parcels]
        start.wait()
        began = time.perf_counter()
        answers = [one.result() for one in under_way]
        took = time.perf_counter() - began
    for parcel, said in zip(parcels, answers, strict=True):
        parcel.seat.tablet.settle(said)
        if parcel.seat.tablet.ack_n != len(parcel.seat.tablet.outbox):
            raise Refused(f"tablet {parcel.seat.tablet.id} has operations without an outcome")
    what = f"{len(parcels)} tablets reconnect with {ours.sizes.operations_each} operations each"
    yield Figure(who, what, "s", (took,), f"{sum(p.count for p in parcels) / took:,.0f} operations/s, each then pulls")
    yield Figure(who, f"memory of the server while {what}", "MB", (peak.mb,), "peak of all its processes, shared once")


def _parcel(ours: Ours, seat: Seat) -> Parcel:
    if seat.tablet.epoch is None:
        ours.page(seat, None, 1)
    for _ in range(ours.sizes.operations_each):
        ours.note(seat)
    body = seat.tablet.push_body(200)
    pull = dumps(seat.pull_body(seat.tablet.cursor, 1_000))
    return Parcel(
        seat, (dumps(body), seat.headers("POST", PUSH)), (pull, seat.headers("POST", PULL)), len(body["ops"])
    )


def _come_back(port: int, parcel: Parcel, start: threading.Barrier) -> dict[str, object]:
    line = Line(port, "localhost:8000")
    start.wait()
    said: dict[str, object] = _insistently(line, PUSH, *parcel.push)
    _insistently(line, PULL, *parcel.pull)
    line.close()
    return said


def _insistently(line: Line, path: str, body: bytes, headers: dict[str, str]) -> dict[str, object]:
    """The same bytes again after a pause of growing chance, as a tablet does."""
    for attempt in range(PATIENCE):
        try:
            told = line.ask("POST", path, body, headers)
        except (OSError, HTTPException):
            told = None
        if told is not None and told.status == 200:
            found: dict[str, object] = told.json()
            return found
        if told is not None and told.status not in (429, 503):
            raise Refused(f"{path}: {told.status} {told.text()[:200]!r}")
        time.sleep(random.uniform(0, min(5.0, 0.5 * 2**attempt)))
    raise Refused(f"{path}: no answer in {PATIENCE} attempts")


def idle(ours: Ours, who: str) -> Figure:
    """Per cent of two cores that idle tablets and open consoles cost the server, over a window."""
    assert ours.program is not None and ours.program.web is not None
    pid, port, window = ours.program.web.process.pid, ours.program.port, ours.sizes.idle_seconds
    streams = [_open_stream(port, token) for token in ours.consoles]
    try:
        before, began = busy_seconds(pid), time.monotonic()
        asked = _ask_in_turns(ours, began, window)
        spent, passed = busy_seconds(pid) - before, time.monotonic() - began
    finally:
        for stream in streams:
            stream.close()
    share = 100 * spent / (2 * passed)
    note = f"{asked} questions in {passed:.0f} s, each on a new connection; {len(streams)} open streams"
    what = f"{len(ours.seats)} idle tablets and {len(streams)} consoles"
    return Figure(who, what, "% of two cores", (share,), note)


def _ask_in_turns(ours: Ours, began: float, window: float) -> int:
    """Each tablet asks for the head every POLL_S, evenly spread; at least one of them asks."""
    assert ours.program is not None
    count = max(1, round(len(ours.seats) * window / POLL_S))
    for place in range(count):
        _sleep_until(began + window * place / count)
        seat = ours.seats[place % len(ours.seats)]
        line = Line(ours.program.port, "localhost:8000")
        line.must("GET", HEAD, None, {"Cookie": f"singgah={seat.token}", "X-Singgah": "1"})
        line.close()
    _sleep_until(began + window)
    return count


def _sleep_until(moment: float, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(max(0.0, moment - time.monotonic()))


def _open_stream(port: int, token: str) -> socket.socket:
    """A console's stream, held open; its first line has come."""
    stream = socket.create_connection(("127.0.0.1", port), timeout=30)
    heads = "".join(f"{name}: {value}\r\n" for name, value in SAME_ORIGIN.items())
    request = f"GET /console/events HTTP/1.1\r\nHost: localhost:8000\r\nCookie: singgah={token}\r\n{heads}\r\n"
    stream.sendall(request.encode())
    first = stream.recv(4_096)
    if b" 200 " not in first.split(b"\r\n", 1)[0]:
        raise Refused(f"a stream was refused: {first[:200]!r}")
    return stream
