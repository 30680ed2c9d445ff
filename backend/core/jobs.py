"""Jobs are rows first: posted in the transaction of the work that needs them, so that neither exists without the other.

A key is done once: posting it again is nothing. Whoever claims a row runs it, perhaps twice when a machine dies, so
handlers look up the present and may repeat. A failure is tried 3 times more, then the row is dead and stays to be seen.
Redis, where configured, only wakes workers with a row's id; losing it loses no job, because the sweep wakes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from backend.core import clock
from backend.core.db import current_unit, db, reading, unit
from backend.core.job_rows import KEY, Handler, Job, JobRow, Office, Period, PollerWakes, Waker, office
from backend.core.job_runs import BACKOFF, LEASE, run_due, run_row, sweep
from backend.core.log import trace

__all__ = [
    "BACKOFF", "KEY", "LEASE", "Handler", "Job", "JobRow", "Office", "Period", "PollerWakes", "Queue", "Waker",
    "dead", "every", "every_day", "hasten", "init_app", "post", "post_daily", "register", "revive", "run_due",
    "run_row", "state", "sweep",
]  # fmt: skip

INSTALLATION = "installation"
"""What stands for the organisation in jobs that concern all of them."""
KEPT = timedelta(days=90)
"""How long a done job's key still refuses the same job."""


def init_app(app: Flask, waker: Waker | None = None) -> None:
    """Open the office; without `waker`, workers poll."""
    app.extensions[KEY] = Office(waker or PollerWakes())
    every_day(app, "jobs.tidy", _tidy)


def register(app: Flask, kind: str, handler: Handler) -> None:
    """Say who does the jobs of `kind`. Each kind has one handler."""
    handlers = office(app).handlers
    if kind in handlers:
        raise ValueError(f"jobs of kind {kind} have a handler already")
    handlers[kind] = handler


def every_day(app: Flask, kind: str, handler: Handler) -> None:
    """Say who does the jobs of `kind`, of which the worker posts one a day for the whole installation."""
    register(app, kind, handler)
    office(app).daily.add(kind)


def every(app: Flask, kind: str, handler: Handler, period: timedelta, begins: timedelta = timedelta()) -> None:
    """Say who does the jobs of `kind`, of which the worker posts one each `period`; a day begins `begins` after
    midnight UTC.
    """
    register(app, kind, handler)
    office(app).periods[kind] = Period(period, begins)


def post(org_id: str, kind: str, args: Mapping[str, Any], key: str, due_at: datetime | None = None) -> bool:
    """Post a job in the unit of work under way; False when the key was posted before. ValueError for unknown kinds."""
    if kind not in office().handlers:
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
        waker = office().waker
        work.after(lambda: waker.wake(job_id))
    return made is not None


def post_daily() -> int:
    """Post what is to be done today, or in this period, and is not posted yet; the number of jobs posted."""
    now = clock.now()
    keys = {kind: f"{kind}:{now.date().isoformat()}" for kind in sorted(office().daily)}
    keys |= {kind: f"{kind}:{period.number(now)}" for kind, period in sorted(office().periods.items())}
    with reading() as session:
        asked = select(JobRow.key).where(JobRow.org_id == INSTALLATION, JobRow.key.in_(keys.values()))
        known = set(session.scalars(asked))
    missing = [(kind, key) for kind, key in keys.items() if key not in known]
    if not missing:
        return 0
    with unit():
        return sum(post(INSTALLATION, kind, {}, key) for kind, key in missing)


def revive(org_id: str, job_id: str) -> bool:
    """Give a dead job all its tries again, for a person who has removed the cause. Needs a unit of work."""
    at = clock.now()
    dead = (JobRow.id == job_id, JobRow.org_id == org_id, JobRow.state == "dead")
    again = update(JobRow).where(*dead).values(state="waiting", tries=0, due_at=at, finished_at=None)
    work, waker = current_unit(), office().waker
    found = db.session.scalar(again.returning(JobRow.id).execution_options(synchronize_session=False))
    if found:
        work.after(lambda: waker.wake(job_id))
    return found is not None


def hasten(org_id: str, key: str) -> bool:
    """Let a job that waits for later be due now; False when none waits under this key. Needs a unit of work."""
    work, waker, at = current_unit(), office().waker, clock.now()
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


def dead(*orgs: str) -> list[JobRow]:
    """Dead jobs of these organisations (INSTALLATION is one), newest first, at most 200, for the attention page."""
    with reading() as session:
        asked = select(JobRow).where(JobRow.org_id.in_(orgs), JobRow.state == "dead")
        return list(session.scalars(asked.order_by(JobRow.finished_at.desc()).limit(200)))
