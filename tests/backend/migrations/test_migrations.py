"""Migrations: the models and nothing else, up and down with data, on both databases; the program refuses an old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Column, Integer, Table, func, inspect, select

from backend import schema_version
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import Base, db, reading
from backend.exchange import audit
from backend.identity.models import Account
from tests.makers import House, Tablet, build_app

FOLDER = str(schema_version.FOLDER)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without a table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def empty(empty_url: str, tmp_path: Path, clock: SetClock) -> Iterator[Flask]:
    """The program on that database."""
    config = Config.from_env({"DATABASE_URL": empty_url, "DATA_DIR": str(tmp_path / "data")})
    with build_app(config, clock) as app:
        yield app


def differences() -> list[object]:
    """What a new migration would have to do."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def tables() -> set[str]:
    with db.engine.connect().execution_options(read_only=True) as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_migrating_makes_exactly_what_the_models_say(empty: Flask) -> None:
    with empty.app_context():
        assert not schema_version.is_current()

        schema_version.migrate()

        assert schema_version.is_current()
        assert tables() == set(Base.metadata.tables)
        assert differences() == []


def test_a_model_without_its_migration_would_be_seen(empty: Flask) -> None:
    with empty.app_context():
        schema_version.migrate()
        forgotten = Table("forgotten", Base.metadata, Column("id", Integer, primary_key=True))
        try:
            assert [type(change[0]).__name__ and change[0] for change in differences()] == ["add_table"]  # type: ignore[index] # Alembic says object
        finally:
            Base.metadata.remove(forgotten)


def test_migrating_twice_is_migrating_once(empty: Flask) -> None:
    with empty.app_context():
        schema_version.migrate()
        schema_version.migrate()

        assert differences() == []


def test_a_lived_in_database_survives_its_migration_and_can_go_all_the_way_back(
    empty: Flask, clock: SetClock
) -> None:
    with empty.app_context():
        schema_version.migrate()
    house = House.found(empty, clock, "Sungai Systems")
    house.visit(house.person("engineer"))
    house.tablet("engineer")

    with empty.app_context():
        schema_version.migrate()
        with reading() as session:
            assert (session.scalar(select(func.count()).select_from(Account)) or 0) >= 3
        downgrade(directory=FOLDER, revision="base")
        assert tables() == set()
        upgrade(directory=FOLDER)
        assert differences() == []


def test_the_test_databases_are_what_migrations_make(
    fresh_database: Callable[[str, Path, ExitStack], str], tmp_path: Path
) -> None:
    """Tests start from tables made by the models; that is the same only while the first test above holds."""
    with ExitStack() as stack:
        url = fresh_database("sqlite", tmp_path, stack)
        config = Config.from_env({"DATABASE_URL": url, "DATA_DIR": str(tmp_path / "data")})
        app = stack.enter_context(build_app(config))
        with app.app_context():
            assert schema_version.is_current()
            assert differences() == []


def test_there_is_one_line_of_history() -> None:
    from alembic.script import ScriptDirectory

    assert len(ScriptDirectory(FOLDER).get_heads()) == 1


def test_conflicts_outside_visits_move_to_their_senders_and_back(empty: Flask, clock: SetClock) -> None:
    with empty.app_context():
        schema_version.migrate()
    house = House.found(empty, clock, "Sungai Systems")
    first, second, gone = (house.tablet("engineer", nth) for nth in (1, 2, 3))
    house.visit(first.person, second.person)
    asset, left = house.new_id(), house.visit(gone.person)
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    house.office()("asset.create", ("asset", asset), facts)
    for tablet in (first, second, gone):
        tablet.pull()
    for n, tablet in enumerate((first, second, gone), 1):
        tablet.do("asset.edit", ("asset", asset), {"place": f"Rack {n}"})
    house.office()("visit.assign", ("visit", left), {"engineers": [], "lead": None})
    second.pull()

    def told(tablet: Tablet) -> list[object]:
        tablet.pull()
        return [row.value["current"] for (kind, _), row in tablet.rows.items() if kind == "conflict"]

    with empty.app_context():
        downgrade(directory=FOLDER, revision="0006")
    assert [told(tablet) for tablet in (first, second, gone)] == [[], [], []]

    with empty.app_context():
        upgrade(directory=FOLDER)
        assert audit.differences(house.org_id) == []
    [[seen], [unseen]] = told(second), told(gone)
    assert isinstance(seen, dict) and seen["value"] == "Rack 1"
    assert isinstance(unseen, dict) and (unseen["value"], unseen["withheld"]) == (None, True)
    assert told(first) == []
