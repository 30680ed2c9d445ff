"""Photos, time and notes of a visit: added once, taken back with a reason, never rewritten (sync.md 3.7, append)."""

from __future__ import annotations

from typing import Any

from backend.core.roles import ENGINEER, OFFICE, STAFF
from backend.exchange.handlers import OperationType, Result, applied, held, rejected
from backend.exchange.kinds import Kind, State
from backend.exchange.work import Work
from backend.visits import models, schemas
from backend.visits.content import open_visit
from sync.operation import Operation

Args = dict[str, Any]


def add_photo(work: Work, op: Operation, args: Args) -> Result:
    """A photo that the tablet has. Its bytes may be here already, or come later: `waiting`."""
    visit = open_visit(work, args["visit"])
    fault = _place_fault(work, visit, args["on"])
    if fault is not None:
        return fault
    readable = visit["stored"].get(args["sha256"])
    work.create("photo", op.entity[1], **args, state=photo_state(readable), by=work.actor.person_id)
    return applied()


def photo_state(readable: bool | None) -> str:
    """None: its bytes have not arrived."""
    return {None: "waiting", True: "stored", False: "unreadable"}[readable]


def _place_fault(work: Work, visit: State, on: Args) -> Result | None:
    if on.get("visit", visit["id"]) != visit["id"]:
        return rejected("invalid", "args.on.visit")
    if "ticket" in on and work.must("ticket", on["ticket"])["site"] != visit["site"]:
        return rejected("other_site", "args.on.ticket")
    if "run" in on and work.must("run", on["run"])["visit"] != visit["id"]:
        return rejected("invalid", "args.on.run")
    return None


def caption_photo(work: Work, op: Operation, args: Args) -> Result:
    open_visit(work, work.must("photo", op.entity[1])["visit"])
    return work.change("photo", op.entity[1], args)


def remove_photo(work: Work, op: Operation, args: Args) -> Result:
    """It is shown nowhere from now on; that it was taken, and why it went, stays."""
    open_visit(work, work.must("photo", op.entity[1])["visit"])
    work.set("photo", op.entity[1], removed=args["reason"])
    return applied()


def add_time(work: Work, op: Operation, args: Args) -> Result:
    if args["visit"] is not None:
        open_visit(work, args["visit"])
    if args["ticket"] is not None:
        work.must_see("ticket", args["ticket"])
    work.create("time_entry", op.entity[1], **args, person=work.actor.person_id)
    return applied()


def remove_time(work: Work, op: Operation, args: Args) -> Result:
    """By the person whose time it is, or by the office."""
    entry = work.must("time_entry", op.entity[1])
    if entry["person"] != work.actor.person_id and not work.actor.roles & OFFICE:
        return rejected("forbidden")
    if entry["visit"] is not None:
        open_visit(work, entry["visit"])
    if entry["removed"] is not None:
        return held("wrong_state")
    work.set("time_entry", op.entity[1], removed=args["reason"])
    return applied()


def add_note(work: Work, op: Operation, args: Args) -> Result:
    open_visit(work, args["visit"])
    work.create("note", op.entity[1], **args, by=work.actor.person_id, at=work.acted_at)
    return applied()


OPERATIONS = (
    OperationType("photo.add", 1, "photo", schemas.PhotoAddArgs(), ENGINEER, add_photo),
    OperationType("photo.caption", 1, "photo", schemas.PhotoCaptionArgs(), OFFICE | ENGINEER, caption_photo),
    OperationType("photo.remove", 1, "photo", schemas.ReasonArgs(), OFFICE | ENGINEER, remove_photo),
    OperationType("time.add", 1, "time_entry", schemas.TimeAddArgs(), STAFF, add_time),
    OperationType("time.remove", 1, "time_entry", schemas.ReasonArgs(), STAFF, remove_time),
    OperationType("note.add", 1, "note", schemas.NoteAddArgs(), STAFF, add_note),
)


def _visit(state: State) -> str:
    return f"v:{state['visit']}"


def _time_audience(state: State) -> str:
    return _visit(state) if state["visit"] is not None else "office"


KINDS = (
    Kind("visit", models.Visit, schemas.VisitWire(), lambda state: f"v:{state['id']}"),
    Kind("photo", models.Photo, schemas.PhotoWire(), _visit),
    Kind("time_entry", models.TimeEntry, schemas.TimeEntryWire(), _time_audience),
    Kind("note", models.Note, schemas.NoteWire(), _visit),
    Kind("history", models.History, schemas.HistoryWire(), lambda state: f"s:{state['site']}"),
)
