"""A PostgreSQL that can be killed, started again, followed by a standby, and replaced by it.

Unlike the tests' common server it keeps every commit that it has answered. Processes are killed here, not the machine:
forcing to disk would prove nothing and stays off; committing without waiting for the log would lose work.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg

from tests.services import children
from tests.services.ports import free_port
from tests.services.postgres import as_postgres, initialised, newest_programs

KEEPS_COMMITS = ("-c", "fsync=off", "-c", "synchronous_commit=on", "-c", "full_page_writes=on")
DATABASE = "singgah"


@dataclass
class Cluster:
    """One data folder and, while it runs, its server. `port` stays the same over every start."""

    folder: Path
    port: int
    child: children.Child | None = None
    starts: int = 0

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """For SQLAlchemy with psycopg 3."""
        return f"postgresql+psycopg://singgah@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user=singgah dbname={DATABASE} connect_timeout=5"

    def start(self) -> None:
        """Start and wait until it answers; after a kill it recovers first."""
        self.starts += 1
        listen = ("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-p", str(self.port))
        command = (*as_postgres(), newest_programs() / "postgres", "-D", self.data, *listen, *KEEPS_COMMITS)
        said = self.folder / f"said-{self.starts}"
        self.child = children.start("postgres", command, said, farewell=signal.SIGINT)
        self.child.wait_until(self.answers, "an answer to a connection")

    def answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def connect(self, database: str = DATABASE) -> psycopg.Connection:
        """A connection that commits each statement."""
        return psycopg.connect(self.address.replace(f"dbname={DATABASE}", f"dbname={database}"), autocommit=True)

    def kill(self) -> None:
        """The postmaster and all its processes at once."""
        assert self.child is not None
        self.child.kill()
        for process in self.processes():
            _signal(process, signal.SIGKILL)
        self.child = None

    def kill_a_backend(self, pid: int) -> None:
        """One process that serves a connection: PostgreSQL then ends all others and recovers by itself."""
        _signal(pid, signal.SIGKILL)

    def backends(self) -> list[int]:
        """Processes that serve the program's connections now."""
        asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        with self.connect() as connection:
            return [row[0] for row in connection.execute(asked)]

    def processes(self, words: str = "") -> list[int]:
        """Process ids of this server's own processes whose title holds these words."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                title = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                cwd = (place / "cwd").resolve(strict=True)
            except OSError:
                continue
            if cwd == self.data and words in title:
                found.append(int(place.name))
        return found

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None

    # Followers

    def follow(self, folder: Path) -> Cluster:
        """A running standby that streams from here and confirms nothing: it may lag."""
        standby = Cluster(folder, free_port())
        folder.mkdir()
        folder.chmod(0o755)
        _own(folder)
        words = ("-D", standby.data, "-h", "127.0.0.1", "-p", str(self.port), "-U", "singgah", "-R", "-X", "stream")
        command = [*as_postgres(), newest_programs() / "pg_basebackup", *words, "--checkpoint=fast", "--no-sync"]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise children.DidNotStart(f"pg_basebackup ended with {made.returncode}: {made.stderr}")
        standby.start()
        return standby

    def lag(self) -> None:
        """Of a standby: hear nothing more from the primary, as behind a broken line, and keep what came before."""
        with self.connect("postgres") as connection:
            connection.execute("ALTER SYSTEM SET primary_conninfo = ''")
            connection.execute("SELECT pg_reload_conf()")
        self._wait(lambda: not self._says("SELECT pid FROM pg_stat_wal_receiver"), "the end of the stream")

    def promote(self) -> None:
        """Become the primary with what has arrived; returns when it writes."""
        with self.connect("postgres") as connection:
            connection.execute("SELECT pg_promote(false)")
        self._wait(lambda: self._says("SELECT 1 WHERE NOT pg_is_in_recovery()"), "the promotion")

    def _says(self, question: LiteralString) -> bool:
        """Whether there is a row."""
        with self.connect("postgres") as connection:
            return connection.execute(question).fetchone() is not None

    def _wait(self, ready: Callable[[], bool], what: str) -> None:
        assert self.child is not None
        self.child.wait_until(ready, what)


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A server with an empty database `singgah`, gone at the end with its followers' folders."""
    place = Path(tempfile.mkdtemp(prefix="singgah-cluster-"))
    place.chmod(0o755)
    folder = place / "primary"
    folder.mkdir()
    folder.chmod(0o755)
    cluster = Cluster(folder, free_port())
    try:
        initialised(newest_programs(), folder)
        cluster.start()
        with cluster.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(place)


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
