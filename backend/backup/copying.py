"""What both databases can do for a backup. Its suite is tests/backend/backup/copier_contract.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from backend.backup import Column
from backend.backup.contents import Organisation, Snapshot, Tally

Ask = Callable[[str], Iterable[Any]]
"""Runs one SELECT in the snapshot and answers its rows."""


class BackupFailed(Exception):
    """No backup was made, or what was made is not to be relied on; the message is one sentence for the operator."""


class RestoreRefused(Exception):
    """Nothing was changed; the message is one sentence for the operator."""


class Copier(Protocol):
    """Copies one database into a file and back."""

    kind: str
    file: str

    def copy(self, into: Path, files: Iterable[Column]) -> Snapshot:
        """Write the database as it is at one moment, while others go on writing; what it held then. BackupFailed."""

    def read(self, copy: Path) -> dict[str, Tally]:
        """Open the copy anew, check its form, and count what is in it. BackupFailed when it is damaged."""

    def is_empty(self) -> bool:
        """Whether the database of the settings holds no table of ours."""

    def others(self) -> int:
        """How many other programs are connected, as far as the database can tell."""


def taken(ask: Ask, tables: dict[str, Tally], files: Iterable[Column]) -> Snapshot:
    """The facts of a snapshot, asked in words that both databases know."""
    [(schema,)] = ask("SELECT version_num FROM alembic_version")
    received: dict[str, dict[str, int]] = {}
    for org, device, next_n in ask("SELECT org_id, id, next_n FROM device WHERE kind = 'tablet'"):
        received.setdefault(org, {})[device] = next_n - 1
    rows = ask("SELECT org_id, epoch, seq FROM sync_org ORDER BY org_id")
    organisations = [Organisation(org, epoch, seq, received.get(org, {})) for org, epoch, seq in rows]
    named = {name for table, column in files for name in _named(ask, table, column)}
    return Snapshot(schema, tables, organisations, sorted(named))


def _named(ask: Ask, table: str, column: str) -> list[str]:
    # Names are our own constants, handed in by the slices.
    return [key for (key,) in ask(f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')]  # noqa: S608
