"""Three months of work, in the order in which it happened, and the days around today."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from backend.demo import attention, data, signing, tickets, visits
from backend.demo.stage import Stage
from backend.demo.tablet import Tablet, enrolled
from backend.demo.visits import Plan, Work
from checklists.library import Shipped

Json = dict[str, Any]

DAYS = 90
SIGNED_VISITS = 60
PHONE_CALLS = 60
LOCAL = timedelta(hours=8)
CREWS = {"SG": ("weijie", "aisyah"), "JHR": ("hafiz", "siewling"), "KUL": ("arvind", "karmun")}
HOURS = (9, 11, 14, 16)


@dataclass(order=True)
class Scene:
    """Something that happens at a moment."""

    at: datetime
    play: Callable[[], None] = field(compare=False)


@dataclass
class Past:
    stage: Stage
    today: datetime
    tablets: dict[str, Tablet]
    scenes: list[Scene] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)

    @property
    def sites(self) -> list[str]:
        return [identity for (kind, _), identity in self.stage.ids.items() if kind == "site"]

    def play(self) -> None:
        """Play every scene, those that scenes add included, moving the clock to each."""
        while self.scenes:
            scene = heapq.heappop(self.scenes)
            if scene.at > self.stage.time.now():
                self.stage.time.set(scene.at)
            scene.play()

    def add(self, at: datetime, play: Callable[[], None]) -> None:
        heapq.heappush(self.scenes, Scene(at, play))

    def engineer(self, site: str, turn: int) -> str:
        return CREWS[self.stage.rows[site]["region"]][turn % 2]

    def free_of_holidays(self) -> Iterator[datetime]:
        """Local midnights of the weekdays of the last three months, as UTC, oldest first."""
        for back in range(DAYS, 0, -1):
            day = self.today - timedelta(days=back)
            if (day + LOCAL).weekday() < 5:
                yield day


def build(stage: Stage, now: datetime, data_dir: Path) -> None:
    """Play the last three months up to `now`, then what is planned for the days around it."""
    tablets_ = {
        sign_in: enrolled(stage, sign_in, data_dir / "demo-devices") for crew in CREWS.values() for sign_in in crew
    }
    past = Past(stage, local_midnight(now), tablets_)
    _past_visits(past)
    _phone_calls(past)
    past.play()
    stage.time.set(now - timedelta(hours=3))
    _around_today(past, now)
    _heard_lately(past, now)
    stage.time.set(now)


def local_midnight(now: datetime) -> datetime:
    local = now + LOCAL
    return datetime.combine(local.date(), time(), local.tzinfo) - LOCAL


def _past_visits(past: Past) -> None:
    """Sixty signed visits: each site in turn, so that assets have readings from earlier visits. The last are those of
    the first clients, one of whom looks into the portal.
    """
    days, library = list(past.free_of_holidays()), data.library()
    sites = cycle(past.sites[::-1])
    for turn in range(SIGNED_VISITS):
        day, hour = days[turn * len(days) // SIGNED_VISITS], HOURS[turn % len(HOURS)]
        _one_visit(past, next(sites), day + timedelta(hours=hour), turn, library)


def _one_visit(past: Past, site: str, start: datetime, turn: int, library: tuple[Shipped, ...]) -> None:
    engineer, wants_ticket = past.engineer(site, turn), turn % 3 != 0
    checklists = fitting(past.stage, site, library, turn)
    begins = start - timedelta(hours=20)

    def prepare() -> None:
        rung = []
        if wants_ticket:
            rung.append(tickets.ring(past.stage, tickets.trouble(past.stage, site)))
            past.stage.time.advance(minutes=9)
            tickets.hand_over(past.stage, rung[0], engineer)
        title = "Maintenance visit" if checklists else "Repair visit"
        plan = Plan(site, engineer, start, 120, title, checklists, tuple(rung))
        visit = visits.arrange(past.stage, plan)
        past.add(start, lambda: perform(past, visit, engineer, start))

    past.add(begins, prepare)


def fitting(
    stage: Stage, site: str, library: tuple[Shipped, ...], turn: int
) -> tuple[tuple[Shipped, Json | None], ...]:
    """One or two checklists with an asset each that they are for; every fifth visit is for a ticket only."""
    if turn % 5 == 4:
        return ()
    found = []
    for shipped in library:
        types = shipped.definition.asset_types
        assets = [asset for asset in stage.rows[site]["assets"] if types is None or asset["type"] in types]
        if types is not None and assets and shipped.definition.id != "incident-first-response":
            found.append((shipped, assets[0]))
    start = turn % max(len(found), 1)
    return tuple((found[start:] + found[:start])[: 1 + turn % 2])


def perform(past: Past, visit: str, engineer: str, start: datetime) -> None:
    """The engineer's day on the tablet, offline on site, synced at its end."""
    stage, tablet = past.stage, past.tablets[engineer]
    tablet.sync()
    work = Work(stage, tablet, visit, start)
    steps = [*work.arrive()]
    began = work.at
    steps += work.inspect()
    if work.at > began:
        steps.append(work.time("on_site", began, work.later(1, 4)))
    steps += work.repair()
    steps.append(work.mark("finished"))
    stage.time.set(max(work.at, stage.time.now()))
    tablet.sync(steps)
    tablet.sync(list(work.follow_up()))
    work.later(2, 5)
    stage.time.set(max(work.at, stage.time.now()))
    signing.sign(work)
    past.resolved += work.row()["tickets"]


