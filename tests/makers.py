"""One maker per noun: applications, organisations, people, their browsers and tablets.

A maker opens an application context only for its own work, so that nothing is shared with the views under test.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import stamp
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from backend import schema_version
from backend.app import create_app
from backend.core import clock as core_clock
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import Base, db, unit
from backend.core.envelopes import public_jwk
from backend.core.schema import wire_time
from backend.exchange import services as exchange
from backend.identity import accounts, passwords, sessions
from backend.identity.actor import Actor, Scope
from backend.identity.models import Account
from sync.ids import uuid7
from tests.browser import PASSWORD, SAME_ORIGIN, Browser
from tests.tablet import Result, Row, Tablet, sign_jws

__all__ = [
    "PASSWORD", "SAME_ORIGIN", "Browser", "Config", "House", "Office", "Person", "Row", "Tablet",
    "public_jwk", "sign_jws",
]  # fmt: skip


@contextmanager
def build_app(config: Config, clock: SetClock | None = None) -> Iterator[Flask]:
    """The whole program; its database connections are closed afterwards."""
    app = create_app(config, clock_=clock)
    app.testing = True
    with app.app_context():
        _compile_once(db.engine)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


STATEMENTS = 4_000
COMPILED: dict[str, tuple[Dialect, LRUCache[Any, Any]]] = {}
"""By the name of the database: the dialect of the first engine that made a schema, and what was compiled for it."""


def _compile_once(engine: Engine) -> None:
    """Compile a statement once for all applications of a run, not for each anew.

    What is compiled counts for one dialect object, so the engines share that too. It must have met its server.
    """
    if known := COMPILED.get(engine.dialect.name):
        engine.dialect, cache = known
        engine.update_execution_options(compiled_cache=cache)


def create_schema(url: str, folder: Path) -> None:
    """All tables in an empty database, marked as of the newest version."""
    with build_app(Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(folder)})) as app, app.app_context():
        Base.metadata.create_all(db.engine)
        COMPILED.setdefault(db.engine.dialect.name, (db.engine.dialect, LRUCache(STATEMENTS)))
        stamp(directory=str(schema_version.FOLDER))


@cache
def password_hash() -> str:
    return passwords.hash_of(PASSWORD)


@dataclass(frozen=True)
class Person:
    """Somebody with one role and an account."""

    id: str
    role: str
    sign_in: str
    org_id: str

    @property
    def actor(self) -> Actor:
        scope = Scope(self.role, "organisation", self.org_id)
        return Actor(self.org_id, self.id, frozenset({self.role}), frozenset({scope}))


@dataclass
class House:
    """An organisation: company, region, calendar, client, site, and people as they are asked for."""

    app: Flask
    clock: SetClock
    org_id: str
    name: str
    ids: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def found(cls, app: Flask, clock: SetClock, name: str) -> House:
        with app.app_context(), unit():
            org_id = core_clock.new_id()
            exchange.found(org_id)
        house = cls(app, clock, org_id, name)
        house._furnish()
        return house

    def other(self, name: str = "Bukit Networks") -> House:
        """A second organisation in the same installation."""
        return House.found(self.app, self.clock, name)

    def new_id(self) -> str:
        return uuid7(int(self.clock.now().timestamp() * 1000), self.clock.random(10))

    def submit(self, actor: Actor, ops: list[exchange.Ask], base: int = 0) -> list[Result]:
        with self.app.app_context():
            return exchange.submit(actor, ops, base)

    def program(self) -> Actor:
        """The installation's own jobs."""
        return exchange.program(self.org_id)

    def person(self, role: str, nth: int = 1) -> Person:
        """The nth person with this role, made when first asked for."""
        key = f"{role}{nth}"
        if key not in self.people:
            self.people[key] = self._hire(role, key)
        return self.people[key]

    def office(self, role: str = "dispatcher") -> Office:
        return Office(self, self.person(role))

    def browser(self, role: str, nth: int = 1) -> Browser:
        return Browser(self.app, self.person(role, nth)).sign_in()

    def tablet(self, role: str = "engineer", nth: int = 1) -> Tablet:
        return Tablet(self, self.person(role, nth)).enrol()

    def visit(self, *engineers: Person, site: str | None = None, **args: Any) -> str:
        """A planned visit of the site, assigned to these; its id."""
        office, visit = self.office(), self.new_id()
        start = self.clock.now() + timedelta(hours=1)
        asked = {
            "site": site or self.ids["site"],
            "title": "Quarterly maintenance",
            "kind": "maintenance",
            "starts_at": wire_time(start),
            "ends_at": wire_time(start + timedelta(hours=3)),
            **args,
        }
        office("visit.create", ("visit", visit), asked)
        if engineers:
            crew = [person.id for person in engineers]
            office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
        return visit

    def site(self, name: str = "Jurong store") -> str:
        """One more site of the client."""
        site = self.new_id()
        self.office()("site.create", ("site", site), {"client": self.ids["client"], "name": name})
        return site

    def _furnish(self) -> None:
        for name in ("legal_entity", "region", "client", "site"):
            self.ids[name] = self.new_id()
        company = {"name": self.name, "country": "SG", "currency": "SGD"}
        site = {"client": self.ids["client"], "name": "Tanjong Pagar store", "region": self.ids["region"]}
        organisation = {"name": self.name, "privacy_notice": "privacy-sg@1"}
        ops: list[exchange.Ask] = [
            ("organisation.edit", ("organisation", self.org_id), organisation),
            ("legal_entity.edit", ("legal_entity", self.ids["legal_entity"]), company),
            ("region.edit", ("region", self.ids["region"]), {"code": "SG", "name": "Singapore"}),
            ("client.create", ("client", self.ids["client"]), {"name": "Kedai Kopi Group"}),
            ("site.create", ("site", self.ids["site"]), site),
        ]
        accepted(self.submit(self.person("administrator").actor, ops))

    def _hire(self, role: str, key: str) -> Person:
        person = Person(self.new_id(), role, f"{key}.{self.org_id[-6:]}", self.org_id)
        with self.app.app_context(), unit():
            db.session.add(
                Account(
                    id=core_clock.new_id(), org_id=self.org_id, person_id=person.id, sign_in=person.sign_in,
                    password=password_hash(), status="active", created_at=core_clock.now(),
                )
            )
            accounts.grant(self.org_id, person.id, Scope(role, "organisation", self.org_id))
        facts = {"name": f"{role.replace('_', ' ').title()} {key[-1]}", "skills": []}
        accepted(self.submit(self.program(), [("person.edit", ("person", person.id), facts)]))
        return person


def accepted(results: list[Result]) -> list[Result]:
    """The same results; a maker whose operation was refused is a fault of the test."""
    refused = [one for one in results if one["status"] in {"held", "rejected"}]
    assert not refused, refused
    return results


@dataclass(frozen=True)
class Office:
    """`office(type, entity, args)`: one operation of a person at the console; raises when it is refused."""

    house: House
    person: Person

    def __call__(self, type_: str, entity: tuple[str, str], args: Mapping[str, Any], base: int = 0) -> Result:
        return accepted([self.ask(type_, entity, args, base)])[0]

    def ask(self, type_: str, entity: tuple[str, str], args: Mapping[str, Any], base: int = 0) -> Result:
        """The same, whatever becomes of it."""
        return self.house.submit(self.person.actor, [(type_, entity, args)], base)[0]


def actor_now(house: House, person: Person) -> Actor:
    """The person with the roles that the database gives now."""
    with house.app.app_context():
        return sessions.actor_of(house.org_id, person.id)
