"""Where the server's history lies: copied whole for a backup, put back whole for a restore."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

SUFFIXES = ("", "-wal", "-shm")


class Database(Protocol):
    """One database and its copies. Nobody may be connected while it is copied or put back."""

    url: str

    def save(self, name: str) -> None:
        """Keep a copy under this name; a second one replaces the first."""

    def put_back(self, name: str) -> None:
        """Nothing but that copy is there."""

    def forget(self) -> None:
        """All is removed."""


class SqliteFile:
    """A file in a folder."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "singgah.db"
        self.url = f"sqlite:///{self.file}"

    def save(self, name: str) -> None:
        """The closed file is whole: its last connection has folded the log in."""
        for suffix in SUFFIXES:
            source, target = Path(f"{self.file}{suffix}"), self._copy(name, suffix)
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)

    def put_back(self, name: str) -> None:
        for suffix in SUFFIXES:
            source, target = self._copy(name, suffix), Path(f"{self.file}{suffix}")
            target.unlink(missing_ok=True)
            if source.exists():
                shutil.copyfile(source, target)

    def forget(self) -> None:
        """The folder goes with the run."""

    def _copy(self, name: str, suffix: str) -> Path:
        return self.file.with_name(f"{name}.copy{suffix}")


class PostgresDatabase:
    """A database of its own on the given server, and one more for each copy."""

    def __init__(self, url: str, name: str) -> None:
        self._server = url
        self._name = name
        self._copies: set[str] = set()
        parts = urlsplit(url)
        self.url = urlunsplit(parts._replace(path=f"/{name}"))
        self._do(lambda run: [run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name), run("CREATE DATABASE {}", name)])

    def save(self, name: str) -> None:
        copy = f"{self._name}_{name}"
        self._copies.add(copy)
        self._do(lambda run: self._replace(run, copy, self._name))

    def put_back(self, name: str) -> None:
        self._do(lambda run: self._replace(run, self._name, f"{self._name}_{name}"))

    def forget(self) -> None:
        for name in (self._name, *self._copies):
            self._do(lambda run, name=name: run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))

    @staticmethod
    def _replace(run: Callable[..., None], target: str, source: str) -> None:
        run("DROP DATABASE IF EXISTS {} WITH (FORCE)", target)
        run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", target, source)

    def _do(self, work: Callable[[Callable[..., None]], Any]) -> None:
        # psycopg does not know SQLAlchemy's spelling of the scheme.
        plain = self._server.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain, autocommit=True) as connection:

            def run(words: str, *names: str) -> None:
                connection.execute(sql.SQL(words).format(*map(sql.Identifier, names)))

            work(run)
