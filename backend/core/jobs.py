"""Jobs are rows first: posted in the transaction of the work that needs them, so that neither exists without the other.

A key is done once: posting it again is nothing. Whoever claims a row runs it, perhaps twice when a machine dies, so
handlers look up the present and may repeat. A failure is tried 3 times more, then the row is dead and stays to be seen.
Redis, where configured, only wakes workers with a row's id; losing it loses no job, because the sweep wakes again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from flask import Flask, current_app
from sqlalchemy import ColumnElement, Index, Integer, String, Text, UniqueConstraint, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from backend.core import clock
from backend.core.db import Base, Id, Json, current_unit, db, reading, unit
from backend.core.log import trace, traced

log = logging.getLogger("singgah.jobs")

KEY = "singgah.jobs"
LEASE = timedelta(minutes=10)
"""A claimed row whose worker is silent for longer is taken back."""
BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""The wait before the second, third and fourth try; after the fourth failure a job is dead."""
INSTALLATION = "installation"
"""What stands for the organisation in jobs that concern all of them."""
KEPT = timedelta(days=90)
"""How long a done job's key still refuses the same job."""
OVERDUE = timedelta(minutes=1)
"""A due row that nobody has claimed for this long is woken again (Redis may have forgotten it)."""


class JobRow(Base):
    """One job. States: waiting, running, done, dead. `error` is the exception's name, never its text."""

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("org_id", "key"), Index("ix_job_state_due_at", "state", "due_at"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    org_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200))
    args: Mapped[dict[str, Any]] = mapped_column(Json)
    trace: Mapped[str | None] = mapped_column(String(36))
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Job:
    """What a handler is given. `tries` counts this one."""

    id: str
    org_id: str
    kind: str
    key: str
    args: Mapping[str, Any]
    trace: str | None
    tries: int


Handler = Callable[[Job], None]


class Waker(Protocol):
    """Tells workers that a row is due. May lose what it was told: the sweep repeats it."""

    def wake(self, job_id: str) -> None:
        """Somebody should claim this row soon. Never raises because a broker is away."""


class PollerWakes:
    """Without a broker workers look at the rows themselves."""

    def wake(self, job_id: str) -> None:
        """Nothing to tell."""


class Office:
    """The kinds of job that this application can do, and how its workers are woken."""

    def __init__(self, waker: Waker) -> None:
        self.handlers: dict[str, Handler] = {}
        self.daily: set[str] = set()
        self.waker = waker


def init_app(app: Flask, waker: Waker | None = None) -> None:
    """Open the office; without `waker`, workers poll."""
    app.extensions[KEY] = Office(waker or PollerWakes())
    every_day(app, "jobs.tidy", _tidy)


def register(app: Flask, kind: str, handler: Handler) -> None:
    """Say who does the jobs of `kind`. Each kind has one handler."""
    handlers = cast(Office, app.extensions[KEY]).handlers
    if kind in handlers:
        raise ValueError(f"jobs of kind {kind} have a handler already")
    handlers[kind] = handler


def every_day(app: Flask, kind: str, handler: Handler) -> None:
    """Say who does the jobs of `kind`, of which the worker posts one a day for the whole installation."""
    register(app, kind, handler)
    cast(Office, app.extensions[KEY]).daily.add(kind)


def _office() -> Office:
    return cast(Office, current_app.extensions[KEY])


def post(org_id: str, kind: str, args: Mapping[str, Any], key: str, due_at: datetime | None = None) -> bool:
    """Post a job in the unit of work under way; False when the key was posted before. ValueError for unknown kinds."""
    if kind not in _office().handlers:
        raise ValueError(f"nobody does jobs of kind {kind}")
    work, at = current_unit(), clock.now()
    job_id, due = clock.new_id(), due_at or at
    row = {
        "id": job_id, "org_id": org_id, "kind": kind, "key": key, "args": dict(args), "trace": trace(),
        "state": "waiting", "tries": 0, "created_at": at, "due_at": due,
    }  # fmt: skip
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    asked = insert(JobRow).values(row).on_conflict_do_nothing(index_elements=["org_id", "key"])
    made = db.session.scalar(asked.returning(JobRow.id))
    if made and due <= at:
        waker = _office().waker
        work.after(lambda: waker.wake(job_id))
    return made is not None


