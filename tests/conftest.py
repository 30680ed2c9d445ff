"""What every test of the program may ask for: an application on both databases, a clock that stands still, people,
their browsers and tablets. Nouns are made in makers.py.

No test has an ambient application context: a view that forgets to commit would go unseen (decisions.md 20).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from backend.core.clock import SetClock
from backend.core.config import Config
from tests.makers import Browser, House, Office, Person, Tablet, build_app, create_schema

pytest_plugins = ["tests.services.postgres", "tests.services.redis"]

MOMENT = datetime.fromisoformat(os.environ.get("SINGGAH_TEST_MOMENT", "2026-11-23T12:00+08:00")).astimezone(UTC)
"""Monday noon in Singapore, unless the run asks for another moment: `make test` also runs at 23:58 on 31 December."""


@pytest.fixture
def _push_request_context() -> None:
    """Takes the place of pytest-flask's, which would lend tests the view's own database session."""


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "template.db"
    create_schema(f"sqlite:///{file}", file.parent)
    return file


@pytest.fixture(scope="session")
def postgres_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of an empty database with all tables on the session's server."""
    server = request.getfixturevalue("postgres_server")
    name: str = server.create()
    create_schema(server.url(name), tmp_path_factory.mktemp("template-postgres"))
    return name


@pytest.fixture(scope="session")
def fresh_database(request: pytest.FixtureRequest) -> Callable[[str, Path, ExitStack], str]:
    """A function of (sqlite | postgresql, folder, stack): the URL of a fresh database with all tables. What it made
    goes when the stack closes.
    """

    def make(kind: str, folder: Path, stack: ExitStack) -> str:
        if kind == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "singgah.db")
            return f"sqlite:///{folder / 'singgah.db'}"
        server = request.getfixturevalue("postgres_server")
        name = server.create(template=request.getfixturevalue("postgres_template"))
        stack.callback(server.drop, name)
        return str(server.url(name))

    return make


@pytest.fixture
def sqlite_url(tmp_path: Path, fresh_database: Callable[[str, Path, ExitStack], str]) -> Iterator[str]:
    """The URL of a fresh SQLite database: a `database_url` of their own for tests that no database decides."""
    with ExitStack() as stack:
        yield fresh_database("sqlite", tmp_path, stack)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, fresh_database: Callable[[str, Path, ExitStack], str]
) -> Iterator[str]:
    """The URL of a fresh database with all tables: each test that asks runs once on SQLite, once on PostgreSQL."""
    with ExitStack() as stack:
        yield fresh_database(request.param, tmp_path, stack)


@pytest.fixture
def clock() -> SetClock:
    """The application's clock: stands at MOMENT until the test moves it. Its randomness repeats."""
    return SetClock(MOMENT, seed="tests")


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    return Config.from_env({"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def app(config: Config, clock: SetClock) -> Iterator[Flask]:
    """The whole program on a fresh database."""
    with build_app(config, clock) as made:
        yield made


@pytest.fixture
def house(app: Flask, clock: SetClock) -> House:
    """An organisation with one person of each role, one site, one client. `house.other()` is a second one."""
    return House.found(app, clock, "Sungai Systems")


@pytest.fixture
def office(house: House) -> Office:
    """`office(type, entity, args)`: an operation of the dispatcher; its result."""
    return house.office("dispatcher")


@pytest.fixture
def dispatcher(house: House) -> Person:
    return house.person("dispatcher")


@pytest.fixture
def engineer(house: House) -> Person:
    return house.person("engineer")


@pytest.fixture
def browser(house: House) -> Callable[[str], Browser]:
    """`browser("dispatcher")`: a signed-in browser of the person with that role."""
    return house.browser


@pytest.fixture
def tablet(house: House) -> Tablet:
    """An enrolled, confirmed tablet of the engineer."""
    return house.tablet("engineer")


@pytest.fixture
def visit(house: House, tablet: Tablet) -> str:
    """A visit of the engineer, which the tablet has fetched."""
    made = house.visit(tablet.person)
    tablet.pull()
    return made
