"""Who sees which audience, and whether somebody who no longer does is late or out (sync.md 3.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection, select

from backend.exchange.models import INTERVALS
from sync.protocol import LIMITS

LATE = timedelta(days=LIMITS["late_scope_days"])


@dataclass(frozen=True)
class Interval:
    """Feed positions of entering and leaving, and when the leaving was received."""

    enter_seq: int
    leave_seq: int | None
    left_at: datetime | None


class Standing(Enum):
    """How somebody stands to an audience."""

    IN = "in"
    LATE = "late"
    OUT = "out"


def standing(intervals: Sequence[Interval], base: int, now: datetime) -> Standing:
    """In scope now; or late: in scope at `base`, or left at most 14 days before `now` (server clock); or out."""
    if any(one.leave_seq is None for one in intervals):
        return Standing.IN
    if any(_covers(one, base) or is_late(one.left_at, now) for one in intervals):
        return Standing.LATE
    return Standing.OUT


def _covers(one: Interval, base: int) -> bool:
    return one.leave_seq is not None and one.enter_seq <= base < one.leave_seq


def is_late(left_at: datetime | None, now: datetime) -> bool:
    """Whether who left at `left_at` may still send what belongs there."""
    return left_at is not None and now - left_at <= LATE


class Scopes:
    """Scope intervals of one organisation, read when first asked for and remembered for the transaction."""

    def __init__(self, connection: Connection, org_id: str) -> None:
        self._connection = connection
        self._org_id = org_id
        self._of_person: dict[str, dict[str, list[Interval]]] = {}
        self._people: dict[str, frozenset[str]] = {}

    def intervals(self, person: str, audience: str) -> list[Interval]:
        if person not in self._of_person:
            self._of_person[person] = self._read(person)
        return self._of_person[person].get(audience, [])

    def is_in(self, person: str, audience: str) -> bool:
        return any(one.leave_seq is None for one in self.intervals(person, audience))

    def people_in(self, audience: str) -> frozenset[str]:
        if audience not in self._people:
            query = select(INTERVALS.c.person).where(
                INTERVALS.c.org_id == self._org_id, INTERVALS.c.audience == audience, INTERVALS.c.leave_seq.is_(None)
            )
            self._people[audience] = frozenset(self._connection.execute(query).scalars())
        return self._people[audience]

    def _read(self, person: str) -> dict[str, list[Interval]]:
        query = select(INTERVALS).where(INTERVALS.c.org_id == self._org_id, INTERVALS.c.person == person)
        found: dict[str, list[Interval]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.audience, []).append(Interval(row.enter_seq, row.leave_seq, row.left_at))
        return found
