"""An office beside the journeys' own in whose inbox one of each kind waits: values, held work, questions, a job."""

from __future__ import annotations

from datetime import timedelta

from backend.core.clock import MachineClock, SetClock
from backend.core.config import Config
from backend.core.db import db, unit
from backend.core.jobs import JobRow
from backend.core.schema import wire_time
from backend.identity import devices
from tests import makers
from tests.backend.inspections.test_operations import DEFINITION, NAME
from tests.backend.signoff.signatures import Pen
from tests.journeys.house import House

NAME_OF_IT = "Bukit Networks"
TICKET = {
    "kind": "incident", "title": "Printer", "impact": "low", "urgency": "low", "category": "hardware",
    "channel": "phone",
}  # fmt: skip
LONG_AGO = timedelta(days=2)
"""So that photos which did not come are late by now."""


def opened(house: House) -> str:
    """Found it in the house's installation; the sign-in name of its dispatcher, whose password is makers.PASSWORD."""
    # Under its own name the tablets of tests reach the program, not under that of the browsers.
    env = {name: value for name, value in house.program.env().items() if name not in ("PUBLIC_URL", "PORT")}
    clock = SetClock(MachineClock().now() - LONG_AGO)
    with makers.build_app(Config.from_env(env), clock) as app:
        office = BusyOffice(makers.House.found(app, clock, NAME_OF_IT))
        office.fill()
        return office.house.person("dispatcher").sign_in


class BusyOffice:
    def __init__(self, house: makers.House) -> None:
        self.house = house
        self.office = house.office()
        self.first, self.second = house.tablet("engineer", 1), house.tablet("engineer", 2)
        self.office("checklist.publish", ("checklist", house.new_id()), {"definition": DEFINITION})

    def fill(self) -> None:
        self.two_values()
        self.cancelled_but_done()
        self.worked_in_the_old_slot()
        self.signed_twice()
        self.given_to_a_colleague()
        self.held()
        self.word_of_a_tablet()
        self.a_suspended_tablet()
        self.a_failed_job()

    def visit(self, title: str) -> str:
        """Of both engineers, known to both tablets."""
        made = self.house.visit(self.first.person, self.second.person, title=title)
        self.office("visit.add_run", ("visit", made), {"run": self.house.new_id(), "checklist": NAME, "asset": None})
        for tablet in (self.first, self.second):
            tablet.sync()
        return made

    def run_of(self, visit: str) -> str:
        rows = self.first.rows.items()
        return next(id_ for (kind, id_), row in rows if kind == "run" and row.value["visit"] == visit)

    def two_values(self) -> None:
        run = self.run_of(self.visit("Two at one rack"))
        for tablet, value in ((self.first, "pass"), (self.second, "fail")):
            tablet.act("answer.set", ("run", run), {"item": "clean", "value": value})
        for tablet in (self.first, self.second):
            tablet.sync()

    def cancelled_but_done(self) -> None:
        visit = self.visit("Cancelled meanwhile")
        self.first.act("answer.set", ("run", self.run_of(visit)), {"item": "clean", "value": "pass"})
        self.office("visit.cancel", ("visit", visit), {"reason": "Client moved it"})
        self.first.push()

    def worked_in_the_old_slot(self) -> None:
        visit = self.visit("Moved meanwhile")
        self.first.act("visit.mark", ("visit", visit), {"mark": "working"})
        later = self.house.clock.now() + timedelta(days=1)
        plan = {"starts_at": wire_time(later), "ends_at": wire_time(later + timedelta(hours=2))}
        self.office("visit.plan", ("visit", visit), plan)
        self.first.push()

    def signed_twice(self) -> None:
        """By both engineers; the documents stay on the tablets, so the report waits for them."""
        visit = self.visit("Signed by both")
        Pen(self.first).sign(visit)
        Pen(self.second).sign(visit, visit_outcome="partly")

    def given_to_a_colleague(self) -> None:
        """Work of somebody who is no longer assigned: taken, and told to the office."""
        visit = self.visit("Given to a colleague")
        crew = [self.second.person.id]
        self.office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
        self.first.act("answer.set", ("run", self.run_of(visit)), {"item": "clean", "value": "fail"})
        self.first.sync()

    def held(self) -> None:
        """A ticket that the desk had started already; what followed waits behind it."""
        ticket = ("ticket", self.house.new_id())
        self.office("ticket.create", ticket, {**TICKET, "site": self.house.ids["site"]})
        self.first.sync()
        for deed, args in (("ticket.start", {}), ("ticket.note", {"text": "On it", "visible": "internal"})):
            self.first.act(deed, ticket, args)
        self.office("ticket.start", ticket, {})
        self.first.push()

    def word_of_a_tablet(self) -> None:
        """One of them has told how it is: everything to be worried about, and nothing short."""
        tablet = self.first
        report = {
            "app": "0.1.0", "standalone": True, "persisted": False, "controlled": True, "free_mb": 412,
            "offset_ms": 900_000,
            "made_n": len(tablet.outbox) + 12, "unsent": 12, "photos": 7, "photo_bytes": 9_400_000,
            "readiness": "not_ready", "lacking": ["persisted", "room", "clock", "unsent"],
        }  # fmt: skip
        tablet.signed_out = True
        answer = tablet.call("POST", f"/api/v1/devices/{tablet.id}/state", json=report)
        assert answer.status_code == 200, answer.text

    def a_suspended_tablet(self) -> None:
        tablet = self.house.tablet("engineer", 3)
        with self.house.app.app_context(), unit():
            devices.suspend(self.house.person("administrator").actor, tablet.id)

    def a_failed_job(self) -> None:
        now = self.house.clock.now()
        with self.house.app.app_context(), unit():
            db.session.add(
                JobRow(
                    id=self.house.new_id(), org_id=self.house.org_id, kind="report", key="a report", args={},
                    state="dead", tries=4, created_at=now, due_at=now, finished_at=now, error="TimeoutError",
                )
            )  # fmt: skip
