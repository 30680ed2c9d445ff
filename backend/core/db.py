"""The database: one declarative base, units of work that write, snapshots that read.

`unit()` keeps all of the work or none of it and sends letters only after the commit; `reading()` is one snapshot that
cannot write (decisions.md 21), `snapshot()` the same without a session, `glance()` for one statement alone. Tables fed
to tablets change only inside exchange's own unit (see one_way.py).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Dialect, Engine, MetaData, String, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator, TypeEngine

from backend.core import one_way, postgresql, sqlite
from backend.core.config import Config

Letter = Callable[[], None]
UNIQUE_VIOLATION = "23505"
"""PostgreSQL's SQLSTATE."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC on both databases; a naive one is refused because it could mean any hour."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a time needs its zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """From the database: aware, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json: TypeEngine[Any] = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Id = String(36)


class Base(DeclarativeBase):
    """What every model subclasses (never `db.Model`)."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json}


class Database(SQLAlchemy):
    """Flask-SQLAlchemy with the list of tables that only exchange may change."""

    fed_tables: frozenset[str] = frozenset()

    def guard_fed_tables(self, names: frozenset[str] | set[str]) -> None:
        """From now on a flush or statement that changes one of these tables outside `unit(fed=True)` raises."""
        self.fed_tables = self.fed_tables | frozenset(names)


# Only the metadata is shared: Flask-SQLAlchemy's own `db.Model` stays empty.
db = Database(metadata=Base.metadata, session_options={"expire_on_commit": False})


class Unit:
    """One unit of work under way. `fed` says that it is exchange's, which alone may change fed tables."""

    def __init__(self, fed: bool) -> None:
        self.fed = fed
        self.letters: list[Letter] = []

    def after(self, letter: Letter) -> None:
        """Call `letter` once the work is kept; never when it is not."""
        self.letters.append(letter)


@contextmanager
def unit(*, fed: bool = False) -> Iterator[Unit]:
    """Keep all of the work or none of it; let letters out only once it is kept. Units do not nest."""
    session = db.session()
    if not session.info.keys().isdisjoint(("unit", "reading", "snapshot", "glance")):
        raise RuntimeError("a unit of work cannot begin inside another one or inside a reading")
    current = session.info["unit"] = Unit(fed)
    try:
        if fed:
            session.connection(execution_options={"fed": one_way.FEED})
        yield current
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.info["unit"]
    for letter in current.letters:
        letter()


def current_unit() -> Unit:
    """The unit under way; RuntimeError outside one."""
    found = db.session().info.get("unit")
    if not isinstance(found, Unit):
        raise RuntimeError("this changes data and needs a unit of work around it")
    return found


@contextmanager
def reading() -> Iterator[Session]:
    """One snapshot that refuses writes. What was loaded stays usable afterwards as plain values.

    Inside a unit or another reading it is the snapshot that is already open.
    """
    session = db.session()
    if "unit" in session.info or session.info.get("reading"):
        yield session
        return
    if "snapshot" in session.info or "glance" in session.info:
        raise RuntimeError("a reading cannot begin inside snapshot() or glance(): it would see another state")
    session.rollback()
    session.connection(execution_options={"read_only": True})
    session.info["reading"] = True
    end = session.rollback
    try:
        yield session
        # Nothing was written; but with a rollback PostgreSQL's driver forgets every statement that it had prepared.
        end = session.commit
    finally:
        del session.info["reading"]
        session.expunge_all()
        end()


@contextmanager
def snapshot() -> Iterator[Connection]:
    """As `reading()`, for statements of Core: without a session around it a request of a tablet costs half.

    Inside a unit, a reading or another snapshot it is what is already open.
    """
    session = db.session()
    if "unit" in session.info or session.info.get("reading"):
        yield session.connection()
    elif "snapshot" in session.info:
        yield session.info["snapshot"]
    elif "glance" in session.info:
        raise RuntimeError("a snapshot cannot begin inside glance(): it would see another state")
    else:
        with db.engine.connect() as connection:
            session.info["snapshot"] = connection
            try:
                with connection.execution_options(read_only=True).begin():
                    yield connection
            finally:
                del session.info["snapshot"]


@contextmanager
def glance() -> Iterator[Connection]:
    """For a statement that reads and is a snapshot by itself; of several each sees what is committed when it comes.
    It opens nothing and ends nothing: what many requests ask first costs little. It refuses writes.

    Inside a unit, a reading, a snapshot or another glance it is what is already open.
    """
    session = db.session()
    if "unit" in session.info or session.info.get("reading"):
        yield session.connection()
        return
    opened = session.info.get("snapshot", session.info.get("glance"))
    if opened is not None:
        yield opened
        return
    with db.engine.connect() as connection:
        session.info["glance"] = connection
        try:
            yield connection.execution_options(glance=True)
        finally:
            del session.info["glance"]


def init_app(app: Flask, config: Config) -> None:
    """Open the database of `config` for this application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config)
    if config.sqlite:
        _own(Path(make_url(config.database_url).database or ""))
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def _own(file: Path) -> None:
    """The embedded database is its owner's alone; SQLite gives the files beside it the same mode."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)


def engine_options(config: Config) -> dict[str, Any]:
    """How connections are made: 48 threads share 56 of SQLite's or 40 of PostgreSQL's (two processes, limit 100)."""
    # Values of a statement are names, texts and digests of sessions: they have no place in a log.
    if config.sqlite:
        return {
            "pool_size": 16,
            "max_overflow": 40,
            "hide_parameters": True,
            "connect_args": {"factory": sqlite.QueuedConnection},
        }
    return {
        "pool_size": 12,
        "hide_parameters": True,
        "max_overflow": 28,
        "connect_args": postgresql.CONNECT,
    }


def prepare(engine: Engine) -> None:
    """Give an engine the transactions of this program, and the guard of the fed tables."""
    event.listen(engine, "before_cursor_execute", _guard_statement)
    if engine.dialect.name == "sqlite":
        sqlite.prepare(engine)
    else:
        postgresql.prepare(engine)


def is_taken(fault: IntegrityError) -> bool:
    """Whether a row with this key is there already: somebody else has made it since it was asked for."""
    state, code = getattr(fault.orig, "sqlstate", None), getattr(fault.orig, "sqlite_errorcode", None)
    return state == UNIQUE_VIOLATION or code in (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)


class FedTableTouched(RuntimeError):
    """A fed table was changed outside exchange: tablets would never hear of it."""

    def __init__(self, table: str) -> None:
        super().__init__(f"{table} is fed to tablets and changes only through an operation")


@event.listens_for(Session, "before_flush")
def _guard_flush(session: Session, _context: object, _instances: object) -> None:
    current = session.info.get("unit")
    if isinstance(current, Unit) and current.fed:
        return
    for changed in (*session.new, *session.dirty, *session.deleted):
        if changed.__tablename__ in db.fed_tables:
            raise FedTableTouched(changed.__tablename__)


def _guard_statement(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    table = one_way.is_refused(connection, statement, db.fed_tables)
    if table:
        raise FedTableTouched(table)
