"""One way in: whoever changes a fed table past the exchange is refused, by the program and by PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import delete, insert, text, update

from backend import schema_version
from backend.core import one_way
from backend.core.config import Config
from backend.core.db import FedTableTouched, db, unit
from backend.core.entity import fed_tables
from backend.directory.models import Client, Site
from tests.makers import House, build_app


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("SELECT * FROM visit WHERE title = 'UPDATE visit SET'", None),
        ("UPDATE visit SET title = 'x'", "visit"),
        ('update only "visit" set title = 1', "visit"),
        ("  DELETE FROM visit", "visit"),
        ("INSERT INTO visit (id) VALUES (1)", "visit"),
        ("INSERT OR REPLACE INTO `visit` VALUES (1)", "visit"),
        ("REPLACE INTO visit VALUES (1)", "visit"),
        ("TRUNCATE TABLE visit", "visit"),
        ("WITH old AS (SELECT 1) UPDATE visit SET title = 'x'", "visit"),
        ("WITH old AS (SELECT 1) SELECT * FROM old", None),
    ],
)
def test_a_statement_says_which_table_it_changes(statement: str, table: str | None) -> None:
    assert one_way.changed_table(statement) == table


BYPASSES = {
    "ORM": lambda connection: db.session.execute(update(Client).values(name="x")),
    "Core": lambda connection: connection.execute(update(Client.__table__).values(name="x")),
    "Core delete": lambda connection: connection.execute(delete(Site.__table__)),
    "Core insert": lambda connection: connection.execute(insert(Client.__table__), [{"org_id": "o", "id": "i"}]),
    "text": lambda connection: connection.execute(text("UPDATE client SET name = 'x'")),
    "the driver's own": lambda connection: connection.exec_driver_sql("DELETE FROM site"),
}


@pytest.mark.parametrize("way", BYPASSES)
def test_no_statement_of_the_program_reaches_a_fed_table_past_the_exchange(house: House, way: str) -> None:
    with house.app.app_context(), pytest.raises(FedTableTouched), unit():
        BYPASSES[way](db.session.connection())


def test_an_engine_used_without_a_session_is_refused_too(house: House) -> None:
    with house.app.app_context(), pytest.raises(FedTableTouched), db.engine.begin() as connection:
        connection.execute(update(Client.__table__).values(name="x"))


def test_every_table_of_the_feed_is_guarded(app: Flask) -> None:
    assert db.fed_tables >= fed_tables()
    assert {kind.table.name for kind in app.extensions["singgah.exchange"].kinds.values()} == fed_tables()


# PostgreSQL: whoever comes with a connection of their own


on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has no such guard: its file is the program's alone."""


@pytest.fixture
def stranger(house: House) -> Iterator[psycopg.Connection]:
    """A bare connection to the house's PostgreSQL, as an administrator's console has it."""
    with house.app.app_context():
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        yield connection


CHANGES = ("UPDATE client SET name = 'x'", "UPDATE client SET name = name", "DELETE FROM site", "TRUNCATE visit")


@on_postgresql
@pytest.mark.parametrize("change", CHANGES)
def test_a_bare_connection_is_refused_by_the_database(stranger: psycopg.Connection, change: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only through an operation"):
        stranger.execute(change)


@on_postgresql
def test_a_bare_insert_is_refused_by_the_database(stranger: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        stranger.execute(
            "INSERT INTO client SELECT (jsonb_populate_record(c, jsonb_build_object('id', 'new'))).* FROM client c"
        )


@on_postgresql
def test_a_change_whose_version_did_not_move_is_refused_whoever_makes_it(stranger: psycopg.Connection) -> None:
    stranger.execute("SET LOCAL singgah.feed = 'on'")
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="did not move its ver"):
        stranger.execute("UPDATE client SET name = 'x'")


@on_postgresql
def test_the_word_ends_with_its_transaction(stranger: psycopg.Connection) -> None:
    stranger.execute("SET LOCAL singgah.feed = 'on'")
    stranger.execute("UPDATE client SET ver = ver + 1")
    stranger.rollback()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        stranger.execute("UPDATE client SET ver = ver + 1")


def test_a_migration_may_change_rows(house: House) -> None:
    with house.app.app_context():
        with db.engine.execution_options(fed=one_way.MIGRATION).begin() as connection:
            connection.execute(text("UPDATE client SET name = 'Renamed by a migration'"))
        with db.engine.connect().execution_options(read_only=True) as connection:
            assert set(connection.execute(text("SELECT name FROM client")).scalars()) == {"Renamed by a migration"}


@on_postgresql
def test_migrations_set_the_same_guards_as_the_models(
    house: House, request: pytest.FixtureRequest, tmp_path: Path, fresh_database: Callable[[str, Path, ExitStack], str]
) -> None:
    with house.app.app_context():
        by_models = guards()
    config = Config.from_env({"DATABASE_URL": request.getfixturevalue("postgres_url"), "DATA_DIR": str(tmp_path)})
    with build_app(config) as app, app.app_context():
        schema_version.migrate()
        by_migrations = guards()

    assert by_migrations == by_models
    assert {table for table, _ in by_models} - {""} == fed_tables()


def guards() -> set[tuple[str, str]]:
    """(table, definition) of our triggers, and the function's source."""
    asked = """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT '', prosrc FROM pg_proc WHERE proname = 'singgah_one_way'
    """
    with db.engine.connect().execution_options(read_only=True) as connection:
        return {(row[0], row[1]) for row in connection.execute(text(asked))}
