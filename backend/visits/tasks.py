"""What the office must decide about a visit: asked when it happens, settled once, kept with who decided and how.

A flag is a fact and stays on the visit; the task beside it is what waits for a person (sync.md 3.7).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.core.roles import OFFICE
from backend.exchange.handlers import OperationType, Result, applied, held, rejected
from backend.exchange.kinds import Kind, State
from backend.exchange.work import Work
from backend.visits import models, schemas, scope
from sync.operation import Operation

CHOICES: Mapping[str, tuple[str, ...]] = {
    "after_cancel": ("bill", "void", "keep"),
    "late_scope": ("seen",),
    "divergent": ("seen",),
    "second_signature": (),
    "old_slot": ("seen",),
}
"""What can be chosen for each; a second signature is settled by naming the one that governs (`visit.govern`)."""


def ask(work: Work, visit: str, what: str) -> None:
    """Put it before the office; while one of the kind waits for this visit, there is no second one."""
    if not work.find("task", visit=visit, what=what, state="open"):
        work.create("task", work.new_id(), visit=visit, what=what, state="open", since=work.stamp)


def ask_old_slot(work: Work, visit: State) -> None:
    """Somebody came before having seen that the visit was moved to another time."""
    ver, device, _ = (visit["field_ver"] or {}).get("starts_at", (0, "", 0))
    if ver > work.op.base and device != work.device:
        ask(work, visit["id"], "old_slot")


def settle(work: Work, op: Operation, args: dict[str, Any]) -> Result:
    """The first decision counts; a later one is `held: wrong_state` and its sender is told."""
    task = work.must("task", op.entity[1])
    if not scope.office_reaches(work, scope.visit_audience(task["visit"])):
        return rejected("out_of_scope")
    if task["state"] != "open":
        return held("wrong_state")
    if args["choice"] not in CHOICES[task["what"]]:
        return rejected("invalid", "args.choice")
    close(work, task, args["choice"], note=args["note"])
    return applied()


def close(work: Work, task: State, choice: str, *, note: str | None = None, signoff: str | None = None) -> None:
    """Say what was decided, by whom and when."""
    by = {"settled_by": work.actor.person_id, "settled_at": work.stamp}
    work.set("task", task["id"], state="settled", choice=choice, note=note, signoff=signoff, **by)


KINDS = (Kind("task", models.Task, schemas.TaskWire(), lambda _: "office"),)
OPERATIONS = (OperationType("task.settle", 1, "task", schemas.TaskSettleArgs(), OFFICE, settle),)
