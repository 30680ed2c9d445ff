"""The drill itself: work, backup, more work, loss, restore, return, comparison; in folders that are thrown away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from backend import schema_version
from backend.app import create_app
from backend.backup.make import copier_of, make
from backend.backup.postgres_copy import PostgresCopier
from backend.backup.restore import restore
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db, unit
from backend.identity import services as identity
from backend.identity.actor import Scope
from tests.browser import PASSWORD
from tests.drill import ledger
from tests.drill.ledger import Ledger, Photo
from tests.drill.returning import come_back, statement_of
from tests.makers import House, Person, Tablet, build_app

BEGINS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TICKET = {
    "kind": "incident", "description": None, "impact": "low", "urgency": "low", "category": "hardware",
    "channel": "engineer", "reporter": None, "walk_up": True,
}  # fmt: skip
Say = Callable[[str], None]


class NotEmpty(Exception):
    """The database that was named holds something; the drill fills and empties it."""


@dataclass
class Outcome:
    """What was compared. Everything counts what tablets had been told, `lost` says what of it is not there again."""

    database: str
    in_backup: int = 0
    told: int = 0
    after_restore: int = 0
    given_back: int = 0
    photos: int = 0
    photos_after_restore: int = 0
    tablets: int = 0
    forgotten: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass
class Drill:
    """One run, in `folder`, on the database of `config`."""

    config: Config
    place: Path
    say: Say
    clock: SetClock = field(default_factory=lambda: SetClock(BEGINS, seed="drill"))
    tablets: list[Tablet] = field(default_factory=list)
    statements: dict[str, str] = field(default_factory=dict)
    photos: dict[str, list[Photo]] = field(default_factory=dict)

    def run(self) -> Outcome:
        """From the first visit to the comparison. Raises NotEmpty."""
        copier = copier_of(self.config)
        if not copier.is_empty():
            raise NotEmpty(f"{self.config.database_url.rpartition('@')[2]} is not empty")
        outcome = Outcome(copier.kind)
        with build_app(self.config, self.clock) as app:
            before = self._live(app, outcome)
        self._destroy()
        self.say("the installation is destroyed; the keys were kept elsewhere")
        done = restore(self.config, self.place, self.open)
        self.say(f"restored {done.manifest.id}: every organisation has a new epoch")
        with build_app(self.config, self.clock) as app:
            self._return(app, before, outcome)
        return outcome

    def open(self, config: Config) -> Flask:
        return create_app(config, clock_=self.clock)

    def _live(self, app: Flask, outcome: Outcome) -> Ledger:
        with app.app_context():
            schema_version.migrate()
        self.house = House.found(app, self.clock, "Drill Systems")
        people = [self.house.person("engineer", nth) for nth in (1, 2, 3)]
        self.visits = [self.house.visit(person) for person in people]
        for nth in (1, 2):
            self._take_into_service(self.house.tablet("engineer", nth))
        self._work("yesterday", 12)
        outcome.in_backup = len(self._told().operations)
        self.clock.advance(hours=8)
        with app.app_context():
            made = make(self.place)
        self.say(f"backup {made.manifest.id} verified: {outcome.in_backup} operations of {len(self.tablets)} tablets")
        self.clock.advance(hours=12)
        # A tablet that came after the backup, of somebody who was there before it; and one of somebody who was not.
        self._take_into_service(self.house.tablet("engineer", 3))
        self._take_into_service(self.house.tablet("engineer", 4))
        self._work("today", 15)
        self._leave_unsent()
        before = self._told()
        outcome.told, outcome.photos, outcome.tablets = len(before.operations), len(before.photos), len(self.tablets)
        self.say(f"today's work: {outcome.told} operations and {outcome.photos} photos are acknowledged in all")
        with app.app_context():
            db.session.remove()
        return before

    def _take_into_service(self, tablet: Tablet) -> None:
        tablet.pull()
        self.statements[tablet.id] = statement_of(tablet)
        self.photos[tablet.id] = []
        self.tablets.append(tablet)

    def _work(self, day: str, count: int) -> None:
        """Notes, walk-up tickets, photos; one operation that is held and one that is rejected."""
        for tablet, visit in zip(self.tablets, [*self.visits, self.visits[0]], strict=False):
            site = self.house.ids["site"]
            for nth in range(count):
                tablet.act("note.add", ("note", self.house.new_id()), {"visit": visit, "text": f"{day} {nth}"})
            ticket = {**TICKET, "number": tablet.next_number("T"), "site": site, "title": f"Seen {day}"}
            tablet.act("ticket.create", ("ticket", self.house.new_id()), ticket)
            tablet.act("note.add", ("note", self.house.new_id()), {"visit": self.house.new_id(), "text": "of no visit"})
            tablet.sync()
            if ("visit", visit) in tablet.rows:
                self._photograph(tablet, visit, day)

    def _photograph(self, tablet: Tablet, visit: str, day: str) -> None:
        photo = Photo(visit, b"\xff\xd8\xff\xe0" + f"{tablet.id} {day}".encode() * 9_000)
        answer = tablet.upload(visit, photo.data)
        assert answer.status_code == 204, answer.text
        self.photos[tablet.id].append(photo)

    def _leave_unsent(self) -> None:
        for tablet in self.tablets[:1]:
            tablet.act("note.add", ("note", self.house.new_id()), {"visit": self.visits[0], "text": "not sent yet"})

    def _told(self) -> Ledger:
        return ledger.told(self.tablets, [photo for photos in self.photos.values() for photo in photos])

    def _destroy(self) -> None:
        keys = self.place.parent / "keys"
        self.config.keys_dir.rename(keys)
        shutil.rmtree(self.config.data_dir)
        copier = copier_of(self.config)
        if isinstance(copier, PostgresCopier):
            empty(copier)
        self.config.data_dir.mkdir(mode=0o700)
        keys.rename(self.config.keys_dir)

    def _return(self, app: Flask, before: Ledger, outcome: Outcome) -> None:
        self.house.app = app
        there = ledger.kept(app, self.house.org_id)
        outcome.after_restore = len(there.operations.keys() & before.operations.keys())
        outcome.photos_after_restore = len(there.photos & before.photos)
        kept = f"{outcome.after_restore} of these operations and {outcome.photos_after_restore} photos"
        self.say(f"after the restore {kept} are there")
        self._make_again(self.house.person("engineer", 4))
        for tablet in self.tablets:
            outcome.forgotten += come_back(self.house, tablet, self.statements[tablet.id], self.photos[tablet.id])
        after = ledger.kept(app, self.house.org_id)
        outcome.lost = ledger.lost(before, after)
        outcome.given_back = len(after.operations.keys() & before.operations.keys()) - outcome.after_restore
        self.say(f"{outcome.tablets} tablets came back, {outcome.forgotten} of them by their statement")
        photos = outcome.photos - outcome.photos_after_restore
        self.say(f"{outcome.given_back} operations and {photos} photos were given back")

    def _make_again(self, person: Person) -> None:
        """What an administrator does for somebody who was made after the backup."""
        scope = Scope(person.role, "organisation", person.org_id)
        with self.house.app.app_context(), unit():
            identity.create(person.org_id, person.id, person.sign_in, PASSWORD, [scope])
        facts = {"name": "Engineer 4", "skills": []}
        self.house.submit(self.house.program(), [("person.edit", ("person", person.id), facts)])


def empty(copier: PostgresCopier) -> None:
    """Remove every table: the database that was lost, or the one that the drill leaves."""
    with copier.connect() as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
