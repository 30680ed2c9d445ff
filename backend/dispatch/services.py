"""What the console asks of dispatch."""

from __future__ import annotations

from backend.dispatch.inbox import Chain, Clash, Inbox, Question, failed_jobs, gather
from backend.exchange import services as exchange
from backend.identity.services import Actor
from backend.visits import services as visits

__all__ = ["Chain", "Clash", "Inbox", "Question", "decided_by", "failed_jobs", "gather", "waiting"]


def waiting(actor: Actor) -> int:
    """How many things wait for the actor, for the navigation: the cards of their inbox."""
    return gather(actor).count


def decided_by(actor: Actor, operation: str, row_id: str) -> str | None:
    """Who made the decision that `operation` would make on this row; None when nobody has."""
    if operation == "task.settle":
        return visits.settled_by(actor, row_id)
    if operation == "visit.govern":
        named = [task for task in visits.tasks_of(actor, row_id) if task.what == "second_signature"]
        return named[-1].settled_by if named else None
    return exchange.decided_by(actor, row_id)
