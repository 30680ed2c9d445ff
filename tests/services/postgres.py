"""A throw-away PostgreSQL for the tests: own data folder, loopback only, gone at the end.

A plugin module: `pytest_plugins = ["tests.services.postgres"]` gives the fixtures. One server per test worker, made
when the first test asks; one fresh database per test that asks.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.services import children
from tests.services.ports import free_port

PROGRAMS = Path("/usr/lib/postgresql")
ATTEMPTS = 3
# Nothing here outlives the run, so nothing is forced to disk; benchmarks start their own server with durable=True.
FORGETFUL = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class NoPostgres(Exception):
    """PostgreSQL is not installed; the message says what installs it."""


@dataclass
class PostgresServer:
    """A running server. Its one account is `singgah`, trusted on loopback."""

    port: int
    _names: Iterator[int] = field(default_factory=count)

    def url(self, database: str) -> str:
        """For SQLAlchemy with psycopg 3."""
        return f"postgresql+psycopg://singgah@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make an empty database, or a copy of `template`, to which nobody may be connected; its name."""
        name = f"singgah_{next(self._names)}"
        order = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._order(order.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove it, and end the connections that a test forgot."""
        self._order(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database that is dropped afterwards."""
        name = self.create()
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    def _order(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._address(), autocommit=True) as connection:
            connection.execute(statement)

    def _address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=singgah dbname=postgres connect_timeout=5"

    def answers(self) -> bool:
        try:
            psycopg.connect(self._address()).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running_postgres(durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server; `durable` keeps the settings that force commits to disk, for measurements."""
    programs = newest_programs()
    folder = Path(tempfile.mkdtemp(prefix="singgah-postgres-"))
    try:
        folder.chmod(0o755)  # as root, the server runs as postgres and must reach its data through here
        data = initialised(programs, folder)
        child, server = _started(programs, folder, data, durable)
        try:
            yield server
        finally:
            child.stop()
    finally:
        shutil.rmtree(folder)


def newest_programs() -> Path:
    """The folder with initdb and postgres of the newest version that Debian installed."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NoPostgres(f"no PostgreSQL under {PROGRAMS}: make setup-tests installs it")
    return found[-1].parent


def initialised(programs: Path, folder: Path) -> Path:
    data = folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    options = ("--username=singgah", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    made = subprocess.run(
        [*as_postgres(), programs / "initdb", "-D", data, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise children.DidNotStart(f"initdb ended with {made.returncode}: {made.stderr}")
    return data


def _started(
    programs: Path, folder: Path, data: Path, durable: bool
) -> tuple[children.Child, PostgresServer]:
    """The port may be taken between asking and using it: ask again, ATTEMPTS times."""
    for attempt in range(ATTEMPTS):
        server = PostgresServer(free_port())
        listen = (
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-p",
            str(server.port),
        )
        command = (
            *as_postgres(),
            programs / "postgres",
            "-D",
            data,
            *listen,
            *(() if durable else FORGETFUL),
        )
        # With SIGTERM it waits for every connection that a test forgot.
        child = children.start("postgres", command, folder / f"said-{attempt}", farewell=signal.SIGINT)
        try:
            child.wait_until(server.answers, "an answer to a connection")
        except children.DidNotStart:
            if attempt + 1 == ATTEMPTS or "Address already in use" not in child.last_words():
                raise
        else:
            return child, server
    raise AssertionError("unreachable: the last attempt returns or raises")


def as_postgres() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root, which a container's tests are."""
    if os.geteuid() != 0:
        return ()
    return ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url
