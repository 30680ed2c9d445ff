"""The one question before any content of a visit is written: is it open, cancelled or signed? (model.md, Flags)"""

from __future__ import annotations

from backend.exchange.handlers import Refused, rejected
from backend.exchange.kinds import State
from backend.exchange.work import Work
from backend.visits import rules, tasks


def open_visit(work: Work, visit: str) -> State:
    """The visit, which takes content. Signed: the operation is rejected; cancelled: it applies and is flagged."""
    state = work.must("visit", visit)
    settle(work, state, rules.content(state["state"]))
    return state


def settle(work: Work, visit: State, verdict: str) -> None:
    """Carry out a verdict of `rules.content` or `rules.mark_content`."""
    if verdict == "signed":
        raise Refused(rejected("signed"))
    if verdict == "after_cancel":
        flag(work, visit["id"], "after_cancel")


def flag(work: Work, visit: str, name: str) -> None:
    """Put a flag on the visit, once, and a task before the office where the flag asks for a decision."""
    work.set("visit", visit, flags=rules.with_flag(work.must("visit", visit)["flags"], name))
    if name in tasks.CHOICES:
        tasks.ask(work, visit, name)


def unflag(work: Work, visit: str, name: str) -> None:
    work.set("visit", visit, flags=rules.without_flag(work.must("visit", visit)["flags"], name))


def flag_late(work: Work, audience: str) -> None:
    """Told by the exchange of accepted work of somebody who was reassigned meanwhile (sync.md 3.7, late scope)."""
    kind, _, visit = audience.partition(":")
    if kind == "v" and work.get("visit", visit) is not None:
        flag(work, visit, "late_scope")
