"""What must be true of an installation and its tablets, read by brute force from the database (sync.md 3.12)."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from backend.core import journal
from backend.core.db import db
from backend.exchange.models import HEADS, INTERVALS, LOG, ORGS
from sync import chain
from tests.makers import House, Row, Tablet

Base = dict[tuple[str, str], Row]


def expected_base(house: House, person: str) -> Base:
    """What a tablet of the person must hold once it has read everything: every live row of every audience in scope."""
    with house.app.app_context():
        asked = select(INTERVALS.c.audience).where(
            INTERVALS.c.org_id == house.org_id, INTERVALS.c.person == person, INTERVALS.c.leave_seq.is_(None)
        )
        mine = {"org", f"u:{person}", *db.session.scalars(asked)}
        rows = db.session.execute(select(HEADS).where(HEADS.c.org_id == house.org_id, HEADS.c.deleted.is_(False)))
        heads = [row for row in rows if row.audience in mine]
    return {(row.kind, row.entity_id): Row(row.ver, json.loads(b"{" + bytes(row.body))["v"]) for row in heads}


def check_base(house: House, tablet: Tablet) -> None:
    """I6, I13, I14: exactly the rows in scope, at exactly their versions."""
    wanted = expected_base(house, tablet.person.id)
    assert tablet.rows.keys() == wanted.keys(), tablet.rows.keys() ^ wanted.keys()
    differing = [key for key in wanted if tablet.rows[key] != wanted[key]]
    assert not differing, differing


def check_account(house: House, tablet: Tablet) -> None:
    """I9: every operation that was made has one outcome, or is still on the tablet. I3, I5: the log has it in order
    and without gaps, its bytes are those that were made (I16), and its answer is what the tablet was told.
    """
    log = log_of(house, tablet)
    assert [row.n for row in log] == list(range(1, len(log) + 1))
    link = chain.start(tablet.id)
    for row in log:
        link = chain.link(link, row.body)
        assert row.link == link
        assert row.body == chain.operation_bytes(tablet.outbox[row.n - 1])
        if row.n in tablet.results:
            assert json.loads(row.outcome) == tablet.results[row.n]
    assert len(log) >= tablet.ack_n == len(tablet.results)


def log_of(house: House, tablet: Tablet) -> list[Any]:
    with house.app.app_context():
        asked = select(LOG).where(LOG.c.org_id == house.org_id, LOG.c.device == tablet.id)
        return list(db.session.execute(asked.order_by(LOG.c.n)).all())


def check_acknowledged(house: House, tablet: Tablet, said: dict[str, Any]) -> None:
    """I7: the base holds the effects of all operations up to `ack_n` and of none behind it."""
    log = log_of(house, tablet)
    assert said["ack_n"] == len(log)
    wrote = {("note", row.entity_id) for row in log if row.type == "note.add" and row.status == "applied"}
    seen = {key for key, row in tablet.rows.items() if key[0] == "note" and row.value["by"] == tablet.person.id}
    visits = {entity for kind, entity in tablet.rows if kind == "visit"}
    behind = {
        ("note", json.loads(text)["entity"][1]) for text in tablet.outbox[said["ack_n"] :] if '"note.add"' in text
    }
    assert not seen & behind
    missing = {key for key in wrote - seen if json.loads(_text(tablet, key[1]))["args"]["visit"] in visits}
    assert not missing, missing


def _text(tablet: Tablet, entity: str) -> str:
    return next(text for text in tablet.outbox if f'"{entity}"' in text)


def check_is_no_copy(answer: Any) -> None:
    """I19: a tablet that runs only once is not called a copy of itself, however many answers were lost."""
    assert (answer.get_json() or {}).get("code") not in ("device_forked", "op_mismatch")


def check_feed(house: House) -> None:
    """I1: positions are unique, none is beyond the counter, and the journal's chain holds without a gap."""
    with house.app.app_context():
        seqs = list(db.session.scalars(select(HEADS.c.seq).where(HEADS.c.org_id == house.org_id)))
        top = db.session.scalar(select(ORGS.c.seq).where(ORGS.c.org_id == house.org_id))
        assert len(seqs) == len(set(seqs))
        assert max(seqs) <= top
        assert journal.first_fault(house.org_id) is None
