"""One seed owns time, network and chance: every request, timer and mishap of a history is an entry of one queue."""

from __future__ import annotations

import heapq
import itertools
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from backend.identity import dpop
from tests.makers import House
from tests.simulation.process import Process, Said
from tests.simulation.scenery import NOVEMBER, START, Scenery, admit, sign_in
from tests.simulation.scenery import Tablet as Enrolled
from tests.simulation.server import Server

if TYPE_CHECKING:
    from tests.simulation.judges import Judges
    from tests.simulation.network import Network

START_MS = int(NOVEMBER.timestamp() * 1000)
WINDOW, SECOND = 1, 2
STEPS_AT_MOST = 20_000
"""Entries of the queue in one history; more is a hot loop."""


class Violation(AssertionError):
    """An oracle's sentence. It begins with the number of the invariant."""

    def __init__(self, rule: str, words: str) -> None:
        super().__init__(f"{rule}: {words}")
        self.rule = rule


@dataclass
class Device:
    """A tablet as the scheduler sees it. `skew`: its wall clock minus the true one, milliseconds."""

    t: int
    enrolled: Enrolled
    house: House
    token: str
    skew: int = 0
    asleep_until: float = 0.0
    partition: str | None = None
    hidden: bool = False
    open: list[int] = field(default_factory=list)
    due: float | None = None
    began: int = 0
    """Transactions of its disk so far."""
    copy_of: int | None = None
    """It is a clone of that one."""
    rewound: bool = False
    """Its storage is, or was, an older copy."""
    copies: list[str] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)
    barred: str | None = None
    """Why it is over with this tablet: wiped."""
    jwk: dict[str, str] | None = None
    """Its public key, once the app has told it."""
    form: int = 0
    cookie_of: str | None = None
    """A person other than the owner whose session its browser holds."""
    lives: int = 0
    """How often the app was opened."""

    @property
    def id(self) -> str:
        return self.enrolled.id


@dataclass
class Made:
    """An operation that an app said it keeps, or may have kept."""

    id: str
    t: int
    n: int


