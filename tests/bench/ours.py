"""Our own server under measurement: furnished in this process, then served by `singgah serve` as it is in an office.

A tablet may ask 60 times a minute (rule of the protocol), so a measurement takes turns among many of them.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db
from backend.exchange import services
from tests.bench.driver import Line, Refused, Told
from tests.bench.sizes import Sizes
from tests.browser import SAME_ORIGIN
from tests.makers import House, Person, Tablet, build_app, create_schema
from tests.services.postgres import running_postgres
from tests.services.program import Program

PUBLIC = "http://localhost:8000"
"""The origin that proofs name; the port that is really listened on is another one."""
PUSH, PULL, HEAD = "/api/v1/sync/push", "/api/v1/sync/pull", "/api/v1/sync/head"
CREW = 12
"""Engineers on the large visit, with two tablets each."""
TEXT = "Fan of the UPS is loud, bearing worn; ordered a new one. " * 10
"""Makes an operation of about 0.9 KB."""
ATTEMPTS = 10
PACKED = {"Accept-Encoding": "gzip"}
DURABILITY = {
    "sqlite": "each commit on disk (WAL, synchronous=FULL)",
    "postgresql": "each commit on disk (fsync=on, synchronous_commit=on)",
}
SETTINGS = {
    "sqlite": "singgah serve: gunicorn, 1 process, 48 threads; SQLite WAL; full validation, proofs and journal on",
    "postgresql": "singgah serve: gunicorn, 2 processes, 48 threads; pool 12+28; full validation, proofs, journal on",
}


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """URLs of two empty databases of this kind whose commits are forced to disk: for the house, and for the floor."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/singgah.db", f"sqlite:///{folder}/floor.db"
        return
    with running_postgres(durable=True) as server, server.database() as url, server.database() as floor:
        yield url, floor


@dataclass
class Seat:
    """A tablet on the wire: the state is that of the tests' tablet, the requests are ours."""

    tablet: Tablet
    visit: str
    token: str
    pulled: bool = False

    def headers(self, method: str, path: str) -> dict[str, str]:
        return {
            **SAME_ORIGIN,
            "Cookie": f"singgah={self.token}",
            "DPoP": self.tablet.proof(method, path),
            "Content-Type": "application/json",
        }

    def pull_body(self, cursor: str | None, limit: int) -> dict[str, Any]:
        return {
            "proto": 1, "schema": 1, "device": self.tablet.id, "epoch": self.tablet.epoch, "cursor": cursor,
            "limit": limit, "nonce": "n2",
        }  # fmt: skip


