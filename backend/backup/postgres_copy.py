"""PostgreSQL in a backup: pg_dump of an exported snapshot; the dump is read back row by row and compared with it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from backend.backup import Column
from backend.backup.contents import Counting, Snapshot, Tally
from backend.backup.copying import BackupFailed, RestoreRefused, taken

DEBIAN = Path("/usr/lib/postgresql")
COPY = re.compile(rb"COPY (?:public\.)?\"?([a-z0-9_]+)\"? \(.*\) FROM stdin;\n")
END = b"\\.\n"
BLOCK = 1 << 20
SETTINGS = ("SET timezone TO 'UTC'", "SET datestyle TO ISO", "SET extra_float_digits TO 3")
"""As pg_dump's, so that a row is written alike by both."""


class PostgresCopier:
    """See Copier."""

    kind, file = "postgresql", "singgah.dump"

    def __init__(self, database_url: str) -> None:
        self.url = make_url(database_url).set(drivername="postgresql")

    def copy(self, into: Path, files: Iterable[Column]) -> Snapshot:
        """See Copier."""
        program = client("pg_dump", BackupFailed)
        try:
            with self._snapshot() as connection:
                [(name,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
                words = [program, "--format=custom", f"--snapshot={name}", f"--file={into}", "--no-password"]
                self.run([*words, f"--dbname={bare(self.url)}"], BackupFailed)
                return taken(lambda asked: connection.execute(asked).fetchall(), _tallies(connection), files)
        except psycopg.Error as fault:
            raise BackupFailed(f"The database could not be copied: {_sentence(str(fault))}") from fault

    def read(self, copy: Path) -> dict[str, Tally]:
        """See Copier."""
        words = [client("pg_restore", BackupFailed), "--data-only", "--file=-", str(copy)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
            assert reading.stdout is not None
            assert reading.stderr is not None
            found = _counted(reading.stdout)
            said = reading.stderr.read().decode(errors="replace")
        if reading.returncode:
            raise BackupFailed(f"The copy of the database cannot be read: {_sentence(said)}")
        return found

    def is_empty(self) -> bool:
        """See Copier."""
        with self.connect() as connection:
            asked = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
            return connection.execute(asked).fetchall() == [(0,)]

    def others(self) -> int:
        """See Copier."""
        with self.connect() as connection:
            ours = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            [(count,)] = connection.execute(f"SELECT count(*) FROM pg_stat_activity WHERE {ours}").fetchall()  # noqa: S608
            return int(count)

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of our own; the caller closes it."""
        return psycopg.connect(self.url.render_as_string(hide_password=False), connect_timeout=10)

    def run(self, words: list[str], failed: type[Exception]) -> None:
        """Run a client program with the password in its environment; `failed` with what it said last."""
        done = subprocess.run(words, env=self.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise failed(f"{Path(words[0]).name} failed: {_sentence(done.stderr)}")

    def environment(self) -> dict[str, str]:
        """Of a client program: the password is in no command line."""
        password = {} if self.url.password is None else {"PGPASSWORD": str(self.url.password)}
        return {**os.environ, "PGOPTIONS": "-c timezone=UTC", **password}

    @contextmanager
    def _snapshot(self) -> Iterator[psycopg.Connection[Any]]:
        with self.connect() as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            for setting in SETTINGS:
                connection.execute(setting)
            yield connection


def client(name: str, failed: type[Exception]) -> str:
    """The newest client program of this name; `failed` says what installs it."""
    newest = sorted(DEBIAN.glob(f"[0-9]*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise failed(f"{name} is not installed here: install Debian's postgresql-client.")
    return found


def bare(url: URL) -> str:
    """The address without its password: command lines are visible to everybody on the machine."""
    return url.set(password=None).render_as_string()


EMPTIED = b"BEGIN;\nDROP SCHEMA public CASCADE;\nCREATE SCHEMA public;\n"
KEPT = b"\nCOMMIT;\n"


def put_back(copier: PostgresCopier, dump: Path) -> None:
    """Put the dump in place of whatever is there, in one transaction: wherever it stops, killed or refused, what was
    there before is there still. Raises RestoreRefused.
    """
    script = [client("pg_restore", RestoreRefused), "--exit-on-error", "--no-owner", "--no-privileges", "--file=-"]
    words = [client("psql", RestoreRefused), "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    with (
        TemporaryFile() as wrong_dump,
        TemporaryFile() as wrong_rows,
        subprocess.Popen([*script, str(dump)], stdout=subprocess.PIPE, stderr=wrong_dump) as reading,
        subprocess.Popen(
            [*words, f"--dbname={bare(copier.url)}"], env=copier.environment(),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=wrong_rows,
        ) as writing,
    ):  # fmt: skip
        # Where psql stopped first, pg_restore was stopped by us and has nothing to say.
        if _pour(reading, writing) and reading.wait() != 0:
            raise RestoreRefused(f"pg_restore failed: {_said(wrong_dump)}")
        if writing.wait() != 0:
            raise RestoreRefused(f"psql failed: {_said(wrong_rows)}")


def _pour(reading: subprocess.Popen[bytes], writing: subprocess.Popen[bytes]) -> bool:
    """All of the dump's script into one transaction. COMMIT is said only once the script has come whole: psql that
    hears nothing more leaves, and PostgreSQL takes everything back. False when psql stopped before.
    """
    assert reading.stdout is not None
    assert writing.stdin is not None
    try:
        with writing.stdin as into:
            into.write(EMPTIED)
            shutil.copyfileobj(reading.stdout, into, BLOCK)
            if reading.wait() == 0:
                into.write(KEPT)
    except BrokenPipeError:
        # psql has stopped at an error and says itself why; pg_restore has nobody to write to any more.
        reading.kill()
        return False
    return True


def _said(told: IO[bytes]) -> str:
    told.seek(0)
    return _sentence(told.read().decode(errors="replace"))


def _tallies(connection: psycopg.Connection[Any]) -> dict[str, Tally]:
    asked = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name"
    return {name: _table(connection, name) for (name,) in connection.execute(asked).fetchall()}


def _table(connection: psycopg.Connection[Any], name: str) -> Tally:
    counting, rest = Counting(), b""
    with connection.cursor() as cursor, cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))) as rows:
        for block in rows:
            *whole, rest = (rest + bytes(block)).split(b"\n")
            for row in whole:
                counting.add(row)
    return counting.tally()


def _counted(script: Iterable[bytes]) -> dict[str, Tally]:
    """Of the script that pg_restore writes: each COPY's rows up to its end."""
    found: dict[str, Counting] = {}
    current: Counting | None = None
    for line in script:
        if current is None:
            begun = COPY.fullmatch(line)
            current = found.setdefault(begun.group(1).decode(), Counting()) if begun else None
        elif line == END:
            current = None
        else:
            current.add(line[:-1])
    return {name: counting.tally() for name, counting in found.items()}


def _sentence(said: str) -> str:
    """The last line that names an error, else the last line: psql shows the place in the script behind it."""
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    errors = [line for line in lines if re.search("error|fatal", line, re.IGNORECASE)]
    return (errors or lines or ["it did not say why."])[-1]
