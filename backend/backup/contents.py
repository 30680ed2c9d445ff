"""What a database holds, in a form that can be compared: rows and a digest for each table, and what a backup records.

The digest of a table is the sum of its rows' SHA-256 modulo 2^256, so that the order of reading means nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

MODULUS = 1 << 256


@dataclass(frozen=True)
class Tally:
    """A table's rows: how many, and their digest (64 hex digits)."""

    rows: int
    digest: str


@dataclass
class Counting:
    """A tally under way."""

    rows: int = 0
    total: int = 0

    def add(self, row: bytes) -> None:
        """Count one row in its written form."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(hashlib.sha256(row).digest(), "big")) % MODULUS

    def tally(self) -> Tally:
        return Tally(self.rows, f"{self.total:064x}")


def tally(rows: Iterable[bytes]) -> Tally:
    """Of all rows."""
    counting = Counting()
    for row in rows:
        counting.add(row)
    return counting.tally()


@dataclass(frozen=True)
class Organisation:
    """Where an organisation stood in the snapshot. `received`: device id → highest operation number whose outcome is in
    the snapshot. Outcomes and a device's next number are committed together, so held and rejected ones count too.
    """

    id: str
    epoch: str
    seq: int
    received: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """One consistent state of a database: its version, tables, organisations, and the files that it names."""

    schema: str
    tables: dict[str, Tally]
    organisations: list[Organisation]
    files: list[str]


def differences(kept: dict[str, Tally], found: dict[str, Tally]) -> list[str]:
    """What is not alike, one line for each table."""
    names = sorted(kept.keys() | found.keys())
    return [
        f"table {name}: {_said(kept.get(name))} in the snapshot, {_said(found.get(name))} in the copy"
        for name in names
        if kept.get(name) != found.get(name)
    ]


def _said(found: Tally | None) -> str:
    return "absent" if found is None else f"{found.rows} rows ({found.digest[:8]})"