def post_daily() -> int:
    """Post what is to be done today and is not posted yet; the number of jobs posted."""
    day = clock.now().date().isoformat()
    keys = {kind: f"{kind}:{day}" for kind in sorted(_office().daily)}
    with reading() as session:
        asked = select(JobRow.key).where(JobRow.org_id == INSTALLATION, JobRow.key.in_(keys.values()))
        known = set(session.scalars(asked))
    missing = [(kind, key) for kind, key in keys.items() if key not in known]
    if not missing:
        return 0
    with unit():
        return sum(post(INSTALLATION, kind, {}, key) for kind, key in missing)


def run_due(limit: int = 1_000) -> int:
    """Claim and run what is due, oldest first, at most `limit`; the number of jobs run."""
    done = 0
    # Asked without the right to write first: an idle worker must not keep taking the writers' turn.
    while done < limit and _exists(JobRow.state == "waiting", JobRow.due_at <= clock.now()):
        job = _claim()
        if job is None:
            break
        _run(job)
        done += 1
    return done


def run_row(job_id: str) -> bool:
    """Run this row if it is due and unclaimed; False when there was nothing to do."""
    job = _claim(job_id)
    if job is not None:
        _run(job)
    return job is not None


def _exists(*those: ColumnElement[bool]) -> bool:
    with reading() as session:
        return session.scalar(select(JobRow.id).where(*those).limit(1)) is not None


def _claim(job_id: str | None = None) -> Job | None:
    at = clock.now()
    with unit():
        due = select(JobRow.id).where(JobRow.state == "waiting", JobRow.due_at <= at)
        if job_id is not None:
            due = due.where(JobRow.id == job_id)
        # SKIP LOCKED on PostgreSQL; SQLite has no such clause and needs none under BEGIN IMMEDIATE.
        first = due.order_by(JobRow.due_at, JobRow.id).limit(1).with_for_update(skip_locked=True).scalar_subquery()
        claimed = (
            update(JobRow)
            .where(JobRow.id == first)
            .values(state="running", tries=JobRow.tries + 1, lease_until=at + LEASE)
            .returning(JobRow.id, JobRow.org_id, JobRow.kind, JobRow.key, JobRow.args, JobRow.trace, JobRow.tries)
            .execution_options(synchronize_session=False)
        )
        found = db.session.execute(claimed).one_or_none()
    return Job(*found) if found else None


def _run(job: Job) -> None:
    began = clock.stopwatch()
    with traced(job.trace), _own_session():
        try:
            _office().handlers[job.kind](job)
        except Exception as fault:  # whatever a handler raises, its row says so and the worker lives
            log.exception("job failed", extra=_facts(job, began))
            _finish(job, **_after_failure(job, type(fault).__name__))
            return
        _finish(job, state="done", finished_at=clock.now(), lease_until=None, error=None)
        log.info("job done", extra=_facts(job, began))


@contextmanager
def _own_session() -> Iterator[None]:
    """What one job has loaded must not be what the next one sees."""
    try:
        yield
    finally:
        db.session.remove()


def _facts(job: Job, began: float) -> dict[str, Any]:
    took = round((clock.stopwatch() - began) * 1000, 1)
    return {"job": job.id, "kind": job.kind, "org": job.org_id, "tries": job.tries, "ms": took}


def _after_failure(job: Job, error: str) -> dict[str, Any]:
    at = clock.now()
    if job.tries > len(BACKOFF):
        return {"state": "dead", "finished_at": at, "lease_until": None, "error": error}
    return {"state": "waiting", "due_at": at + BACKOFF[job.tries - 1], "lease_until": None, "error": error}


