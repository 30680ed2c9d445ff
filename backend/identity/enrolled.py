"""A device as requests that carry its proof need it: a few columns of its row, asked at every one of them.

A door that is knocked at often may have its own first question answered in the same statement (Beside).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select

from backend.identity.models import Device


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The members are the row's (see Device)."""

    id: str
    org_id: str
    person_id: str
    kind: str
    code: str
    status: str
    jwk: dict[str, Any]
    jkt: str
    last_seen: datetime | None
    wipe_asked_at: datetime | None
    wiped_at: datetime | None


COLUMNS = (
    Device.id, Device.org_id, Device.person_id, Device.kind, Device.code, Device.status, Device.jwk, Device.jkt,
    Device.last_seen, Device.wipe_asked_at, Device.wiped_at,
)  # fmt: skip
"""In the order of Enrolled's members."""


@dataclass(frozen=True)
class Beside:
    """What a door asks beside its guard: columns of tables, each with what joins it to the device's row."""

    columns: tuple[ColumnElement[Any], ...]
    joins: tuple[tuple[FromClause, ColumnElement[bool]], ...]

    def asked(self, of: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The guard's statement with these columns behind its own."""
        for table, how in self.joins:
            of = of.outerjoin(table, how)
        return of.add_columns(*self.columns)


NOTHING = Beside((), ())
