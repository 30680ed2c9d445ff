"""One kill run and one fail-over run: a house on a throw-away PostgreSQL, tablets that push at once, and deaths."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from backend.core.clock import MachineClock
from backend.core.config import Config
from tests.kill.oracles import FeedWatcher, faults
from tests.kill.wire import HOST, FarTablet
from tests.makers import House, build_app, create_schema
from tests.services.cluster import Cluster, running_cluster
from tests.services.program import Program

TABLETS = 4
BATCH = 5
DEATHS = ("web", "web worker", "database backend", "database")
"""What is killed: the web server with all its processes, one of its workers, one process of PostgreSQL, all of them."""


@dataclass
class Told:
    """What a run did and what was wrong."""

    operations: int = 0
    requests: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    given_back: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Scene:
    """The house, its servers and its tablets."""

    house: House
    cluster: Cluster
    program: Program
    tablets: list[FarTablet]
    visit: str

    def asked(self) -> int:
        return sum(tablet.asked for tablet in self.tablets)


@contextmanager
def scene(folder: Path, cluster: Cluster) -> Iterator[Scene]:
    """A house in service, its program running."""
    settings = {"DATABASE_URL": cluster.url, "PUBLIC_URL": f"http://{HOST}"}
    create_schema(cluster.url, folder / "data")
    config = Config.from_env({**settings, "DATA_DIR": str(folder / "data")})
    with build_app(config, MachineClock()) as app:  # type: ignore[arg-type]
        house = House.found(app, MachineClock(), "Sungai Systems")  # type: ignore[arg-type]
        crew = [house.person("engineer", nth) for nth in range(1, TABLETS + 1)]
        visit = house.visit(*crew)
        program = Program(folder / "data", settings)
        program.start_web()
        tablets = [FarTablet(house, person, program.port, nth) for nth, person in enumerate(crew)]
        for tablet in tablets:
            tablet.enrol()
            tablet.fetch()
        try:
            yield Scene(house, cluster, program, tablets, visit)
        finally:
            program.kill()


def work(made: Scene, tablet: FarTablet, rounds: int, over: threading.Event) -> None:
    """Notes and marks, sent in small batches, with a pull now and then; goes on until the deaths are over."""
    done = 0
    while done < rounds or not over.is_set():
        for nth in range(BATCH):
            text = f"tablet {tablet.nth}, round {done}, note {nth}"
            tablet.act("note.add", ("note", made.house.new_id()), {"visit": made.visit, "text": text})
        tablet.act("visit.mark", ("visit", made.visit), {"mark": "working"})
        tablet.settle_all(BATCH)
        done += 1
        if done % 4 == 0:
            tablet.fetch()


def kill_run(folder: Path, seed: int, kills: int, rounds: int = 3) -> Told:
    """`kills` deaths at moments that the seed chooses while all tablets work; what was wrong afterwards."""
    with running_cluster() as cluster, scene(folder, cluster) as made:
        watcher, over, told = FeedWatcher(cluster, made.house.org_id), threading.Event(), Told()
        watcher.begin()
        try:
            with ThreadPoolExecutor(TABLETS) as pool:
                busy = [pool.submit(work, made, tablet, rounds, over) for tablet in made.tablets]
                try:
                    for death in deaths(seed, kills):
                        _at_a_random_moment(made, death.moment)
                        death.come(made)
                        told.deaths[death.of] += 1
                finally:
                    over.set()
                for one in busy:
                    one.result(300)
        finally:
            watcher.end()
        for tablet in made.tablets:
            tablet.fetch()
        return _judged(made, told, watcher)


def _judged(made: Scene, told: Told, watcher: FeedWatcher | None) -> Told:
    told.operations = sum(len(tablet.outbox) for tablet in made.tablets)
    told.requests = made.asked()
    for tablet in made.tablets:
        told.statuses.update(tablet.statuses)
    told.faults = faults(made.house, made.cluster, made.tablets, watcher)
    if len({_base(tablet) for tablet in made.tablets}) > 1:
        told.faults.append("tablets of the same visit hold different rows after the last pull")
    return told


def _base(tablet: FarTablet) -> frozenset[tuple[tuple[str, str], int]]:
    """What a tablet holds of the visit that all are on."""
    return frozenset((key, row.ver) for key, row in tablet.rows.items() if key[0] in ("note", "visit"))


@dataclass(frozen=True)
class Moment:
    """After so many more requests have begun, and so many milliseconds."""

    requests: int
    milliseconds: float


@dataclass(frozen=True)
class Death:
    """What dies, when, and which of several: `which` is a number between 0 and 1."""

    of: str
    moment: Moment
    which: float

    def come(self, made: Scene) -> None:
        """Kill and start again."""
        if self.of == "web":
            made.program.kill()
            made.program.start_web()
        elif self.of == "web worker":
            _kill_a_worker(made, self.which)
        elif self.of == "database backend":
            _kill_a_backend(made, self.which)
        else:
            made.cluster.kill()
            made.cluster.start()


def deaths(seed: int, kills: int) -> list[Death]:
    """The deaths of a run; each kind comes in turn, so that few kills meet all of them."""
    draw = Random(seed)
    first = draw.randrange(len(DEATHS))
    return [
        Death(DEATHS[(first + nth) % len(DEATHS)], Moment(draw.randint(2, 9), draw.uniform(0, 40)), draw.random())
        for nth in range(kills)
    ]


def _at_a_random_moment(made: Scene, moment: Moment) -> None:
    target, waiting = made.asked() + moment.requests, threading.Event()
    for _ in range(6_000):
        if made.asked() >= target:
            break
        waiting.wait(0.005)
    waiting.wait(moment.milliseconds / 1_000)


def _kill_a_worker(made: Scene, which: float) -> None:
    assert made.program.web is not None
    master = made.program.web.process.pid
    workers = [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    if workers:
        made.cluster.kill_a_backend(workers[int(which * len(workers))])


def _kill_a_backend(made: Scene, which: float) -> None:
    try:
        backends = made.cluster.backends()
    except psycopg.OperationalError:
        return
    if backends:
        made.cluster.kill_a_backend(backends[int(which * len(backends))])


def failover_run(folder: Path, seed: int, rounds: int = 3) -> Told:
    """A standby that lags is promoted when the primary dies: what it never heard of, the tablets give back."""
    draw, told, over = Random(seed), Told(), threading.Event()
    over.set()
    with running_cluster() as primary, scene(folder, primary) as made:
        standby = primary.follow(primary.folder.with_name("standby"))
        try:
            _all_work(made, rounds, over)
            standby.lag()
            _all_work(made, draw.randint(1, rounds), over)
            primary.kill()
            made.program.kill()
            standby.promote()
            told.deaths["fail-over"] += 1
            told.given_back = sum(tablet.ack_n for tablet in made.tablets) - _logged(standby, made)
            with moved(made, standby):
                _all_work(made, 1, over)
                for tablet in made.tablets:
                    tablet.fetch()
                return _judged(made, told, None)
        finally:
            standby.stop()


def _all_work(made: Scene, rounds: int, over: threading.Event) -> None:
    with ThreadPoolExecutor(TABLETS) as pool:
        for one in [pool.submit(work, made, tablet, rounds, over) for tablet in made.tablets]:
            one.result(300)


def _logged(cluster: Cluster, made: Scene) -> int:
    with cluster.connect() as connection:
        mine = [tablet.id for tablet in made.tablets]
        row = connection.execute("SELECT count(*) FROM sync_op WHERE device = ANY(%s)", (mine,)).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def moved(made: Scene, standby: Cluster) -> Iterator[None]:
    """The program's settings name the new primary; so do the eyes of this run."""
    made.cluster = standby
    made.program.settings = {**made.program.settings, "DATABASE_URL": standby.url}
    made.program.start_web()
    config = Config.from_env({**made.program.settings, "DATA_DIR": str(made.program.data_dir)})
    with build_app(config, MachineClock()) as app:  # type: ignore[arg-type]
        made.house.app = app
        yield
