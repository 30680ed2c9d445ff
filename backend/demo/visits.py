"""A visit from assignment to signature: planned by the dispatcher, done on the tablet of its engineer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.core import clock
from backend.core.schema import wire_time
from backend.demo import answers, data, pictures
from backend.demo.stage import Stage
from backend.demo.tablet import Tablet
from backend.media import services as media
from checklists.library import Shipped
from checklists.parse import parse_definition

Json = dict[str, Any]
Step = tuple[str, tuple[str, str], Json, datetime]


@dataclass(frozen=True)
class Plan:
    """What the dispatcher wants: a site, a start, checklists with the assets they are for, tickets."""

    site: str
    engineer: str
    start: datetime
    minutes: int
    title: str
    checklists: tuple[tuple[Shipped, Json | None], ...] = ()
    tickets: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        if self.checklists and self.tickets:
            return "both"
        return "maintenance" if self.checklists else "support"


def arrange(stage: Stage, plan: Plan) -> str:
    """Create the visit and assign it; its id."""
    visit = leave_open(stage, plan)
    engineer = stage.id("person", plan.engineer)
    assign = ("visit.assign", ("visit", visit), {"engineers": [engineer], "lead": engineer})
    stage.ask(stage.actor("dispatcher"), [assign])
    return visit


def leave_open(stage: Stage, plan: Plan) -> str:
    """Create the visit with its checklists and tickets, and assign nobody; its id."""
    visit = clock.new_id()
    entity = ("visit", visit)
    ends = plan.start + timedelta(minutes=plan.minutes)
    briefing = stage.chance.choice(data.read("texts")["briefings"])
    created = {
        **{"site": plan.site, "title": plan.title, "kind": plan.kind, "briefing": briefing or None},
        **{"starts_at": wire_time(plan.start), "ends_at": wire_time(ends)},
    }
    runs = [
        ("visit.add_run", entity, {"run": clock.new_id(), "checklist": shipped.digest, "asset": asset and asset["id"]})
        for shipped, asset in plan.checklists
    ]
    tickets = [("visit.add_ticket", entity, {"ticket": ticket}) for ticket in plan.tickets]
    stage.ask(stage.actor("dispatcher"), [("visit.create", entity, created), *runs, *tickets])
    return visit


@dataclass
class Work:
    """One visit under way on one tablet. `at` moves on as the work goes."""

    stage: Stage
    tablet: Tablet
    visit: str
    at: datetime

    def row(self) -> Json:
        return self.tablet.rows["visit", self.visit]

    def later(self, least: int, most: int) -> datetime:
        """Move on by some minutes."""
        self.at += timedelta(minutes=self.stage.chance.randint(least, most))
        return self.at

    def mark(self, mark: str) -> Step:
        return ("visit.mark", ("visit", self.visit), {"mark": mark, "at": wire_time(self.at)}, self.at)

    def arrive(self) -> Iterator[Step]:
        for mark, most in (("seen", 1), ("travelling", 30), ("at_desk", 12), ("working", 5)):
            yield self.mark(mark)
            self.later(1, most + 1)

    def inspect(self) -> Iterator[Step]:
        """Every run of the visit, with photos where an answer asks for one."""
        runs = [run for run in self.tablet.of_kind("run") if run["visit"] == self.visit]
        for run in sorted(runs, key=lambda one: int(one["position"])):
            yield from self._run(run)

    def _run(self, run: Json) -> Iterator[Step]:
        definition = parse_definition(self.definition_of(run))
        asset = self.tablet.rows.get(("asset", run["asset"] or ""), {})
        facts = {key: value for key, value in asset.items() if isinstance(value, str)}
        today = (self.at - timedelta(hours=30)).date().isoformat()
        remarks = data.read("texts")["remarks"]["fail"]
        found = answers.given(definition, answers.Mood(self.stage.chance, today), facts, remarks)
        entity = ("run", run["id"])
        for item, value in found["answers"].items():
            yield ("answer.set", entity, {"item": item, "value": value}, self.later(0, 2))
        for item, text in found["remarks"].items():
            yield ("remark.set", entity, {"item": item, "text": text}, self.at)
        for item in found["photos"]:
            yield self._proof(run, item, str(asset.get("tag") or "Site"))

    def definition_of(self, run: Json) -> Json:
        """The definition to which a run is pinned, as the tablet has it."""
        known = {row["digest"]: row["definition"] for row in self.tablet.of_kind("checklist")}
        definition: Json = known[run["checklist"]]
        return definition

    def _proof(self, run: Json, item: str, label: str) -> Step:
        """A photo, or the site's word that none may be taken."""
        site = self.tablet.rows["site", self.row()["site"]]
        if "no_photography" in site["rules"]:
            witness = self.stage.rows[self.row()["site"]]["contact"]["name"]
            args = {"item": item, "rule": "no_photography", "witness": witness}
            return ("waive", ("run", run["id"]), args, self.at)
        return self.photo({"run": run["id"], "item": item}, label)

    def photo(self, on: Json, label: str) -> Step:
        picture = pictures.rack(self.stage.chance, label)
        sha256 = hashlib.sha256(picture).hexdigest()
        media.keep(self.tablet.actor, self.visit, sha256, "image/jpeg", picture)
        width, height = pictures.SIZE
        args = {
            **{"visit": self.visit, "on": on, "sha256": sha256, "size": len(picture), "w": width, "h": height},
            **{"caption": label, "visible": "client", "taken_at": wire_time(self.at)},
        }
        return ("photo.add", ("photo", clock.new_id()), args, self.at)

    def repair(self) -> Iterator[Step]:
        """Resolve the visit's tickets as texts.yaml says, with the time that took."""
        for identity in self.row()["tickets"]:
            told = self.stage.rows[identity]
            entity, began = ("ticket", identity), self.later(2, 8)
            yield ("ticket.start", entity, {}, began)
            ended = self.later(told["minutes"] - 10, told["minutes"] + 10)
            solved = {name: told[name] for name in ("cause", "action", "prevention")}
            yield ("ticket.resolve", entity, {**solved, "at": wire_time(ended)}, ended)
            yield self.time("on_site", began, ended, identity)

    def time(self, kind: str, began: datetime, ended: datetime, ticket: str | None = None) -> Step:
        args = {
            **{"visit": self.visit, "ticket": ticket, "kind": kind, "note": None},
            **{"starts_at": wire_time(began), "ends_at": wire_time(ended)},
            "minutes": round((ended - began).total_seconds() / 60),
        }
        return ("time.add", ("time_entry", clock.new_id()), args, ended)

    def follow_up(self) -> Iterator[Step]:
        """A ticket for a finding of this visit that could not be put right on the spot."""
        failed = [
            (run, item)
            for run in self.tablet.of_kind("run")
            if run["visit"] == self.visit
            for item, value in run["answers"].items()
            if value == "fail"
        ]
        for run, item in failed[:1]:
            args = {
                **{"number": self.tablet.number("T"), "kind": "incident", "site": self.row()["site"]},
                **{"asset": run["asset"], "title": "Put right what the checklist found", "channel": "tablet"},
                **{"description": run["remarks"].get(item), "impact": "medium", "urgency": "medium"},
                **{"category": "hardware", "came_from": {"visit": self.visit, "run": run["id"], "item": item}},
            }
            yield ("ticket.create", ("ticket", clock.new_id()), args, self.at)
