"""How many operations a second a push takes and how many rows a second a pull gives, on both databases.

Client and server share one process and one core, and the client's own work (signing the proof, parsing the answer) is
outside the measured time. Batches of 200, full validation, commits forced to disk: SQLite WAL with synchronous FULL,
PostgreSQL with fsync and synchronous_commit on. Five runs; median, least and most of the time that passed, and the
median by processor time of this process, which says what a machine without neighbours would do at best.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend.core.clock import SetClock
from backend.core.config import Config
from checklists import digest
from tests.makers import House, Tablet, build_app, create_schema
from tests.services.postgres import running_postgres

RUNS = 5
BATCH = 200
BATCHES = 5
PULLED = 10_000
ITEMS = 40
CHECKLIST: dict[str, Any] = {
    "format": 1,
    "id": "bench",
    "title": {"en": "Bench"},
    "kind": "preventive",
    "sections": [
        {
            "id": "all",
            "title": {"en": "All"},
            "items": [{"id": f"i{n}", "type": "pass_fail", "label": {"en": f"Item {n}"}} for n in range(ITEMS)],
        }
    ],
}


@dataclass(frozen=True)
class Rate:
    """So many things a second, over the runs."""

    name: str
    seen: tuple[Spent, ...]

    def __str__(self) -> str:
        passed, busy = [one.done / one.passed for one in self.seen], [one.done / one.busy for one in self.seen]
        middle = statistics.median(passed)
        spread = f"({min(passed):,.0f} to {max(passed):,.0f})"
        return f"{self.name:<52} {middle:>8,.0f} /s {spread:<20} {statistics.median(busy):>8,.0f} /s of processor"


@dataclass
class Spent:
    """Things done, and seconds that passed and that this process was busy."""

    done: int = 0
    passed: float = 0.0
    busy: float = 0.0

    def add(self, other: Spent) -> None:
        self.done += other.done
        self.passed += other.passed
        self.busy += other.busy


def measure() -> list[Rate]:
    """All rates, SQLite first."""
    rates = []
    for name, place in (("SQLite FULL", sqlite), ("PostgreSQL sync", postgres)):
        with place() as (url, folder), furnished(url, folder) as bench:
            rates += bench.rates(name)
    return rates


@contextmanager
def sqlite() -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory(dir=Path.cwd() / "build") as folder:
        yield f"sqlite:///{folder}/bench.db", Path(folder)


@contextmanager
def postgres() -> Iterator[tuple[str, Path]]:
    with running_postgres(durable=True) as server, tempfile.TemporaryDirectory() as folder, server.database() as url:
        yield url, Path(folder)


@contextmanager
def furnished(url: str, folder: Path) -> Iterator[Bench]:
    """A house with one visit and ten runs on it, and a tablet that knows them."""
    create_schema(url, folder)
    clock = SetClock(datetime(2026, 11, 23, 4, tzinfo=UTC))
    config = Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(folder)})
    with build_app(config, clock) as app:
        house = House.found(app, clock, "Bench Systems")
        office, tablet = house.office(), house.tablet()
        office("checklist.publish", ("checklist", house.new_id()), {"definition": CHECKLIST})
        visit, runs = house.visit(tablet.person), [house.new_id() for _ in range(10)]
        for run in runs:
            office("visit.add_run", ("visit", visit), {"run": run, "checklist": digest(CHECKLIST), "asset": None})
        tablet.pull()
        yield Bench(house, tablet, visit, runs)


@dataclass
class Bench:
    """One database under measurement."""

    house: House
    tablet: Tablet
    visit: str
    runs: list[str]
    drawn: int = 0

    def rates(self, name: str) -> list[Rate]:
        self._push(self._notes)
        self._push(self._answers)
        return [
            Rate(f"push, new rows (note.add), {name}", self._runs(lambda: self._push(self._notes))),
            Rate(f"push, one day's answers (answer.set), {name}", self._runs(lambda: self._push(self._answers))),
            Rate(f"pull, pages of 1,000, {name}", self._pulls()),
        ]

    def _runs(self, run: Callable[[], Spent]) -> tuple[Spent, ...]:
        return tuple(run() for _ in range(RUNS))

    def _notes(self) -> None:
        for _ in range(BATCH):
            args = {"visit": self.visit, "text": "Fan of the UPS is loud, bearing worn; ordered a new one " * 4}
            self.tablet.act("note.add", ("note", self.house.new_id()), args)

    def _answers(self) -> None:
        for n in range(BATCH):
            self.drawn += 1
            value = ("pass", "fail", "n/a")[self.drawn // (ITEMS * 10) % 2]
            args = {"item": f"i{n % ITEMS}", "value": value}
            self.tablet.act("answer.set", ("run", self.runs[n // ITEMS % len(self.runs)]), args)

    def _push(self, act: Callable[[], None]) -> Spent:
        total = Spent()
        for _ in range(BATCHES):
            act()
            answer, spent = self._timed("/api/v1/sync/push", json.dumps(self.tablet.push_body(BATCH)))
            self.tablet.settle(answer)
            refused = {one["status"] for one in answer["results"]} - {"applied", "merged"}
            assert not refused, answer["results"][:3]
            spent.done = len(answer["results"])
            total.add(spent)
        return total

    def _pulls(self) -> tuple[Spent, ...]:
        while sum(1 for text in self.tablet.outbox if '"note.add"' in text) < PULLED:
            self._push(self._notes)
        return self._runs(self._pull)

    def _pull(self) -> Spent:
        tablet, total, cursor = self.tablet, Spent(), None
        while True:
            body = {
                "proto": 1, "schema": 1, "device": tablet.id, "epoch": tablet.epoch, "cursor": cursor,
                "limit": 1_000, "nonce": "n",
            }  # fmt: skip
            answer, spent = self._timed("/api/v1/sync/pull", json.dumps(body))
            spent.done, cursor = len(answer["changes"]), answer["cursor"]
            total.add(spent)
            if not answer["more"]:
                return total

    def _timed(self, path: str, body: str) -> tuple[dict[str, Any], Spent]:
        self.house.clock.advance(seconds=2)
        for _ in range(2):
            headers = {"DPoP": self.tablet.proof("POST", path)}
            passed, busy = time.perf_counter(), time.process_time()
            answer = self.tablet.browser.post(path, data=body, content_type="application/json", headers=headers)
            spent = Spent(0, time.perf_counter() - passed, time.process_time() - busy)
            self.tablet.nonce = answer.headers.get("DPoP-Nonce", self.tablet.nonce)
            if answer.status_code == 200:
                return answer.get_json(), spent
        raise AssertionError(answer.text)


def main() -> None:
    (Path.cwd() / "build").mkdir(exist_ok=True)
    for rate in measure():
        print(rate, flush=True)


if __name__ == "__main__":
    main()
