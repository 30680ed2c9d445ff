"""Which signature of a visit governs, and the report that it asks for (sync.md 3.7)."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any

from backend.core import clock
from backend.core.envelopes import unb64url
from backend.core.schema import wire_time
from backend.exchange.handlers import Result, applied, held, rejected
from backend.exchange.kinds import State
from backend.exchange.work import Work
from backend.signoff import media, rules
from backend.signoff.record import SignoffRecord, read_record
from backend.visits.services import close_task
from sync.ids import report_number
from sync.operation import Operation

Args = dict[str, Any]


def govern(work: Work, op: Operation, args: Args) -> Result:
    """The office names one of two signatures; neither is altered. Where it is another one than before, its report is a
    new revision: what was sealed stays. Nobody names twice.
    """
    visit, named = work.must("visit", op.entity[1]), work.must("signoff", args["signoff"])
    waiting = work.find("task", visit=visit["id"], what="second_signature", state="open")
    if visit["signed"] is None or named["visit"] != visit["id"]:
        return rejected("invalid", "args.signoff")
    if not waiting:
        return held("wrong_state")
    for task in waiting:
        close_task(work, task, "governing", note=args["note"], signoff=named["id"])
    if visit["signed"]["record"] != named["record"]:
        _govern_anew(work, visit, named)
    return applied()


def _govern_anew(work: Work, visit: State, named: State) -> None:
    record = read_record(unb64url(json.loads(named["envelope"])["payload"]))
    anchored = None if named["anchored_at"] is None else datetime.fromisoformat(named["anchored_at"])
    signed = signed_facts(record, anchored, datetime.fromisoformat(named["received_at"]))
    report = ask_for_report(work, visit, work.must("report", visit["report"])["revision"] + 1)
    work.set("visit", visit["id"], signed=signed, outcome=record.visit_outcome, report=report)
    media.settle(work, visit["id"])


def signed_facts(record: SignoffRecord, anchored: datetime | None, received: datetime) -> Args:
    """What a visit says of the signature that governs it."""
    at = wire_time(rules.signed_between(record, anchored, received))
    return {"record": record.record, "at": at, "outcome": record.outcome, "sha256": record.sha256}


def ask_for_report(work: Work, visit: State, revision: int) -> str:
    """A report of this revision that waits to be made; its id."""
    report, number = work.new_id(), report_number(visit["number"], revision)
    public = public_id(clock.random(17))
    facts = {"visit": visit["id"], "number": number, "revision": revision}
    work.create("report", report, **facts, state="waiting", public_id=public)
    return report


def public_id(random_bytes: bytes) -> str:
    """The name of a report's public page: 26 letters and digits, 130 random bits (evidence.md 4.7). 17 bytes."""
    return base64.b32encode(random_bytes).decode("ascii")[:26].lower()
