"""What pages read of visits. Every question takes the actor; what is out of reach is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, String, cast, func, select

from backend.core.db import reading
from backend.core.listing import FIRST, Cut, Page, every, holds, one, page
from backend.directory.services import reach
from backend.identity.services import Actor
from backend.visits.models import History, Note, Photo, Task, TimeEntry, Visit

NO_FLAGS = "[]"
MOST_TASKS = 200


@dataclass(frozen=True)
class Asked:
    """Which visits; empty means any. `since` and `until` are moments: visits that overlap the time between them.

    `engineer` "-": nobody's. `flagged`: with at least one flag. `soonest`: in order of their start, else latest first.
    """

    state: str = ""
    kind: str = ""
    site: str = ""
    client: str = ""
    engineer: str = ""
    ticket: str = ""
    since: str = ""
    until: str = ""
    flagged: bool = False
    soonest: bool = False


ANY = Asked()


def list_visits(actor: Actor, cut: Cut = FIRST, asked: Asked = ANY) -> Page[Visit]:
    columns = (Visit.number, Visit.title, Visit.client_name, Visit.site_name)
    order = Visit.starts_at if asked.soonest else Visit.starts_at.desc()
    return page(_wanted(_reached(actor), asked), cut, columns, (order, Visit.id))


def _reached(actor: Actor) -> Select[Visit]:
    return select(Visit).where(reach.at(actor, Visit.org_id, Visit.site))


def _wanted(query: Select[Visit], asked: Asked) -> Select[Visit]:
    names = ("state", "kind", "site", "client")
    query = query.where(*(getattr(Visit, name) == getattr(asked, name) for name in names if getattr(asked, name)))
    if asked.engineer == "-":
        query = query.where(Visit.lead.is_(None))
    elif asked.engineer:
        query = query.where(holds(Visit.engineers, asked.engineer))
    if asked.ticket:
        query = query.where(holds(Visit.tickets, asked.ticket))
    if asked.flagged:
        query = query.where(cast(Visit.flags, String) != NO_FLAGS)
    if asked.since:
        query = query.where(Visit.ends_at >= asked.since)
    return query.where(Visit.starts_at < asked.until) if asked.until else query


def visit(actor: Actor, visit_id: str) -> Visit:
    return one(_reached(actor).where(Visit.id == visit_id), "visit")


def count_visits(actor: Actor) -> dict[str, int]:
    """How many visits are in each state; a state without one is absent."""
    where = reach.at(actor, Visit.org_id, Visit.site)
    with reading() as session:
        counted = session.execute(select(Visit.state, func.count()).where(where).group_by(Visit.state))
        return {row[0]: row[1] for row in counted}


def photos(actor: Actor, visit_id: str) -> list[Photo]:
    """The visit's photos that were not taken back, in the order in which they were taken."""
    visit(actor, visit_id)
    query = select(Photo).where(Photo.org_id == actor.org_id, Photo.visit == visit_id, Photo.removed.is_(None))
    return every(query.order_by(Photo.taken_at, Photo.id))


def photo(actor: Actor, photo_id: str) -> Photo:
    """One photo of a visit that the actor reaches."""
    query = select(Photo).where(Photo.org_id == actor.org_id, Photo.id == photo_id, Photo.removed.is_(None))
    found = one(query, "photo")
    visit(actor, found.visit)
    return found


def times(actor: Actor, visit_id: str) -> list[TimeEntry]:
    """Time on the visit that was not taken back."""
    visit(actor, visit_id)
    query = select(TimeEntry).where(TimeEntry.org_id == actor.org_id, TimeEntry.visit == visit_id)
    return every(query.where(TimeEntry.removed.is_(None)).order_by(TimeEntry.starts_at, TimeEntry.id))


def times_of_ticket(actor: Actor, ticket_id: str) -> list[TimeEntry]:
    """Time on a ticket that was not taken back. The caller has found the ticket in the actor's reach."""
    reach.office(actor, TimeEntry.org_id)
    query = select(TimeEntry).where(TimeEntry.org_id == actor.org_id, TimeEntry.ticket == ticket_id)
    return every(query.where(TimeEntry.removed.is_(None)).order_by(TimeEntry.starts_at, TimeEntry.id))


def notes(actor: Actor, visit_id: str) -> list[Note]:
    """Internal notes, oldest first."""
    visit(actor, visit_id)
    return every(select(Note).where(Note.org_id == actor.org_id, Note.visit == visit_id).order_by(Note.at, Note.id))


def belongings(actor: Actor, visit_id: str) -> list[str]:
    """Ids of all photos, time entries and notes of a visit, those that were taken back included."""
    visit(actor, visit_id)
    found: list[str] = []
    with reading() as session:
        for kind in (Photo, TimeEntry, Note):
            found += session.scalars(select(kind.id).where(kind.org_id == actor.org_id, kind.visit == visit_id))
    return found


def history(actor: Actor, site_id: str, limit: int = 50) -> list[History]:
    """Past visits of a site, the latest first."""
    query = select(History).where(reach.at(actor, History.org_id, History.site), History.site == site_id)
    return every(query.order_by(History.on.desc(), History.id.desc()).limit(limit))


def visits_by_id(actor: Actor, ids: Iterable[str]) -> dict[str, Visit]:
    """Those of the ids that the actor reaches, by id."""
    return {row.id: row for row in every(_reached(actor).where(Visit.id.in_(sorted(set(ids)))))}


def open_tasks(actor: Actor) -> list[Task]:
    """What waits for the office about visits that the actor reaches, oldest first, at most 200."""
    query = select(Task).join(Visit, (Visit.org_id == Task.org_id) & (Visit.id == Task.visit))
    return every(query.where(*_open(actor)).order_by(Task.since, Task.id).limit(MOST_TASKS))


def _open(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return Task.org_id == actor.org_id, Task.state == "open", reach.at(actor, Visit.org_id, Visit.site)


def tasks_of(actor: Actor, visit_id: str) -> list[Task]:
    """What the office had or has to decide about a visit, oldest first."""
    visit(actor, visit_id)
    query = select(Task).where(Task.org_id == actor.org_id, Task.visit == visit_id)
    return every(query.order_by(Task.since, Task.id))


def settled_by(actor: Actor, task_id: str) -> str | None:
    """Who settled a task; None while it is open or not there."""
    with reading() as session:
        task = session.get(Task, (actor.org_id, task_id))
    return None if task is None else task.settled_by