def _finish(job: Job, **values: Any) -> None:
    # Only the claim that is still ours: a sweep may have given the row to another worker meanwhile.
    mine = (JobRow.id == job.id, JobRow.state == "running", JobRow.tries == job.tries)
    with unit():
        db.session.execute(update(JobRow).where(*mine).values(**values).execution_options(synchronize_session=False))


def sweep() -> int:
    """Take back rows of silent workers and wake what is due; the number of rows woken."""
    at = clock.now()
    silent = (JobRow.state == "running", JobRow.lease_until < at)
    if _exists(*silent):
        _take_back(silent, at)
    with reading() as session:
        overdue = or_(JobRow.due_at <= at - OVERDUE, JobRow.tries > 0)
        due = select(JobRow.id).where(JobRow.state == "waiting", JobRow.due_at <= at, overdue)
        waiting = list(session.scalars(due.order_by(JobRow.due_at).limit(1_000)))
    for job_id in waiting:
        _office().waker.wake(job_id)
    return len(waiting)


def _take_back(silent: tuple[ColumnElement[bool], ...], at: datetime) -> None:
    spent = JobRow.tries > len(BACKOFF)
    again = {"state": "waiting", "due_at": at, "lease_until": None, "error": "WorkerLost"}
    dead = {"state": "dead", "finished_at": at, "lease_until": None, "error": "WorkerLost"}
    with unit():
        for statement in (
            update(JobRow).where(*silent, spent).values(**dead),
            update(JobRow).where(*silent).values(**again),
        ):
            db.session.execute(statement.execution_options(synchronize_session=False))


def revive(org_id: str, job_id: str) -> bool:
    """Give a dead job all its tries again, for a person who has removed the cause. Needs a unit of work."""
    at = clock.now()
    dead = (JobRow.id == job_id, JobRow.org_id == org_id, JobRow.state == "dead")
    again = update(JobRow).where(*dead).values(state="waiting", tries=0, due_at=at, finished_at=None)
    work, waker = current_unit(), _office().waker
    found = db.session.scalar(again.returning(JobRow.id).execution_options(synchronize_session=False))
    if found:
        work.after(lambda: waker.wake(job_id))
    return found is not None


def hasten(org_id: str, key: str) -> bool:
    """Let a job that waits for later be due now; False when none waits under this key. Needs a unit of work."""
    work, waker, at = current_unit(), _office().waker, clock.now()
    later = (JobRow.org_id == org_id, JobRow.key == key, JobRow.state == "waiting")
    sooner = update(JobRow).where(*later).values(due_at=at).returning(JobRow.id)
    found = db.session.scalar(sooner.execution_options(synchronize_session=False))
    if found:
        work.after(lambda: waker.wake(found))
    return found is not None


@dataclass(frozen=True)
class Queue:
    """The state of all jobs: dead, due or being done, put off for later; since when the oldest has been due."""

    dead: int
    waiting: int
    later: int
    oldest_due: datetime | None


def state() -> Queue:
    """What health shows."""
    is_due = JobRow.due_at <= clock.now()
    with reading() as session:

        def count(*those: ColumnElement[bool]) -> int:
            return session.scalar(select(func.count()).select_from(JobRow).where(*those)) or 0

        waiting = count(JobRow.state == "waiting", is_due) + count(JobRow.state == "running")
        later = count(JobRow.state == "waiting", ~is_due)
        oldest = session.scalar(select(func.min(JobRow.due_at)).where(JobRow.state == "waiting", is_due))
        return Queue(count(JobRow.state == "dead"), waiting, later, oldest)


def _tidy(_: Job) -> None:
    """What was done long ago says nothing any more."""
    with unit():
        db.session.execute(delete(JobRow).where(JobRow.state == "done", JobRow.finished_at < clock.now() - KEPT))


def dead(org_id: str) -> list[JobRow]:
    """The organisation's dead jobs, newest first, for the attention page."""
    with reading() as session:
        asked = select(JobRow).where(JobRow.org_id == org_id, JobRow.state == "dead")
        return list(session.scalars(asked.order_by(JobRow.finished_at.desc()).limit(200)))


