"""Kinto on PostgreSQL, as its documentation sets it up for speed: batches of 200, a pool, cache in memory, waitress."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.bench.driver import Line, Refused, Told
from tests.bench.peers import Missing, installing
from tests.services import children
from tests.services.ports import free_port
from tests.services.postgres import PostgresServer, running_postgres

SETTINGS = "waitress, 8 threads; storage and permissions in PostgreSQL, pool 25; cache in memory; batches of 200"
DURABILITY = "each commit on disk (fsync=on, synchronous_commit=on)"
AUTH = {"Authorization": "Basic " + base64.b64encode(b"bench:secret").decode(), "Content-Type": "application/json"}
RECORDS = "/buckets/bench/collections/records/records"
INI = """
[app:main]
use = egg:kinto
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.storage_pool_size = 25
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.permission_pool_size = 25
kinto.cache_backend = kinto.core.cache.memory
kinto.batch_max_requests = 200
kinto.userid_hmac_secret = bench
kinto.bucket_create_principals = system.Authenticated
multiauth.policies = basicauth
multiauth.policy.basicauth.use = kinto.core.authentication.BasicAuthAuthenticationPolicy

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = generic
[logger_root]
level = ERROR
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = ERROR
formatter = generic
[formatter_generic]
format = %(message)s
"""


@dataclass
class Kinto:
    """One running Kinto and its database."""

    commands: Path
    folder: Path
    postgres: PostgresServer
    database: str
    port: int = 0
    child: children.Child | None = None
    started: int = 0

    name = "Kinto"
    durability = DURABILITY
    settings = SETTINGS

    @property
    def version(self) -> str:
        return f"Kinto {installing.version_of('kinto', installing.KINTO / 'requirements.lock')}"

    def start(self) -> None:
        """Serve the present database."""
        self.port, self.started = free_port(), self.started + 1
        url = self.postgres.url(self.database).replace("postgresql+psycopg", "postgresql")
        ini = self.folder / f"kinto-{self.started}.ini"
        ini.write_text(INI.format(url=url, port=self.port), "utf-8")
        self._migrate(ini)
        command = (self.commands / "pserve", ini)
        self.child = children.start("kinto", command, self.folder / "kinto.said")
        self.child.wait_until(self._answers, "an answer to a request")

    def _migrate(self, ini: Path) -> None:
        done = subprocess.run(
            [self.commands / "kinto", "migrate", "--ini", ini], capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode != 0:
            raise Missing(f"Kinto's migration ended with {done.returncode}: {done.stderr.splitlines()[-1:]}")

    def _answers(self) -> bool:
        try:
            return self.line().ask("GET", "/v1/").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child = None

    def line(self) -> Line:
        return Line(self.port)

    def make_place(self) -> None:
        for path in ("/v1/buckets/bench", "/v1/buckets/bench/collections/records"):
            self.line().must("PUT", path, b"{}", AUTH)

    # One client

    def push_body(self, records: list[dict[str, Any]]) -> bytes:
        """A batch of safe creations, as kinto.js sends them."""
        requests = [
            {"path": f"{RECORDS}/{one['id']}", "body": {"data": one}, "headers": {"If-None-Match": "*"}}
            for one in records
        ]
        return json.dumps({"defaults": {"method": "PUT"}, "requests": requests}).encode()

    def push(self, line: Line, body: bytes) -> Told:
        told = line.must("POST", "/v1/batch", body, AUTH)
        statuses = {one["status"] for one in told.json()["responses"]}
        if statuses - {201}:
            raise Refused(f"a sub-request was answered {statuses}")
        return told

    def pull(self, line: Line, page: int) -> tuple[int, float]:
        """All records, page after page by the Next-Page header: how many, and in how many seconds."""
        path, rows, seconds = f"/v1{RECORDS}?_limit={page}", 0, 0.0
        while path:
            told = line.must("GET", path, None, AUTH)
            rows, seconds = rows + len(told.json()["data"]), seconds + told.seconds
            there = urlsplit(told.headers.get("next-page", ""))
            path = f"{there.path}?{there.query}" if there.path else ""
        return rows, seconds

    def ids(self, line: Line) -> list[str]:
        return [one["id"] for one in line.must("GET", f"/v1{RECORDS}", None, AUTH).json()["data"]]

    # Restoring

    def back_up(self) -> str:
        """A copy of the database; the server is stopped for it."""
        self.stop()
        copy = self.postgres.create(template=self.database)
        self.start()
        return copy

    def restore(self, copy: str) -> None:
        self.stop()
        self.database = copy
        self.start()


@contextmanager
def running_kinto(folder: Path) -> Iterator[Kinto]:
    """Kinto on a PostgreSQL of its own. Raises Missing when it cannot be installed or does not start."""
    commands = installing.kinto()
    with running_postgres(durable=True) as server:
        kinto = Kinto(commands, folder, server, server.create())
        try:
            kinto.start()
            kinto.make_place()
        except (children.DidNotStart, Refused) as failure:
            kinto.stop()
            raise Missing(f"Kinto did not start: {str(failure).splitlines()[0]}") from failure
        try:
            yield kinto
        finally:
            kinto.stop()
