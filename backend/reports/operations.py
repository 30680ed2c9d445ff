"""`report.release`: the program's own word that a report is sealed and was verified, or that it could not be made."""

from __future__ import annotations

from typing import Any

from backend.core.roles import SYSTEM
from backend.exchange.handlers import OperationType, Result, applied, rejected
from backend.exchange.kinds import Kind
from backend.exchange.work import Work
from backend.reports import models, schemas
from backend.visits.services import flag
from sync.operation import Operation


def release(work: Work, op: Operation, args: dict[str, Any]) -> Result:
    """The first sealed report of a revision stays; making it twice changes nothing (house.md, step 13)."""
    report = work.must("report", op.entity[1])
    if (report["visit"], report["revision"], report["number"]) != (
        args["visit"],
        args["revision"],
        args["number"],
    ):
        return rejected("invalid", "args.revision")
    if report["state"] == "ready":
        return applied()
    if args["divergent"]:
        flag(work, report["visit"], "divergent")
    if args["state"] == "failed":
        work.set("report", report["id"], state="failed", fault=args["fault"])
        return applied()
    if None in (args["sha256"], args["pages"], args["public_id"]):
        return rejected("invalid", "args.sha256")
    sealed = {name: args[name] for name in ("sha256", "pages", "public_id")}
    work.set("report", report["id"], state="ready", fault=None, sealed_at=work.stamp, **sealed)
    return applied()


OPERATIONS = (OperationType("report.release", 1, "report", schemas.ReportReleaseArgs(), SYSTEM, release),)

KINDS = (Kind("report", models.Report, schemas.ReportWire(), lambda state: f"v:{state['visit']}"),)
