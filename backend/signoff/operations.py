"""`visit.sign`: the one operation that carries a client's signature (evidence.md 4.3, decisions.md 12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.core.roles import ENGINEER, OFFICE, SYSTEM
from backend.core.schema import wire_time
from backend.directory.services import civil_day
from backend.exchange.handlers import OperationType, Result, applied, held, rejected
from backend.exchange.kinds import Kind, State
from backend.exchange.work import Work
from backend.inspections.services import keep_readings, name_author
from backend.signoff import media, models, rules, schemas
from backend.signoff.acceptance import accepted_record, anchored_at, signing_key
from backend.signoff.govern import ask_for_report, govern, signed_facts
from backend.signoff.record import SignoffRecord
from backend.visits.services import flag, move
from sync import canonical
from sync.operation import Operation

Args = dict[str, Any]


def sign(work: Work, op: Operation, args: Args) -> Result:
    """Keep the record as received; the first one of a visit completes it and binds (sync.md 3.7)."""
    visit = work.must("visit", op.entity[1])
    record = accepted_record(work, visit["id"], args["envelope"])
    known = work.get("signoff", record.record)
    if known is not None:
        return applied() if known["sha256"] == record.sha256 else rejected("record_mismatch")
    after = "completed" if visit["signed"] is not None else move(visit["state"], "sign")
    if after is None:
        return held("wrong_state")
    anchored = anchored_at(work, record)
    flags = _flags(work, record, anchored)
    work.journal("visit.sign", record.record, record.sha256)
    if visit["signed"] is not None:
        _keep(work, record, args["envelope"], anchored, [*flags, "second_signature"])
        flag(work, visit["id"], "second_signature")
        return applied()
    _keep(work, record, args["envelope"], anchored, flags)
    _complete(work, visit, record, anchored)
    return applied()


def _flags(work: Work, record: SignoffRecord, anchored: datetime | None) -> list[str]:
    """`seq_gap`: it does not follow the record before; `seq_again`: its number was used; and what the clock says."""
    before = work.find("signoff", jkt=record.jkt, seq=record.seq - 1)
    chained = rules.continues(record, before, signing_key(work, record.jkt).id)
    again = bool(work.find("signoff", jkt=record.jkt, seq=record.seq))
    found = {"seq_gap": not chained, "seq_again": again}
    return [*(name for name, holds in found.items() if holds), *rules.clock_flags(record, anchored, work.now)]


def _keep(work: Work, record: SignoffRecord, envelope: Args, anchored: datetime | None, flags: list[str]) -> None:
    work.create(
        "signoff",
        record.record,
        visit=record.visit,
        record=record.record,
        sha256=record.sha256,
        outcome=record.outcome,
        declined=record.declined,
        locale=record.locale,
        received_at=work.stamp,
        seq=record.seq,
        flags=flags,
        state="accepted",
        envelope=canonical.write(envelope).decode(),
        jkt=record.jkt,
        prev=record.prev,
        documents=[_named(document) for document in record.documents],
        anchored_at=None if anchored is None else wire_time(anchored),
    )


def _named(document: Any) -> Args:
    return {"kind": document.kind, "id": document.id, "sha256": document.sha256, "bytes": document.size}


def _complete(work: Work, visit: State, record: SignoffRecord, anchored: datetime | None) -> None:
    """The visit as the signature leaves it, what the site remembers of it, and the report that it asks for."""
    signed = signed_facts(record, anchored, work.now)
    at = signed["at"]
    report = ask_for_report(work, visit, 1)
    done = {"state": "completed", "outcome": record.visit_outcome, "signed": signed, "report": report}
    work.set("visit", visit["id"], **done)
    if visit["state"] == "cancelled":
        flag(work, visit["id"], "after_cancel")
    if _decide_by_signature(work, record) or _parted(visit, record):
        flag(work, visit["id"], "divergent")
    keep_readings(work, visit, at)
    _remember(work, visit, record, at)
    media.settle(work, visit["id"])


def _parted(visit: State, record: SignoffRecord) -> bool:
    """The tablet signed for another site or legal entity than the office has by now."""
    return (record.site, record.entity) != (visit["site"], visit["legal_entity"])


def _decide_by_signature(work: Work, record: SignoffRecord) -> bool:
    """Values that were signed become current; the others stay with their conflict, closed (decisions.md 12)."""
    still_open = work.find("conflict", visit=record.visit, state="open")
    for conflict in still_open:
        choice = rules.signed_choice(conflict["candidate"]["by"], record.engineer)
        if choice == "candidate":
            work.put(conflict["kind"], conflict["entity"], {conflict["field"]: conflict["candidate"]["value"]})
            name_author(work, conflict)
        work.set("conflict", conflict["id"], state="decided", choice=choice, decided_by=record.engineer)
    return bool(still_open)


def _remember(work: Work, visit: State, record: SignoffRecord, at: str) -> None:
    """One row of the site's history, under the visit's own id."""
    people = [work.get("person", person) for person in visit["engineers"]]
    tickets = [work.get("ticket", ticket) for ticket in visit["tickets"]]
    titles = [visit["title"], *(ticket["title"] for ticket in tickets if ticket is not None)]
    work.create(
        "history",
        visit["id"],
        site=visit["site"],
        visit=visit["id"],
        number=visit["number"],
        on=civil_day(datetime.fromisoformat(at)),
        kind=visit["kind"],
        outcome=record.visit_outcome,
        engineers=[person["name"] for person in people if person is not None],
        summary="; ".join(titles)[:4_000],
    )


OPERATIONS = (
    OperationType("visit.govern", 1, "visit", schemas.VisitGovernArgs(), OFFICE, govern),
    OperationType("visit.sign", 1, "visit", schemas.VisitSignArgs(), ENGINEER, sign),
    OperationType("media.stored", 1, "visit", schemas.MediaStoredArgs(), SYSTEM, media.store),
)

KINDS = (Kind("signoff", models.Signoff, schemas.SignoffWire(), lambda state: f"v:{state['visit']}"),)
