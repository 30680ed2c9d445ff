"""Once a day: is what tablets are told the same as what the tables hold?

Every row of a fed table has exactly one living head, in its audience, with its `ver` and its value; no other head of
such a kind lives. A difference means that somebody wrote past the exchange: it is a line of the journal, and the job
fails, so that health and the console's attention page show it until somebody has looked.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from backend.core import clock, journal
from backend.core.db import reading, unit
from backend.core.jobs import Job
from backend.exchange import registry
from backend.exchange.kinds import Kind
from backend.exchange.models import HEADS, ORGS
from sync import canonical

log = logging.getLogger("singgah.audit")

KIND = "exchange.audit"
LINE = "feed.differs"
MOST_NAMED = 20
"""Differences that are named in the log; the journal counts all."""

Said = tuple[str, int, str]
"""(audience, ver, digest of the value)."""


class FeedDiffers(Exception):
    """Rows were changed past the exchange; the log names them."""


@dataclass(frozen=True)
class Difference:
    """A row that tablets are told otherwise: what the table holds, what the feed says; None where there is none."""

    kind: str
    id: str
    row: Said | None
    told: Said | None


def run(_: Job) -> None:
    """Every organisation. Raises FeedDiffers once all were looked at."""
    with reading() as session:
        orgs = list(session.execute(select(ORGS.c.org_id).order_by(ORGS.c.org_id)).scalars())
    wrong = {org_id: found for org_id in orgs if (found := differences(org_id))}
    for org_id, found in wrong.items():
        _tell(org_id, found)
    if wrong:
        raise FeedDiffers(f"{sum(map(len, wrong.values()))} rows")


def differences(org_id: str) -> list[Difference]:
    """All differences between tables and feed, in one snapshot."""
    with reading():
        return [one for kind in registry.current().kinds.values() for one in _of_kind(org_id, kind)]


def _of_kind(org_id: str, kind: Kind) -> Iterator[Difference]:
    rows, told = dict(_rows(org_id, kind)), dict(_heads(org_id, kind))
    for entity in sorted(rows.keys() | told.keys()):
        if [rows.get(entity)] != told.get(entity, [None]):
            yield from (Difference(kind.name, entity, rows.get(entity), one) for one in told.get(entity, [None]))


def _rows(org_id: str, kind: Kind) -> Iterator[tuple[str, Said]]:
    asked = select(kind.table).where(kind.table.c.org_id == org_id)
    with reading() as session:
        for row in session.connection().execute(asked).mappings():
            state = dict(row)
            yield state["id"], (kind.audience(state), state["ver"], _digest(kind.wire.dump(state)))


def _heads(org_id: str, kind: Kind) -> Iterator[tuple[str, list[Said]]]:
    mine = (HEADS.c.org_id == org_id, HEADS.c.kind == kind.name, HEADS.c.deleted.is_(False))
    asked = select(HEADS.c.entity_id, HEADS.c.audience, HEADS.c.ver, HEADS.c.body).where(*mine)
    found: dict[str, list[Said]] = {}
    with reading() as session:
        for row in session.connection().execute(asked):
            value = json.loads(b"{" + bytes(row.body))["v"]
            found.setdefault(row.entity_id, []).append((row.audience, row.ver, _digest(value)))
    yield from found.items()


def _digest(value: object) -> str:
    """Of the value as JSON, whatever the order of its keys: PostgreSQL keeps its own."""
    return hashlib.sha256(canonical.loose(value)).hexdigest()


def _tell(org_id: str, found: list[Difference]) -> None:
    for one in found[:MOST_NAMED]:
        log.error("feed differs", extra={"org": org_id, "kind": one.kind, "entity": one.id})
    facts = {"count": len(found), "first": f"{found[0].kind}/{found[0].id}"}
    with unit():
        journal.append(org_id, LINE, f"{len(found)} rows", journal.salted(facts), clock.now())