def _phone_calls(past: Past) -> None:
    days, sites = list(past.free_of_holidays()), cycle(past.sites)
    for turn in range(PHONE_CALLS):
        day = days[turn * len(days) // PHONE_CALLS]
        minute = past.stage.chance.randint(8 * 60 + 30, 17 * 60)
        past.add(day + timedelta(minutes=minute), _call(past, next(sites)))


def _call(past: Past, site: str) -> Callable[[], None]:
    def play() -> None:
        ticket = tickets.ring(past.stage, tickets.trouble(past.stage, site))
        past.stage.time.advance(minutes=2)
        tickets.solve_by_phone(past.stage, ticket)
        past.resolved.append(ticket)

    return play


def _around_today(past: Past, now: datetime) -> None:
    """Today's and the next days' visits, one under way, two without an engineer, one cancelled; fresh tickets."""
    stage, library, sites = past.stage, data.library(), past.sites
    tickets.close_old(stage, past.resolved[: int(len(past.resolved) * 0.9)])
    fresh = [tickets.ring(stage, tickets.trouble(stage, site)) for site in sites[3:13]]
    tickets.wait(stage, fresh[0], "client")
    tickets.wait(stage, fresh[1], "part")
    by_crew = {crew: [site for site in sites if stage.rows[site]["region"] == crew] for crew in CREWS}
    for crew, own in by_crew.items():
        for turn, site in enumerate(own[:6]):
            hour = HOURS[turn % len(HOURS)]
            start = past.today + timedelta(days=turn // 4, hours=hour)
            ticket = [one for one, at in zip(fresh[2:8], sites[5:11], strict=True) if at == site]
            checklists = fitting(stage, site, library, turn)
            plan = Plan(site, CREWS[crew][turn % 2], start, 120, "Maintenance visit", checklists, tuple(ticket))
            visits.arrange(stage, plan)
    _loose_ends(past, now, sites)
    checklist = next(one for turn in range(len(library)) for one in fitting(stage, by_crew["SG"][0], library, turn))
    # Early enough that nothing of it is to come: a telephone call and an hour's work lie between.
    stage.time.set(now - timedelta(minutes=70))
    attention.meet(attention.Today(stage, stage.time.now(), past.tablets), by_crew, checklist)


def _heard_lately(past: Past, now: datetime) -> None:
    """Every tablet is in use today and has told how it is; one has little room left."""
    past.stage.time.set(max(past.stage.time.now(), now - timedelta(minutes=12)))
    for turn, tablet in enumerate(past.tablets.values()):
        tablet.sync()
        tablet.tell(700 if turn == 4 else 41_000 + 3_500 * turn, ("room",) if turn == 4 else ())
        past.stage.time.advance(minutes=1)


def _loose_ends(past: Past, now: datetime, sites: list[str]) -> None:
    stage = past.stage
    engineer = past.engineer(sites[0], 0)
    under_way = visits.arrange(
        stage, Plan(sites[0], engineer, now, 90, "Maintenance visit", fitting(stage, sites[0], data.library(), 1))
    )
    tablet = past.tablets[engineer]
    tablet.sync()
    work = Work(stage, tablet, under_way, now - timedelta(hours=1))
    tablet.sync([*work.arrive(), *list(work.inspect())[:6]])
    for site, start in ((sites[8], now + timedelta(days=1)), (sites[20], now + timedelta(days=3))):
        visits.leave_open(stage, Plan(site, "", start, 60, "Wi-Fi complaint"))
    cancelled = visits.arrange(
        stage, Plan(sites[4], past.engineer(sites[4], 1), now + timedelta(days=2), 60, "Printer move")
    )
    stage.ask(
        stage.actor("dispatcher"),
        [("visit.cancel", ("visit", cancelled), {"reason": "The client moved it to next month."})],
    )
