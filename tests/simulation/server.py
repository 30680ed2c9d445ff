"""The real application in this process: it dies between any two statements and is born again on the same database."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, delete, event, func, select, update
from sqlalchemy.util import LRUCache

from backend import backup
from backend.app import create_app
from backend.backup.restore import bump
from backend.core import clock, jobs
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db, reading, unit
from backend.core.job_rows import office as job_office
from backend.core.sqlite import QueuedConnection, QueueFull
from backend.exchange import pace, poke, registry
from backend.exchange import services as exchange
from backend.exchange.handlers import Handler, Result
from backend.exchange.models import HEADS, ORGS
from backend.exchange.work import Work
from backend.identity import limits
from backend.identity.models import Device
from sync.operation import Operation
from tests.simulation.database import Database

REPORT = "report"
NOTE = ("note.add", 1)
POISON = "this note breaks the server"
"""The text of a note over which the program falls."""


COMPILED: LRUCache[Any, Any] = LRUCache(2_000)


class Mistake(Exception):
    """What the program never expected: one operation meets it each time."""


class Died(BaseException):
    """The process ended here. Nothing that catches Exception may go on."""


@dataclass
class Trap:
    """What will happen inside the server at the k-th chance from now: a statement, or a transaction that may write."""

    kind: str
    k: int
    sprung: bool = False


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as an object, empty when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Held:
    """What a backup holds of an organisation. `received`: of each device the last number that it had sent."""

    epoch: str
    seq: int
    received: Mapping[str, int]
    at: datetime


class Server:
    """The program on one database, under one clock that the scheduler moves."""

    def __init__(self, database: Database, folder: Path, clock_: SetClock) -> None:
        self.database, self.folder, self.clock = database, folder, clock_
        self.trap: Trap | None = None
        self.last_trap: Trap | None = None
        self._holder: sqlite3.Connection | None = None
        self.statements = 0
        """Run for requests since it was last set to 0."""
        self.die_at: int | None = None
        """The statement before which the process ends; a sweep sets it."""
        self._answering = False
        self.backups: dict[str, dict[str, Held]] = {}
        """By the backup's name and the organisation."""
        self.config = Config.from_env({"DATABASE_URL": database.url, "DATA_DIR": str(folder / "data")})
        self.app = self._born()

    # Being asked

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpAnswer | None:
        """What the program says; None when it died over it."""
        self._answering = True
        try:
            got = self.app.test_client(use_cookies=False).open(path, method=method, headers=dict(headers), data=body)
        except Died:
            self._release()
            self.reborn()
            return None
        finally:
            self._answering = False
            self.last_trap, self.trap = self.trap, None
            self._release()
        return HttpAnswer(got.status_code, dict(got.headers), got.data)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The application's context, for judges and the office's own entry."""
        with self.app.app_context():
            yield

    # Living and dying

    def _born(self) -> Flask:
        app = create_app(self.config, clock_=self.clock)
        app.testing = False
        app.config["PROPAGATE_EXCEPTIONS"] = False
        # Drawing a report takes seconds and is no part of what devices agree about.
        job_office(app).handlers[REPORT] = lambda _job: None
        operations = app.extensions[registry.KEY].operations
        operations[NOTE] = replace(operations[NOTE], handle=_stumbling(operations[NOTE].handle))
        with app.app_context():
            self._listen(db.engine)
        return app

    def reborn(self) -> None:
        """A fresh process on the same database."""
        self.close()
        self._forget()

    def restarted(self) -> None:
        """The same, built from nothing: what `reborn` spares is the time to build it."""
        self.close()
        self.app = self._born()

    def _forget(self) -> None:
        """What a process keeps in memory is gone; connections are new."""
        clock.init_app(self.app, self.clock)
        for memory in (pace, poke):
            memory.init_app(self.app)
        limits.init_app(self.app, self.config)

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _listen(self, engine: Engine) -> None:
        # Each birth makes a new engine; what statements look like when compiled it need not find out again.
        engine._compiled_cache = COMPILED  # type: ignore[attr-defined] # the only way to share it
        event.listen(engine, "before_cursor_execute", self._at_statement)
        event.listen(engine, "connect", self._at_connect)
        commit = engine.dialect.do_commit

        def do_commit(connection: Any) -> None:
            self._spring("death before commit")
            commit(connection)
            self._spring("death after commit")
            if self._sprung("unknown commit"):
                raise sqlite3.OperationalError("the connection ended while it committed")

        engine.dialect.do_commit = do_commit  # type: ignore[method-assign] # this engine's alone

    def _at_statement(self, *_: object) -> None:
        if self._answering:
            self.statements += 1
            if self.statements == self.die_at:
                raise Died("at the statement that the sweep has come to")
        self._spring("death at a statement")

    def _at_connect(self, raw: Any, _record: object) -> None:
        if not isinstance(raw, QueuedConnection):
            return
        begin = raw.begin_writing

        def begin_writing() -> None:
            if self._sprung("busy"):
                self._hold(raw)
            if self._sprung("queue full"):
                raise QueueFull("the database is busy with other changes")
            begin()

        raw.begin_writing = begin_writing  # type: ignore[method-assign] # this connection's alone

    def _hold(self, raw: QueuedConnection) -> None:
        """Another process writes, for longer than we wait."""
        raw.execute("PRAGMA busy_timeout=0")
        self._holder = sqlite3.connect(self.database.url.removeprefix("sqlite:///"), isolation_level=None)
        self._holder.execute("BEGIN IMMEDIATE")

    def _release(self) -> None:
        if self._holder is not None:
            self._holder.close()
            self._holder = None
            self.close()

    def _spring(self, kind: str) -> None:
        if self._sprung(kind):
            raise Died(kind)

    def _sprung(self, kind: str) -> bool:
        trap = self.trap
        if trap is None or trap.kind != kind or trap.sprung:
            return False
        trap.k -= 1
        trap.sprung = trap.k < 0
        return trap.sprung

    # History cut and folded

    def back_up(self, name: str) -> None:
        """Save, and let devices know what is durable now."""
        self.save(name)
        with self.inside():
            self.backups[name] = {org_id: self._held(org_id) for org_id in self.org_ids()}
        self._note(name)

    def restore(self, name: str) -> None:
        """As the restore command does it: what must not live again is forgotten, and a new epoch begins."""
        self.put_back(name)
        self._note(name)
        with self.inside():
            with unit():
                for forget in backup.parts().forget:
                    forget()
            for org_id in self.org_ids():
                bump(org_id, f"restored {name}")

    def _held(self, org_id: str) -> Held:
        asked = select(Device.id, Device.next_n).where(Device.org_id == org_id, Device.next_n > 1)
        with reading() as session:
            at = session.execute(select(ORGS.c.epoch, ORGS.c.seq).where(ORGS.c.org_id == org_id)).one()
            return Held(at.epoch, at.seq, {one.id: one.next_n - 1 for one in session.execute(asked)}, clock.now())

    def _note(self, name: str) -> None:
        with self.inside(), unit():
            for org_id, held in self.backups[name].items():
                exchange.note_durable(org_id, held.epoch, held.seq, held.received, held.at)

    def save(self, name: str) -> None:
        """A copy of database and files."""
        self.close()
        self.database.save(name)
        _replace(self.folder / f"{name}.blobs", self.config.blobs_dir)

    def put_back(self, name: str) -> None:
        """The installation as it was when it was saved, without a word to anybody."""
        self.close()
        self.database.put_back(name)
        _replace(self.config.blobs_dir, self.folder / f"{name}.blobs")
        self._forget()

    def org_ids(self) -> list[str]:
        return list(db.session.scalars(select(ORGS.c.org_id)))

    def compact(self, org_id: str) -> int:
        """Tombstones go, and the floor rises above them: what the feed does with those that are 180 days old."""
        with self.inside(), unit(fed=True):
            connection = db.session.connection()
            mine = HEADS.c.org_id == org_id
            top = connection.scalar(select(func.max(HEADS.c.seq)).where(mine, HEADS.c.deleted.is_(True)))
            if top is None:
                return 0
            connection.execute(delete(HEADS).where(mine, HEADS.c.deleted.is_(True)))
            connection.execute(update(ORGS).where(ORGS.c.org_id == org_id).values(floor=top))
            return int(top)

    def work(self) -> int:
        """Do the jobs that are due; how many."""
        with self.inside():
            return jobs.run_due(limit=20)


def _stumbling(handle: Handler) -> Handler:
    """The same, with a mistake in it."""

    def stumbles(work: Work, op: Operation, args: dict[str, Any]) -> Result:
        if args["text"] == POISON:
            raise Mistake
        return handle(work, op, args)

    return stumbles


def _replace(target: Path, source: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)
