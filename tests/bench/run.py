"""One run of the bench: which systems, which parts, which goals."""

from __future__ import annotations

import platform
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend import __version__
from tests.bench import correctness, day, fleet
from tests.bench.figures import Figure, Goal, Report
from tests.bench.ours import DURABILITY, SETTINGS, TEXT, Ours, installation
from tests.bench.peers import Missing
from tests.bench.peers.kinto_server import Kinto, running_kinto
from tests.bench.peers.pouchdb_server import PouchDB, running_pouchdb
from tests.bench.rates import Rates
from tests.bench.sizes import Sizes
from tests.services.postgres import newest_programs

PARTS = ("push", "empty", "pull", "bootstrap", "reconnect", "idle", "day", "correctness")
SPEED_OF_PEERS = frozenset({"push", "pull"})
WHO = {"sqlite": "Singgah, SQLite", "postgresql": "Singgah, PostgreSQL"}
Say = Callable[[str], None]
Peer = Kinto | PouchDB
PEERS: tuple[tuple[Callable[[Path], AbstractContextManager[Peer]], Callable[..., Iterator[Any]]], ...] = (
    (running_kinto, correctness.kinto),
    (running_pouchdb, correctness.pouchdb),
)


def run(sizes: Sizes, only: frozenset[str], say: Say, kinds: Iterable[str] = tuple(WHO), peers: bool = True) -> Report:
    """Everything that `only` asks for. `say` hears of each figure when it is there."""
    report = Report(machine=machine(), systems=[])
    run_ = Run(report, sizes, only, say)
    for kind in kinds:
        run_.ours(kind)
    for start, scripts in PEERS if peers else ():
        run_.peer(start, scripts)
    report.goals = goals(report, sizes)
    return report


@dataclass
class Run:
    """A run under way."""

    report: Report
    sizes: Sizes
    only: frozenset[str]
    say: Say

    def ours(self, kind: str) -> None:
        """Our own server on one of the databases."""
        who = WHO[kind]
        self._introduce(who, f"Singgah {__version__}, {database_version(kind)}", SETTINGS[kind], DURABILITY[kind])
        with installation(kind, self.sizes) as ours:
            many = self.only & {"push", "empty", "reconnect", "idle"}
            ours.furnish(self.sizes.tablets if many else 2, self.sizes.consoles if "idle" in self.only else 0)
            with ours.serving():
                for figure in self._figures(ours, Rates(ours, who), who):
                    self.note(figure)
                if "correctness" in self.only:
                    self._verdicts(correctness.ours(ours, who))

    def _figures(self, ours: Ours, rates: Rates, who: str) -> Iterator[Figure]:
        """Idle first, while nothing has happened yet; what fills the database last."""
        parts: dict[str, Callable[[], Iterable[Figure]]] = {
            "idle": lambda: [fleet.idle(ours, who)],
            "empty": rates.empty_pull,
            "push": rates.push,
            "day": lambda: day.day(ours, who),
            "reconnect": lambda: fleet.reconnect(ours, who),
            "pull": rates.pull,
            "bootstrap": lambda: [rates.bootstrap()],
        }
        for part, measure in parts.items():
            if part in self.only:
                yield from measure()

    def peer(
        self, start: Callable[[Path], AbstractContextManager[Peer]], scripts: Callable[..., Iterator[Any]]
    ) -> None:
        """One peer; when it cannot be set up, the sentence that says so."""
        try:
            with tempfile.TemporaryDirectory(dir="build") as folder, start(Path(folder).absolute()) as server:
                self._introduce(server.name, server.version, server.settings, server.durability)
                for figure in self._peer_figures(server):
                    self.note(figure)
                if "correctness" in self.only:
                    self._verdicts(scripts(server, self.sizes, server.name))
        except Missing as missing:
            self.report.missing.append(str(missing))
            self.say(f"missing: {missing}")

    def _peer_figures(self, server: Peer) -> Iterator[Figure]:
        if "push" in self.only:
            for size, requests in self.sizes.batches.items():
                runs = [self._peer_push(server, size, requests) for _ in range(self.sizes.runs + 1)][1:]
                yield Figure(server.name, f"push, batches of {size}", "operations/s", tuple(runs))
        if "pull" in self.only:
            yield from self._peer_pull(server)

    def _peer_push(self, server: Peer, size: int, requests: int) -> float:
        line = server.line()
        bodies = [server.push_body([record() for _ in range(size)]) for _ in range(requests)]
        return size * requests / sum(server.push(line, body).seconds for body in bodies)

    def _peer_pull(self, server: Peer) -> Iterator[Figure]:
        line, largest = server.line(), max(self.sizes.batches)
        have = len(server.ids(line))
        for start in range(have, self.sizes.pulled, largest):
            count = min(largest, self.sizes.pulled - start)
            server.push(line, server.push_body([record() for _ in range(count)]))
        whole = [server.pull(line, self.sizes.page) for _ in range(self.sizes.runs + 1)][1:]
        what = f"pull, pages of {self.sizes.page:,}, not packed"
        note = f"{whole[0][0]:,} rows"
        yield Figure(server.name, what, "rows/s", tuple(rows / seconds for rows, seconds in whole), note)

    def _introduce(self, who: str, version: str, settings: str, durability: str) -> None:
        self.report.systems.append(
            {"who": who, "version": version, "settings": settings, "durability": durability}
        )
        self.say(f"== {who}: {version}\n   {settings}\n   {durability}")

    def note(self, figure: Figure) -> None:
        self.report.figures.append(figure)
        self.say(f"   {figure.what}: {figure.median:,.4g} {figure.unit}  ({figure.who}) {figure.note}")

    def _verdicts(self, found: Iterator[Any]) -> None:
        for one in found:
            self.report.correctness.append(asdict(one))
            self.say(f"   {one.script}: {one.wrote} written, {one.lost} lost, {one.doubled} doubled; {one.how}")