class World:
    """The server, the tablets and the queue of what is to come."""

    def __init__(self, plan: dict[str, Any], server: Server, process: Process, scenery: Scenery) -> None:
        self.plan, self.server, self.process, self.scenery = plan, server, process, scenery
        self.rng = Random(f"{plan['seed']}/world")
        self.met: Counter[str] = Counter()
        self.now = 0.0
        """True time since the beginning, milliseconds."""
        self.queue: list[tuple[float, int, Callable[[], None]]] = []
        self.order = itertools.count()
        self.kept: dict[str, Made] = {}
        self.raw: dict[str, str] = {}
        """Operations whose bytes are no operation."""
        self.excused: dict[str, str] = {}
        """Operations that need not be anywhere any more, and why."""
        self.saved_ops: dict[str, set[str]] = {}
        self.epochs = 0
        self.calm = False
        self.begun = 0
        self.devices: list[Device] = []
        self.network: Network
        self.judges: Judges
        self.tickets: dict[str, list[str]] = {}
        """Opened in this history, by organisation."""

    # The beginning

    def begin(self) -> None:
        """Put everything back to where histories begin."""
        self.server.clock.set(NOVEMBER)
        self.server.put_back(START)
        for house in self.scenery.houses.values():
            house.app, house.clock = self.server.app, self.server.clock
        self.server.backups.clear()
        self.server.statements, self.server.die_at = 0, self.plan.get("die_at")
        self.network.forced = {int(nth): fault for nth, fault in self.plan.get("forced", {}).items()}
        places = self.plan["devices"]
        limits = {"pull_rows": self.plan.get("page", 1_000), "push_bytes": self.plan.get("batch", 1_048_576)}
        self.process.ask(
            {"do": "reset", "t": 0, "seed": str(self.plan["seed"]), "count": len(places), "now": START_MS, "mono": 0,
             "limits": limits}
        )  # fmt: skip
        for t, place in enumerate(places):
            enrolled = self.scenery.tablets[place]
            device = Device(t, enrolled, self.scenery.houses[enrolled.house], enrolled.token)
            device.skew = self.plan.get("skews", {}).get(str(t), 0)
            self.devices.append(device)
            name = "fresh" if t in self.plan.get("fresh", []) else "ready"
            self.tell(device, "load", name=f"{name}{place}")
            for k, mishap in self.plan.get("disk", {}).get(str(t), []):
                self.tell(device, "expect", k=k, mishap=mishap)
            self.open(device)

    # Speaking with tablets

    def tell(self, device: Device, do: str, **more: Any) -> Said:
        """One command to one tablet; what it asks for is carried, what it waits for is noted."""
        self.begun += 1
        if self.begun > STEPS_AT_MOST:
            raise Violation("I24", f"more than {STEPS_AT_MOST} things happened in one history: somebody is in a loop")
        wall = round(START_MS + self.now) + device.skew
        said = self.process.ask({"do": do, "t": device.t, "now": wall, "mono": round(self.now), **more})
        self.judges.heard(device, said)
        device.open, device.began, device.closed = said["open"], said["began"], said["closed"]
        for mishap in said["met"]:
            self.met[f"disk: {mishap}"] += 1
        for made in said["kept"]:
            self.kept[made["id"]] = Made(made["id"], device.t, made["n"])
        device.jwk = said["jwk"] or device.jwk
        if said["device"] not in (None, device.id):
            self._became(device, said)
        self._alarm(device, said["due"])
        for asked in said["asked"]:
            self.network.carry(device, asked)
        return said

    def _became(self, device: Device, said: Said) -> None:
        """A copied storage is a device of its own now (or, put back to an old copy, one that it was before)."""
        device.enrolled = replace(device.enrolled, id=said["device"], jkt=said["jkt"])
        self.met["became another device"] += 1
        self.at(self.now + self.rng.uniform(1_000, 10_000), lambda: self.admit(device))

    def _let_in(self, device: Device) -> None:
        """Nobody's session outlives a restore, and a tablet that is younger than the backup is admitted again."""
        self.admit(device)
        if device.barred != "wiped":
            self.sign_in(device)

    def admit(self, device: Device) -> None:
        """The app enrols where the server does not know its device; the office confirms, and ends the one before."""
        if device.jwk is None or self.judges.device_status(device.id) not in {"unknown", "pending"}:
            return
        admit(
            self.server,
            device.house,
            device.enrolled.person,
            device.id,
            {"jwk": device.jwk, "jkt": device.enrolled.jkt},
        )
        self.sign_in(device)

    def _alarm(self, device: Device, due: float | None) -> None:
        if due is None or due == device.due:
            device.due = due
            return
        device.due = due
        self.at(max(due, self.now + 1), lambda: self._ring(device, due))

    def _ring(self, device: Device, due: float) -> None:
        if device.due != due:
            return
        if device.asleep_until > self.now:
            self.at(device.asleep_until, lambda: self._ring(device, due))
            return
        device.due = None
        self.tell(device, "ring")

    def bring(self, device: Device, request: int, **brought: Any) -> None:
        """An answer, or the word that none came, reaches the tablet; it sleeps through it if it sleeps."""
        if device.asleep_until > self.now:
            self.at(device.asleep_until, lambda: self.bring(device, request, **brought))
            return
        self.tell(device, "bring", id=request, brought=brought)

    def open(self, device: Device, window: int = WINDOW) -> str | None:
        """Start the app. Answers why it did not start."""
        device.lives += 1
        why = self.tell(device, "open", window=window, form=device.form)["said"]
        if why is None and device.hidden:
            self.tell(device, "tell", what="hidden")
        return why if isinstance(why, str) else None

    def sign_in(self, device: Device) -> None:
        """A fresh session of the owner in this tablet's browser."""
        device.cookie_of = None
        device.token = sign_in(self.server, device.enrolled.person, 100 + next(self.order))
        if not device.open:
            self.open(device)
        self.tell(device, "session", hash=dpop.hash_of(device.token))

    # Time

    def at(self, when: float, what: Callable[[], None]) -> None:
        heapq.heappush(self.queue, (when, next(self.order), what))

    def run(self, until: float) -> None:
        """Everything that falls due until then happens, in order."""
        while self.queue and self.queue[0][0] <= until:
            when, _, what = heapq.heappop(self.queue)
            self.move(max(self.now, when))
            what()
        self.move(until)

    def move(self, to: float) -> None:
        self.now = to
        self.server.clock.set(NOVEMBER + timedelta(milliseconds=to))

    # The server's life

    def restart(self) -> None:
        self.server.restarted()
        self._adopt()

    def _adopt(self) -> None:
        for house in self.scenery.houses.values():
            house.app = self.server.app

    def save(self, name: str) -> None:
        """A backup of the server; remembered is which operations it holds."""
        self.saved_ops[name] = self.judges.logged_ids()
        self.server.back_up(name)

    def put_back(self, name: str) -> None:
        """The server is restored: what neither backup nor any tablet has is gone, by nobody's fault."""
        held = self.ids_on_disks()
        for gone in self.judges.logged_ids() - self.saved_ops[name] - held:
            self.excused[gone] = "server restored, and no tablet had it any more"
        for device in self.devices:
            self.at(self.now + 5_000, lambda device=device: self._let_in(device))
        self.server.restore(name)
        self._adopt()
        self.judges.restored()
        self.epochs += 1

    def ids_on_disks(self) -> set[str]:
        """Every operation that lies on any tablet's disk and can still be sent from there."""
        return {row["id"] for device in self.devices for row in self.disk(device)}

    def disk(self, device: Device) -> list[dict[str, Any]]:
        """The outbox of a tablet; it is opened for this when it is closed."""
        looked = self.look(device)
        return [] if looked is None else list(looked["outbox"])

    def look(self, device: Device, *, shown: bool = False) -> dict[str, Any] | None:
        """All that lies on the tablet, None when it has no storage (any more) that opens."""
        if not device.open:
            self.tell(device, "forgive")
            self.open(device)
        found = self.process.ask(
            {"do": "inspect", "t": device.t, "now": START_MS + round(self.now) + device.skew, "mono": round(self.now),
             "shown": shown}
        )  # fmt: skip
        value: dict[str, Any] | None = found["said"]
        return value


def object_of(text: str) -> dict[str, Any]:
    """The text as an object, empty when it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
