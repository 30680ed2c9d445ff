"""A day's work done offline and sent in one sync: bytes of bodies, beside the same operations as one zstd -19 file."""

from __future__ import annotations

import gzip
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from backend.core.schema import wire_time
from checklists import digest
from tests.bench.driver import Told
from tests.bench.figures import Figure
from tests.bench.ours import PACKED, PULL, PUSH, Ours, Seat, dumps

GZIP_LEVEL = 6
"""What browsers' CompressionStream uses."""
ITEMS = 30
MARKS = ("travelling", "at_desk", "working", "paused", "resumed", "finished", "left")
REMARKS = (
    "Fan tray 2 louder than last quarter; bearing worn, replacement ordered with the vendor.",
    "Cable 14 relabelled; patch record corrected on site.",
    "Dust filter cleaned, next change due in six months.",
    "Battery string B at 12.9 V under load, watch at the next visit.",
)
CHECKLIST: dict[str, Any] = {
    "format": 1,
    "id": "bench-day",
    "title": {"en": "Quarterly maintenance"},
    "kind": "preventive",
    "sections": [
        {
            "id": "all",
            "title": {"en": "All"},
            "items": [{"id": f"i{n:02}", "type": "pass_fail", "label": {"en": f"Item {n}"}} for n in range(ITEMS)],
        }
    ],
}


@dataclass
class Bytes:
    """Bodies on their way, headers not counted."""

    pushed: int = 0
    answered: int = 0
    pulled: int = 0


def day(ours: Ours, who: str) -> Iterator[Figure]:
    """`day` operations of one tablet: marks, answers, remarks, times, parts and notes over several visits."""
    seat = _work(ours)
    texts = list(seat.tablet.outbox)
    spent = _send(ours, seat)
    file = zstd("\n".join(texts).encode())
    what = f"a day's work ({len(texts)} operations)"
    yield Figure("zstd -19, one file", what, "bytes", (float(file),), f"{sum(map(len, texts)):,} bytes of operations")
    yield Figure(who, what, "bytes", (float(spent.pushed + spent.answered),),
                 f"requests {spent.pushed:,}, answers {spent.answered:,}; bodies, gzip")  # fmt: skip
    yield Figure(who, f"{what}, and the pull after it", "bytes",
                 (float(spent.pushed + spent.answered + spent.pulled),), f"the pull {spent.pulled:,}")  # fmt: skip


def _work(ours: Ours) -> Seat:
    """Six visits with a run each; then everything is done without a network."""
    house, office = ours.house, ours.house.office()
    person = house.person("engineer", 7_000)
    office("checklist.publish", ("checklist", house.new_id()), {"definition": CHECKLIST})
    visits = [house.visit(person) for _ in range(6)]
    runs = [house.new_id() for _ in visits]
    for visit, run in zip(visits, runs, strict=True):
        office("visit.add_run", ("visit", visit), {"run": run, "checklist": digest(CHECKLIST), "asset": None})
    seat = ours.seat(person, visits[0])
    ours.page(seat, None, 1_000, packed=True)
    for number, (type_, entity, args) in enumerate(_acts(ours, visits, runs)):
        if number == ours.sizes.day:
            break
        ours.house.clock.advance(milliseconds=41_017 + number * 7_919 % 60_000)
        seat.tablet.act(type_, entity, args, mono=number * 83_211, off=-1_250)
    return seat


def _acts(ours: Ours, visits: list[str], runs: list[str]) -> Iterator[tuple[str, tuple[str, str], dict[str, Any]]]:
    new = ours.house.new_id
    while True:
        for visit, run in zip(visits, runs, strict=True):
            for mark in MARKS:
                yield "visit.mark", ("visit", visit), {"mark": mark}
            for n in range(ITEMS):
                yield "answer.set", ("run", run), {"item": f"i{n:02}", "value": "fail" if n % 11 == 5 else "pass"}
            for n, remark in enumerate(REMARKS):
                yield "remark.set", ("run", run), {"item": f"i{n * 7:02}", "text": remark}
            start = ours.house.clock.now()
            for n in range(2):
                span = {"starts_at": wire_time(start - timedelta(minutes=50 - n)), "ends_at": wire_time(start)}
                worked = {"visit": visit, "kind": "on_site", "minutes": 50 - n, **span}
                yield "time.add", ("time_entry", new()), worked
            for n in range(7):
                yield "note.add", ("note", new()), {"visit": visit, "text": f"Rack {n + 1}: {REMARKS[n % 4]}"}


def _send(ours: Ours, seat: Seat) -> Bytes:
    """Push all, pull once, as the tablet does: requests packed, packed answers taken."""
    spent = Bytes()
    while seat.tablet.ack_n < len(seat.tablet.outbox):
        body = gzip.compress(dumps(seat.tablet.push_body(200)), GZIP_LEVEL, mtime=0)
        told = ours.ask(seat, PUSH, body, {"Content-Encoding": "gzip", "Prefer": "return=minimal", **PACKED})
        _take(seat, told)
        spent.pushed, spent.answered = spent.pushed + len(body), spent.answered + len(told.body)
    asked = dumps(seat.pull_body(seat.tablet.cursor, 1_000))
    told = ours.ask(seat, PULL, asked, PACKED)
    spent.pulled = len(asked) + len(told.body)
    return spent


def _take(seat: Seat, told: Told) -> None:
    said = told.json()
    seat.tablet.settle(said)
    wrong = [one for one in said["results"] if one["status"] not in {"applied", "merged"}]
    if wrong:
        raise AssertionError(f"an operation of the day did not take effect: {wrong[:2]}")


def zstd(data: bytes) -> int:
    """Bytes of one file that zstd makes at its level 19."""
    done = subprocess.run(["zstd", "-19", "--stdout", "-q"], input=data, capture_output=True, check=True, timeout=60)
    return len(done.stdout)
