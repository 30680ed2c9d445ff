"""What a dispatcher must look at today: people who worked without a network while others decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.core import clock
from backend.core.schema import wire_time
from backend.demo import tickets, visits
from backend.demo.stage import Stage
from backend.demo.tablet import Tablet
from backend.demo.visits import Plan, Step, Work
from checklists.library import Shipped
from checklists.parse import parse_definition

Json = dict[str, Any]
OTHERWISE = {"pass": "fail", "fail": "pass"}


@dataclass(frozen=True)
class Today:
    """The last hours before the present, and the tablets of the engineers by their sign-in names."""

    stage: Stage
    now: datetime
    tablets: dict[str, Tablet]

    def office(self, *operations: tuple[str, tuple[str, str], Json]) -> None:
        self.stage.ask(self.stage.actor("dispatcher"), list(operations))

    def planned(self, site: str, engineer: str, title: str, hours: float, what: Any = ()) -> tuple[str, Work]:
        """A visit that the engineer's tablet has and the network then leaves."""
        start = self.now + timedelta(hours=hours)
        visit = visits.arrange(self.stage, Plan(site, engineer, start, 90, title, what))
        tablet = self.tablets[engineer]
        tablet.sync()
        return visit, Work(self.stage, tablet, visit, self.now - timedelta(minutes=40))


def meet(today: Today, sites: dict[str, list[str]], checklist: tuple[Shipped, Json | None]) -> None:
    """`sites`: those of each region; `checklist`: one with its asset, for the first site of Singapore."""
    _answered_twice(today, sites["SG"][0], checklist)
    _solved_twice(today, sites["JHR"][0])
    _worked_although_cancelled(today, sites["SG"][2])
    _worked_although_given_away(today, sites["KUL"][1])
    _came_at_the_old_time(today, sites["JHR"][2])


def _answered_twice(today: Today, site: str, checklist: tuple[Shipped, Json | None]) -> None:
    """Two engineers in one room, one checklist each on their own tablet."""
    visit, first = today.planned(site, "weijie", "Cabinet check for two", -1, (checklist,))
    crew = [today.stage.id("person", name) for name in ("weijie", "aisyah")]
    today.office(("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]}))
    colleague = today.tablets["aisyah"]
    colleague.sync()
    second = Work(today.stage, colleague, visit, first.at)
    answers = list(_judged(first))[:2]
    first.tablet.sync([first.mark("working"), *answers])
    colleague.sync([second.mark("working"), *(_otherwise(step, second) for step in answers)], odd=True)


def _judged(work: Work) -> Iterator[Step]:
    """The run's pass-or-fail items, all in order."""
    run = next(run for run in work.tablet.of_kind("run") if run["visit"] == work.visit)
    definition = parse_definition(work.definition_of(run))
    for item in definition.items:
        if item.type == "pass_fail" and item.when is None:
            args = {"item": item.id, "value": "pass"}
            yield ("answer.set", ("run", run["id"]), args, work.later(1, 2))


def _otherwise(step: Step, work: Work) -> Step:
    type_, entity, args, _ = step
    return (type_, entity, {**args, "value": OTHERWISE[args["value"]]}, work.later(1, 3))


def _solved_twice(today: Today, site: str) -> None:
    """The desk solves by telephone what the engineer is solving in a cellar."""
    ticket = tickets.ring(today.stage, tickets.trouble(today.stage, site))
    tickets.hand_over(today.stage, ticket, "hafiz")
    _, work = today.planned(site, "hafiz", "Fault on site", -1)
    tickets.solve_by_phone(today.stage, ticket)
    told, entity = today.stage.rows[ticket], ("ticket", ticket)
    note = {"note": clock.new_id(), "text": "Cable replaced, link is up again.", "visible": "internal"}
    solved = {name: told[name] for name in ("cause", "action", "prevention")}
    steps: list[Step] = [
        ("ticket.start", entity, {}, work.at),
        ("ticket.note", entity, note, work.later(5, 9)),
        ("ticket.resolve", entity, {**solved, "at": wire_time(work.at)}, work.later(2, 4)),
    ]
    work.tablet.sync(steps, odd=True)


def _worked_although_cancelled(today: Today, site: str) -> None:
    visit, work = today.planned(site, "aisyah", "Printer move", 0)
    today.office(("visit.cancel", ("visit", visit), {"reason": "The client closes early today."}))
    began = work.at
    work.tablet.sync([*work.arrive(), work.time("on_site", began, work.later(20, 30))])


def _worked_although_given_away(today: Today, site: str) -> None:
    visit, work = today.planned(site, "arvind", "Access point swap", 1)
    other = today.stage.id("person", "karmun")
    today.office(("visit.assign", ("visit", visit), {"engineers": [other], "lead": other}))
    note = {"visit": visit, "text": "The old access point is on the shelf behind the counter."}
    work.tablet.sync([work.mark("travelling"), ("note.add", ("note", clock.new_id()), note, work.later(10, 20))])


def _came_at_the_old_time(today: Today, site: str) -> None:
    visit, work = today.planned(site, "siewling", "UPS battery exchange", 0)
    start = today.now + timedelta(days=1)
    later = {"starts_at": wire_time(start), "ends_at": wire_time(start + timedelta(minutes=90))}
    today.office(("visit.plan", ("visit", visit), later))
    work.tablet.sync([work.mark("travelling")])
