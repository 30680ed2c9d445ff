"""One history from its plan to its judgement."""

from __future__ import annotations

import logging
import os
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from backend.core.clock import SetClock
from tests.makers import create_schema
from tests.simulation.database import Database, PostgresDatabase, SqliteFile
from tests.simulation.judges import Judges
from tests.simulation.mishaps import MISHAPS, WIRES
from tests.simulation.network import Network
from tests.simulation.people import ACTS, DEEDS, give_role
from tests.simulation.plan import Plan
from tests.simulation.process import Process
from tests.simulation.scenery import NOVEMBER, OWNERS, START, Scenery, enrol, furnish
from tests.simulation.server import Server
from tests.simulation.world import Violation, World

ROUNDS = 5
ROUND_MS = 45_000
STEPS: dict[str, dict[str, tuple[Callable[..., None], int]]] = {
    "person": ACTS, "office": DEEDS, "mishap": MISHAPS, "wire": WIRES,
}  # fmt: skip


@dataclass
class Verdict:
    """How a history ended. `kind`: well, caught (an oracle spoke) or broke (the simulation itself failed)."""

    seed: int
    kind: str
    rule: str = ""
    words: str = ""
    met: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, str] = field(default_factory=dict)
    """Status and code of each operation, by whose how-manieth it was: what a twin of the history must equal."""
    operations: int = 0
    seconds: float = 0.0

    def facts(self) -> dict[str, Any]:
        return asdict(self)


@contextmanager
def hushed(*names: str) -> Iterator[None]:
    """What the program logs of faults that are made on purpose is no news; afterwards it may be heard again."""
    loggers = [(logging.getLogger(name), logging.getLogger(name).level) for name in names]
    for logger, _ in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in loggers:
            logger.setLevel(level)


class Stage:
    """A database, a server and a tablets' process on which one history after the other is played."""

    def __init__(self, url: str | None = None, name: str = "singgah_simulation") -> None:
        self._stack = ExitStack()
        self._stack.enter_context(hushed("singgah", "backend"))
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="singgah-", dir=_fast_place())))
        self.database: Database = PostgresDatabase(url, name) if url else SqliteFile(self.folder)
        self.process = self._stack.enter_context(Process())
        create_schema(self.database.url, self.folder)
        self.server = Server(self.database, self.folder, SetClock(NOVEMBER, seed="scenery"))
        self.scenery = self._set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.server.close()
        self.database.forget()
        self._stack.close()

    def _set(self) -> Scenery:
        scenery = furnish(self.server)
        enrol(self.server, self.process, scenery)
        self.server.save(START)
        plan: Plan = {"seed": "scenery", "devices": list(range(len(OWNERS))), "rates": {}, "steps": [],
                      "fresh": list(range(len(OWNERS)))}  # fmt: skip
        world = self.world(plan, scenery)
        world.calm = True
        world.begin()
        world.run(5_000)
        for device in world.devices:
            world.tell(device, "crash")
            world.tell(device, "save", name=f"ready{device.t}")
        return scenery

    def world(self, plan: Plan, scenery: Scenery | None = None) -> World:
        world = World(plan, self.server, self.process, scenery or self.scenery)
        self.server.clock = SetClock(NOVEMBER, seed=f"history/{plan['seed']}")
        world.judges, world.network = Judges(world), Network(world, plan["rates"])
        return world

    def play(self, plan: Plan, world: World | None = None) -> Verdict:
        """Play one history and judge it. `world`: one that was made for this plan, to look at afterwards."""
        began = time.monotonic()
        world = world or self.world(plan)
        verdict = Verdict(plan["seed"], "well", met=world.met)
        try:
            play(world)
        except Violation as wrong:
            verdict.kind, verdict.rule, verdict.words = "caught", wrong.rule, str(wrong)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the run goes on and says so
            verdict.kind, verdict.words = "broke", "".join(traceback.format_exception(wrong))[-4_000:]
        world.met.update(world.judges.outcomes)
        verdict.outcomes = world.judges.endings() if verdict.kind == "well" else {}
        verdict.operations = len(world.kept)
        verdict.seconds = time.monotonic() - began
        return verdict


def _fast_place() -> str | None:
    """A folder in memory where there is one: what is simulated is the order of writes, not the disk's speed."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None


def play(world: World) -> None:
    """All steps, then healing, then judgement. Raises Violation."""
    world.begin()
    for step in world.plan["steps"]:
        world.run(world.now + step["gap"])
        device = world.devices[step["t"]]
        STEPS[step["who"]][step["do"]][0](world, device, Random(f"{world.plan['seed']}/{step['r']}"))
    heal(world)
    world.judges.judge()


def heal(world: World) -> None:
    """Faults stop; everybody is in the foreground, signed in and on a good line for five rounds at most."""
    world.run(world.now + 65_000)
    world.calm = True
    for device in world.devices:
        device.partition, device.hidden, device.asleep_until = None, False, 0
        world.tell(device, "forgive")
        give_role(world, device)
    for _ in range(ROUNDS):
        for device in world.devices:
            if device.barred != "wiped":
                world.admit(device)
                world.sign_in(device)
                world.tell(device, "tell", what="visible")
        world.run(world.now + ROUND_MS)
        if all(_rests(world, device) for device in world.devices):
            return


def _rests(world: World, device: Any) -> bool:
    if device.barred == "wiped":
        return True
    looked = world.look(device)
    if looked is None or looked["status"] is None:
        return False
    status = looked["status"]
    return not (status["unsent"] or status["unsentBlobs"]["count"] or status["closed"] or status["retryAt"]) and (
        looked["meta"]["head"] == world.judges.head(device.house.org_id)
    )