def record() -> dict[str, Any]:
    """What a peer is given: the members of our operation, so that all move the same bytes."""
    return {
        "id": str(uuid.uuid4()),
        "type": "note.add",
        "v": 1,
        "entity": ["note", str(uuid.uuid4())],
        "base": 4711,
        "args": {"visit": str(uuid.uuid4()), "text": TEXT},
        "at": "2026-11-23T09:14:05.120Z",
        "mono": 83_211,
        "off": -1_250,
    }


def goals(report: Report, sizes: Sizes) -> list[Goal]:
    """What was promised: ratios within one run, and limits."""
    largest = max(sizes.batches)
    push, pull = f"push, batches of {largest}", f"pull, pages of {sizes.page:,}, not packed"
    reconnect = f"{sizes.tablets} tablets reconnect with {sizes.operations_each} operations each"
    file, work = f"a day's work ({sizes.day} operations)", "zstd -19, one file"
    found = []
    for kind, who in WHO.items():
        if not any(system["who"] == who for system in report.systems):
            continue
        found += [
            Goal(f"{who}: push at {largest} over Kinto", report.ratio((who, push), ("Kinto", push)), 25),
            Goal(f"{who}: push at {largest} over PouchDB", report.ratio((who, push), ("PouchDB", push)), 1.5),
            Goal(f"{who}: push at {largest} over the bare inserts",
                 report.ratio((who, push), (f"floor: bare inserts, {kind}", push)), 0.3),
            Goal(f"{who}: pull over PouchDB", report.ratio((who, pull), ("PouchDB", pull)), 3),
            Goal(f"{who}: pull over the bare route",
                 report.ratio((who, pull), (f"floor: bare Flask route, {kind}", pull)), 0.6),
            Goal(f"{who}: an empty pull over a no-op route",
                 report.ratio((who, "empty pull"), (f"floor: no-op Flask route, {kind}", "empty pull")), 3, False),
            Goal(f"{who}: {reconnect}", report.find(who, reconnect), 60, False, "s"),
            Goal(f"{who}: memory meanwhile", report.find(who, f"memory of the server while {reconnect}"), 300, False,
                 "MB"),
            Goal(f"{who}: {sizes.tablets} idle tablets and {sizes.consoles} consoles",
                 report.find(who, f"{sizes.tablets} idle tablets and {sizes.consoles} consoles"), 5, False,
                 "% of two cores"),
            Goal(f"{who}: a day's work over one zstd -19 file", report.ratio((who, file), (work, file)), 1.5, False),
        ]  # fmt: skip
    return found


def machine() -> dict[str, Any]:
    """What it ran on."""
    info = Path("/proc/cpuinfo").read_text("utf-8")
    model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "unknown")
    memory = int(Path("/proc/meminfo").read_text("ascii").split()[1]) // (1 << 20)
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": info.count("processor\t"),
        "processor": model,
        "memory_gib": memory,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load_before": [float(word) for word in Path("/proc/loadavg").read_text("ascii").split()[:3]],
    }


def database_version(kind: str) -> str:
    if kind == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {newest_programs().parent.name}"
