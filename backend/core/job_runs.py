"""Running jobs: rows are claimed, run, tried again, and taken back from workers that fell silent."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from backend.core import clock
from backend.core.db import db, reading, unit
from backend.core.job_rows import Job, JobRow, office
from backend.core.log import traced

log = logging.getLogger("singgah.jobs")

LEASE = timedelta(minutes=10)
"""A claimed row whose worker is silent for longer is taken back."""
BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""The wait before the second, third and fourth try; after the fourth failure a job is dead."""
OVERDUE = timedelta(minutes=1)
"""A due row that nobody has claimed for this long is woken again (Redis may have forgotten it)."""


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
            office().handlers[job.kind](job)
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
        office().waker.wake(job_id)
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
