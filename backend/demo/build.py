"""The demonstration, scene after scene."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from backend.app import create_app
from backend.core import clock, jobs
from backend.core.clock import MachineClock, SetClock
from backend.core.config import Config
from backend.core.db import db, unit
from backend.core.jobs import JobRow
from backend.demo import clients, founding, past
from backend.demo.stage import Stage

RENDERED = 6
"""So many of the newest reports are made at once; the others when somebody first opens them."""

LATER = timedelta(days=3650)
REPORT = "report"


def load_demo(config: Config, now: datetime | None = None) -> None:
    """Fill an empty, migrated installation. `now` is the end of the demonstrated past, by default the present."""
    end = now or MachineClock().now()
    time_ = SetClock(end - timedelta(days=past.DAYS + 7))
    app = create_app(config, clock_=time_)
    with app.app_context():
        stage = Stage(clock.new_id(), time_)
        _scene("the provider and its people", lambda: founding.found(stage, config.data_dir))
        _scene("clients, sites and assets", lambda: clients.take_on(stage, config.data_dir))
        _scene("three months of visits and tickets", lambda: past.build(stage, end, config.data_dir))
        _scene("the newest reports", make_newest_reports)


def _scene(what: str, play: Callable[[], None]) -> None:
    began = clock.stopwatch()
    play()
    print(f"    {what}: {clock.stopwatch() - began:.1f} s", flush=True)


def make_newest_reports() -> None:
    """Finish what uploads left to do, put off all reports but the newest, and make those."""
    for job in _waiting(JobRow.kind != REPORT):
        jobs.run_row(job)
    with unit():
        old = _waiting(JobRow.kind == REPORT)[:-RENDERED]
        db.session.execute(update(JobRow).where(JobRow.id.in_(old)).values(due_at=clock.now() + LATER))
    jobs.run_due()


def _waiting(which: ColumnElement[bool]) -> list[str]:
    """Ids of waiting jobs, oldest first."""
    asked = select(JobRow.id).where(JobRow.state == "waiting", which)
    return list(db.session.scalars(asked.order_by(JobRow.created_at, JobRow.id)))
