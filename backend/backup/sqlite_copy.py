"""The embedded database in a backup: SQLite's own online copy, of one snapshot, checked by opening it anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from backend.backup import Column
from backend.backup.contents import Snapshot, Tally, tally
from backend.backup.copying import BackupFailed, taken
from backend.core.sqlite import BUSY_TIMEOUT_MS


class SqliteCopier:
    """See Copier."""

    kind, file = "sqlite", "singgah.db"

    def __init__(self, database_url: str) -> None:
        self.path = Path(make_url(database_url).database or "")

    def copy(self, into: Path, files: Iterable[Column]) -> Snapshot:
        """See Copier. The read transaction holds the snapshot: writers go on, copy and counts are of one state."""
        try:
            with _open(self.path) as source:
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
                with closing(sqlite3.connect(into)) as copy:
                    source.backup(copy)
                # A copy is one file: whoever opens it must find no journal beside it.
                with closing(sqlite3.connect(into)) as copy:
                    copy.execute("PRAGMA journal_mode=DELETE")
                return taken(source.execute, _tallies(source), files)
        except sqlite3.Error as fault:
            raise BackupFailed(f"The database could not be copied: {fault}.") from fault

    def read(self, copy: Path) -> dict[str, Tally]:
        """See Copier."""
        try:
            with _open(copy) as opened:
                [said] = opened.execute("PRAGMA integrity_check(1)").fetchone()
                if said != "ok":
                    raise BackupFailed(f"The copy of the database is damaged: {said}.")
                if opened.execute("PRAGMA foreign_key_check").fetchone() is not None:
                    raise BackupFailed("The copy of the database is damaged: a row refers to nothing.")
                return _tallies(opened)
        except sqlite3.Error as fault:
            raise BackupFailed(f"The copy of the database cannot be read: {fault}.") from fault

    def is_empty(self) -> bool:
        """See Copier."""
        if not self.path.exists() or self.path.stat().st_size == 0:
            return True
        with _open(self.path) as opened:
            return not _tables(opened)

    def others(self) -> int:
        """See Copier. SQLite cannot tell; the programs' own lock does."""
        return 0


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    with closing(connection):
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        yield connection


def _tables(connection: sqlite3.Connection) -> list[str]:
    asked = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    return [name for (name,) in connection.execute(asked)]


def _tallies(connection: sqlite3.Connection) -> dict[str, Tally]:
    return {
        name: tally(repr(row).encode() for row in connection.execute(f'SELECT * FROM "{name}"'))  # noqa: S608 - its own schema
        for name in _tables(connection)
    }
