"""What other slices and pages may ask of the desk. Every question takes the actor; out of reach is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from backend.core.db import reading
from backend.core.listing import FIRST, Cut, Page, every, one, page
from backend.desk.deeds import record_decision
from backend.desk.models import Ticket
from backend.desk.rules import CATEGORIES, CHANNELS, KINDS, LEVELS, OPEN, STATES, TIERS, WAITING, move, priority
from backend.directory.services import reach
from backend.identity.services import Actor

__all__ = [
    "CATEGORIES", "CHANNELS", "KINDS", "LEVELS", "OPEN", "STATES", "TIERS", "WAITING", "Asked", "Ticket",
    "count_tickets", "list_tickets", "move", "open_tickets_at", "priority", "record_decision", "ticket",
    "tickets_by_id",
]  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which tickets; empty means any. `open`: every state that counts as open. `assignee` "-": nobody's."""

    state: str = ""
    open: bool = False
    kind: str = ""
    priority: str = ""
    category: str = ""
    site: str = ""
    client: str = ""
    asset: str = ""
    assignee: str = ""


ANY = Asked()


def list_tickets(actor: Actor, cut: Cut = FIRST, asked: Asked = ANY) -> Page[Ticket]:
    """The most recently opened first."""
    columns = (Ticket.number, Ticket.title, Ticket.reporter)
    return page(_wanted(_reached(actor), asked), cut, columns, (Ticket.opened_at.desc(), Ticket.id))


def _reached(actor: Actor) -> Select[Ticket]:
    return select(Ticket).where(reach.at(actor, Ticket.org_id, Ticket.site))


def _wanted(query: Select[Ticket], asked: Asked) -> Select[Ticket]:
    names = ("state", "kind", "priority", "category", "site", "client", "asset")
    query = query.where(*(getattr(Ticket, name) == getattr(asked, name) for name in names if getattr(asked, name)))
    if asked.open:
        query = query.where(Ticket.state.in_(OPEN))
    if asked.assignee == "-":
        return query.where(Ticket.assignee.is_(None))
    return query.where(Ticket.assignee == asked.assignee) if asked.assignee else query


def ticket(actor: Actor, ticket_id: str) -> Ticket:
    return one(_reached(actor).where(Ticket.id == ticket_id), "ticket")


def tickets_by_id(actor: Actor, ids: Iterable[str]) -> list[Ticket]:
    """Those of the ids that the actor reaches, by number."""
    return every(_reached(actor).where(Ticket.id.in_(set(ids))).order_by(Ticket.number))


def open_tickets_at(actor: Actor, site: str) -> list[Ticket]:
    """What is open at a site, the most urgent first: to be put on a visit there."""
    query = _wanted(_reached(actor), Asked(open=True, site=site))
    return every(query.order_by(Ticket.priority, Ticket.opened_at).limit(200))


def count_tickets(actor: Actor) -> dict[str, int]:
    """How many tickets are in each state; a state without one is absent."""
    where = reach.at(actor, Ticket.org_id, Ticket.site)
    with reading() as session:
        counted = session.execute(select(Ticket.state, func.count()).where(where).group_by(Ticket.state))
        return {row[0]: row[1] for row in counted}