@dataclass
class Ours:
    """One installation under measurement: the house, its tablets, and the program that serves them."""

    kind: str
    url: str
    folder: Path
    house: House
    sizes: Sizes
    floor_url: str = ""
    seats: list[Seat] = field(default_factory=list)
    crew: list[Seat] = field(default_factory=list)
    consoles: list[str] = field(default_factory=list)
    large: str = ""
    program: Program | None = None
    line: Line | None = None

    # Furnishing, in this process

    def furnish(self, tablets: int, consoles: int = 0) -> None:
        """So many tablets, two for each engineer, who has a visit; a crew with a visit of its own; office browsers."""
        house = self.house
        crew = [house.person("engineer", 9_000 + nth) for nth in range(CREW)]
        self.large = house.visit(*crew)
        self.crew = [self.seat(person, self.large) for person in crew for _ in range(2)]
        for nth in range((tablets + 1) // 2):
            person = house.person("engineer", nth + 1)
            visit = house.visit(person)
            self.seats += [self.seat(person, visit) for _ in range(2)]
        del self.seats[tablets:]
        self.consoles = [_token(house.browser("dispatcher")) for _ in range(consoles)]

    def seat(self, person: Person, visit: str) -> Seat:
        tablet = Tablet(self.house, person).enrol()
        return Seat(tablet, visit, _token(tablet.browser))

    # Serving

    @contextmanager
    def serving(self) -> Iterator[Line]:
        """The real program on the furnished database, until the block ends."""
        self.program = Program(self.folder / "data", {"DATABASE_URL": self.url, "PUBLIC_URL": PUBLIC})
        try:
            self.program.start_web()
            self.line = Line(self.program.port, "localhost:8000")
            self._learn_nonce()
            yield self.line
        finally:
            if self.program.web is not None:
                self.program.stop()
            self.line = None

    def _learn_nonce(self) -> None:
        """The server's nonce is the same for all: one tablet asks, everybody hears it."""
        assert self.line is not None
        seat = self.crew[0]
        told = self.line.ask("POST", PULL, b"{}", seat.headers("POST", PULL))
        for one in (*self.seats, *self.crew):
            one.tablet.nonce = told.headers["dpop-nonce"]

    @property
    def port(self) -> int:
        assert self.program is not None
        return self.program.port

    def stop_serving(self) -> None:
        """Stop the program in the middle of `serving`, and leave the database alone, for a restore."""
        assert self.program is not None
        self.program.stop()
        with self.house.app.app_context():
            db.engine.dispose()

    def serve_again(self) -> None:
        """Start it again on the port that it had; a backup holds no sessions, so the crew signs in again."""
        assert self.program is not None
        self.program.start_web()
        for seat in self.crew:
            seat.token = _token(seat.tablet.browser.sign_in())
        self._learn_nonce()

    def ask(self, seat: Seat, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Told:
        """A timed request with its proof. A stale nonce is taken anew, and a tablet that asks too often waits as it is
        told, both outside the time.
        """
        told = self.asked(seat, path, body, headers)
        if told.status != 200:
            raise Refused(f"{path}: {told.status} {told.text()[:400]!r}")
        return told

    def asked(self, seat: Seat, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Told:
        """As `ask`, whatever the status in the end."""
        assert self.line is not None
        for _ in range(ATTEMPTS):
            told = self.line.ask("POST", path, body, {**seat.headers("POST", path), **(headers or {})})
            seat.tablet.nonce = told.headers.get("dpop-nonce", seat.tablet.nonce)
            if told.status == 429:
                time.sleep(int(told.headers["retry-after"]))
            elif told.status != 401 or told.json()["code"] != "use_dpop_nonce":
                break
        return told

    # Work

    def note(self, seat: Seat, visit: str | None = None) -> None:
        """One operation into the outbox of this tablet."""
        seat.tablet.act("note.add", ("note", self.house.new_id()), {"visit": visit or seat.visit, "text": TEXT})

    def push(self, seat: Seat, most: int) -> Told:
        """Send the oldest operations; every one must take effect."""
        if seat.tablet.epoch is None:
            self.page(seat, None, 1)
        told = self.ask(seat, PUSH, dumps(seat.tablet.push_body(most)))
        said = told.json()
        seat.tablet.settle(said)
        wrong = [one for one in said["results"] if one["status"] not in {"applied", "merged"}]
        if wrong or len(said["results"]) == 0:
            raise Refused(f"an operation did not take effect: {wrong[:2]}")
        return told

    def page(self, seat: Seat, cursor: str | None, limit: int, *, packed: bool = False) -> Told:
        """One page of the feed. The tablet takes note of the epoch and the cursor, not of the rows."""
        told = self.ask(seat, PULL, dumps(seat.pull_body(cursor, limit)), PACKED if packed else {})
        said = told.json()
        seat.tablet.epoch, seat.tablet.cursor, seat.tablet.head = said["epoch"], said["cursor"], said["head"]
        return told

    def pull(self, seat: Seat, limit: int, *, packed: bool = False) -> tuple[int, float]:
        """Everything from the beginning: rows, seconds."""
        rows, seconds, cursor = 0, 0.0, None
        while True:
            told = self.page(seat, cursor, limit, packed=packed)
            said = told.json()
            rows, seconds, cursor = rows + len(said["changes"]), seconds + told.seconds, said["cursor"]
            if not said["more"]:
                return rows, seconds

    def audiences(self, seat: Seat) -> list[str]:
        """What this tablet's person sees."""
        person = seat.tablet.person.id
        with self.house.app.app_context():
            return ["org", f"u:{person}", *services.audiences_of(self.house.org_id, person)]

    def team(self, count: int, visits: int) -> tuple[list[Seat], list[str]]:
        """So many more engineers with a tablet each, together on so many visits."""
        people = [self.house.person("engineer", 8_000 + nth) for nth in range(count)]
        places = [self.house.visit(*people) for _ in range(visits)]
        return [self.seat(person, places[0]) for person in people], places

    def turns(self, count: int) -> Iterator[Seat]:
        """So many seats, one after the other, again and again."""
        return islice(cycle(self.seats), count)


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _token(browser: Any) -> str:
    cookie = browser.client.get_cookie("singgah")
    assert cookie is not None
    return str(cookie.value)


@contextmanager
def installation(kind: str, sizes: Sizes) -> Iterator[Ours]:
    """An empty house on a fresh database, not yet serving."""
    Path("build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir="build") as place, databases(kind, Path(place).absolute()) as (url, floor):
        folder = Path(place).absolute()
        data = folder / "data"
        create_schema(url, data)
        clock = SetClock(datetime.now(UTC))
        with build_app(Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(data)}), clock) as app:
            yield Ours(kind, url, folder, House.found(app, clock, "Bench Systems"), sizes, floor)
