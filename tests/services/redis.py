"""A throw-away Redis for the tests: loopback only, nothing written to disk, gone at the end.

A plugin module: `pytest_plugins = ["tests.services.redis"]`. One server per test worker; each test finds it empty.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from tests.services import children
from tests.services.ports import free_port

ATTEMPTS = 3


class NoRedis(Exception):
    """Redis is not installed; the message says what installs it."""


@dataclass
class RedisServer:
    """A running server. `stop()` and `kill()` of `child` are for tests that lose it on purpose."""

    port: int
    child: children.Child

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        return Redis.from_url(self.url, socket_timeout=5)

    def answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except NoConnection:
            return False


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("no redis-server: make setup-tests installs it")
    with tempfile.TemporaryDirectory(prefix="singgah-redis-") as place:
        server = _started(program, Path(place))
        try:
            yield server
        finally:
            server.child.stop()


def _started(program: str, folder: Path) -> RedisServer:
    """The port may be taken between asking and using it: ask again, ATTEMPTS times."""
    for attempt in range(ATTEMPTS):
        port = free_port()
        memory_only = ("--save", "", "--appendonly", "no", "--dir", str(folder))
        command = (program, "--bind", "127.0.0.1", "--port", str(port), *memory_only)
        server = RedisServer(port, children.start("redis-server", command, folder / f"said-{attempt}"))
        try:
            server.child.wait_until(server.answers, "an answer to PING")
        except children.DidNotStart:
            if attempt + 1 == ATTEMPTS or "Address already in use" not in server.child.last_words():
                raise
        else:
            return server
    raise AssertionError("unreachable: the last attempt returns or raises")


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    with redis_server.client() as client:
        client.flushall()
    return redis_server.url
