"""Uploads and the signature that waits for them (model.md: media_pending; sync.md 3.5)."""

from __future__ import annotations

from typing import Any

from backend.exchange.handlers import Result, applied, rejected
from backend.exchange.kinds import State
from backend.exchange.work import Work
from backend.visits.services import flag, photo_state, unflag
from sync.operation import Operation

REPORT_JOB = "report"


def store(work: Work, op: Operation, args: dict[str, Any]) -> Result:
    """An upload has arrived whole. When it was the last that a signature waits for, the report can be made."""
    visit = work.must("visit", op.entity[1])
    if args["visit"] != visit["id"]:
        return rejected("invalid", "args.visit")
    work.put("visit", visit["id"], {f"stored.{args['sha256']}": args["readable"]})
    for photo in work.find("photo", visit=visit["id"], sha256=args["sha256"]):
        work.set("photo", photo["id"], state=photo_state(args["readable"]))
    settle(work, visit["id"])
    return applied()


def settle(work: Work, visit_id: str) -> None:
    """Flag a signed visit media_pending while an upload is missing; post its report once when none is."""
    visit = work.must("visit", visit_id)
    if visit["signed"] is None or visit["report"] is None:
        return
    if missing(work, visit):
        flag(work, visit_id, "media_pending")
        return
    unflag(work, visit_id, "media_pending")
    revision = work.must("report", visit["report"])["revision"]
    key = f"{REPORT_JOB}:{visit_id}:{revision}"
    work.post(REPORT_JOB, {"visit": visit_id, "revision": revision}, key)


def missing(work: Work, visit: State) -> list[str]:
    """Digests of what the governing sign-off and the visit's photos name and nobody has uploaded whole."""
    signoff = work.must("signoff", visit["signed"]["record"])
    documents = {document["sha256"] for document in signoff["documents"]}
    photos = {photo["sha256"] for photo in work.find("photo", visit=visit["id"]) if photo["removed"] is None}
    return sorted((documents | photos) - visit["stored"].keys())
