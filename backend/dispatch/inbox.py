"""Everything that waits for the office, each thing once, the oldest first; what is out of reach is not there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.core import clock, jobs
from backend.core.listing import Cut
from backend.desk import services as desk
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.exchange.services import Conflict, Received
from backend.identity import services as identity
from backend.identity.services import Actor, Device
from backend.inspections import services as inspections
from backend.inspections.services import Asking
from backend.visits import services as visits
from backend.visits.services import Task, Visit

PHOTOS_LATE = timedelta(hours=24)
"""A signed visit whose photos are still on the tablet is shown after this long (sync.md 3.5)."""
MOST = 200


@dataclass(frozen=True)
class Clash:
    """Two values for one field; `visit` where it belongs to one."""

    conflict: Conflict
    visit: Visit | None


@dataclass(frozen=True)
class Chain:
    """A held operation, and those of its device on the same thing that waited behind it, in their order."""

    first: Received
    behind: Sequence[Received]
    visit: Visit | None
    ticket: desk.Ticket | None


@dataclass(frozen=True)
class Question:
    """A task about a visit."""

    task: Task
    visit: Visit


@dataclass(frozen=True)
class Inbox:
    """`photos`: signed visits that wait for photos too long. `devices`: suspended tablets. `jobs`: work of the server
    that failed and is tried no more.
    """

    clashes: Sequence[Clash]
    chains: Sequence[Chain]
    questions: Sequence[Question]
    photos: Sequence[Visit]
    devices: Sequence[Device]
    jobs: Sequence[jobs.JobRow]

    @property
    def count(self) -> int:
        return sum(map(len, (self.clashes, self.chains, self.questions, self.photos, self.devices, self.jobs)))


def gather(actor: Actor) -> Inbox:
    """The actor's inbox now."""
    waiting, clashing, tasks = exchange.held(actor), exchange.open_conflicts(actor), visits.open_tasks(actor)
    runs = inspections.asking(actor, (one.entity for one in waiting if one.kind == "run" and one.entity))
    named = {visit for one in waiting if (visit := visit_of(one, runs))}
    named |= {row.visit for row in clashing if row.visit is not None} | {task.visit for task in tasks}
    known = visits.visits_by_id(actor, named)
    everywhere = directory.reach.sees_all(actor)
    return Inbox(
        _clashes(actor, clashing, known, everywhere=everywhere),
        _chains(actor, waiting, known, runs, everywhere=everywhere),
        [Question(task, known[task.visit]) for task in tasks if task.visit in known],
        _photos(actor, clock.now()),
        [one for one in identity.tablets(actor) if one.status == "suspended"] if everywhere else [],
        failed_jobs(actor),
    )


def failed_jobs(actor: Actor) -> list[jobs.JobRow]:
    """Work of the server that is tried no more, for who sees the whole organisation: its own, and what is done for
    the installation (backups, the daily comparison of tables and feed).
    """
    return jobs.dead(actor.org_id, jobs.INSTALLATION) if directory.reach.sees_all(actor) else []


def visit_of(received: Received, runs: Mapping[str, Asking]) -> str | None:
    """The visit that an operation is about."""
    if received.kind == "visit":
        return received.entity
    if received.kind == "run" and received.entity is not None and received.entity in runs:
        return runs[received.entity].run.visit
    visit = (received.args or {}).get("visit")
    return visit if isinstance(visit, str) else None


def _clashes(actor: Actor, rows: Iterable[Conflict], known: Mapping[str, Visit], *, everywhere: bool) -> list[Clash]:
    rows = list(rows)
    tickets = {one.id for one in desk.tickets_by_id(actor, (row.entity for row in rows if row.kind == "ticket"))}
    found = []
    for row in rows:
        visit = known.get(row.visit or "")
        if everywhere or visit is not None or (row.kind == "ticket" and row.entity in tickets):
            found.append(Clash(row, visit))
    return found


def _chains(
    actor: Actor, rows: Iterable[Received], known: Mapping[str, Visit], runs: Mapping[str, Asking], *, everywhere: bool
) -> list[Chain]:
    heads: dict[tuple[str, str], list[Received]] = {}
    for row in rows:
        heads.setdefault((row.device, row.entity or ""), []).append(row)
    tickets = {
        one.id: one
        for one in desk.tickets_by_id(actor, (key[1] for key, (first, *_) in heads.items() if first.kind == "ticket"))
    }
    found = []
    for first, *behind in _split(heads.values()):
        visit, ticket = known.get(visit_of(first, runs) or ""), tickets.get(first.entity or "")
        if everywhere or visit is not None or ticket is not None:
            found.append(Chain(first, behind, visit, ticket))
    return sorted(found, key=lambda one: (one.first.received_at, one.first.n))


def _split(groups: Iterable[Sequence[Received]]) -> Iterable[Sequence[Received]]:
    """Of one device on one thing: each that is held for a reason of its own, followed by those blocked by it."""
    for group in groups:
        chain: list[Received] = []
        for row in sorted(group, key=lambda one: one.n):
            if chain and row.code != "blocked_by":
                yield chain
                chain = []
            chain.append(row)
        yield chain


def _photos(actor: Actor, now: datetime) -> list[Visit]:
    flagged = visits.list_visits(actor, Cut(limit=MOST), visits.Asked(flagged=True, state="completed")).rows
    return [
        row
        for row in flagged
        if "media_pending" in row.flags and row.signed and datetime.fromisoformat(row.signed["at"]) < now - PHOTOS_LATE
    ]
