"""What job rows promise, however workers are woken. Subclass it and provide `waker` and `drain`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from backend.app import create_app
from backend.core import clock as core_clock
from backend.core import jobs, log
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db, reading, unit
from backend.core.jobs import Job, JobRow

ORG = "org-a"


class Bench:
    """An application whose one handler notes what it did, and fails as often as it is told to."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.done: list[Job] = []
        self.traces: list[str | None] = []
        self.failures = 0
        jobs.register(app, "thing", self._handle)

    def _handle(self, job: Job) -> None:
        self.traces.append(log.trace())
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the printer is on fire at Tan Mei's")
        self.done.append(job)

    def post(self, key: str = "k", args: Mapping[str, Any] | None = None, **kwargs: Any) -> bool:
        with self.app.app_context(), unit():
            return jobs.post(ORG, "thing", args or {}, key, **kwargs)

    def sweep(self) -> int:
        with self.app.app_context():
            return jobs.sweep()

    def row(self, key: str = "k") -> JobRow:
        with self.app.app_context(), reading() as session:
            return session.query(JobRow).filter_by(key=key).one()

    def pretend_claimed(self) -> None:
        """A worker took the row and died."""
        with self.app.app_context(), unit():
            until = core_clock.now() + jobs.LEASE
            lost = update(JobRow).values(state="running", tries=JobRow.tries + 1, lease_until=until)
            db.session.execute(lost)


class JobQueueContract:
    @pytest.fixture
    def bench(self, config: Config, clock: SetClock, waker: jobs.Waker) -> Iterator[Bench]:
        app = create_app(config, clock_=clock, waker=waker)
        yield Bench(app)
        with app.app_context():
            db.engine.dispose()

    def test_a_posted_job_is_done_once(self, bench: Bench, drain: Callable[[Flask], None]) -> None:
        bench.post(args={"visit": "v-1"})

        drain(bench.app)
        drain(bench.app)

        assert [(job.org_id, job.kind, dict(job.args), job.tries) for job in bench.done] == [
            (ORG, "thing", {"visit": "v-1"}, 1)
        ]
        assert bench.row().state == "done"

    def test_the_same_key_is_one_job(self, bench: Bench, drain: Callable[[Flask], None]) -> None:
        assert [bench.post("a"), bench.post("a"), bench.post("b")] == [True, False, True]

        drain(bench.app)

        assert sorted(job.key for job in bench.done) == ["a", "b"]

    def test_work_that_is_undone_posts_nothing(self, bench: Bench, drain: Callable[[Flask], None]) -> None:
        with bench.app.app_context(), pytest.raises(KeyError), unit():
            jobs.post(ORG, "thing", {}, "k")
            raise KeyError

        drain(bench.app)

        assert bench.done == []

    def test_a_failure_is_tried_three_times_more_and_then_dead(
        self, bench: Bench, drain: Callable[[Flask], None], clock: SetClock
    ) -> None:
        bench.failures = 99
        bench.post()
        drain(bench.app)
        for wait in jobs.BACKOFF:
            assert bench.row().state == "waiting"
            clock.advance(seconds=wait.total_seconds() - 1)
            bench.sweep()
            drain(bench.app)
            before = bench.failures
            clock.advance(seconds=1)
            bench.sweep()
            drain(bench.app)
            assert bench.failures == before - 1, "neither earlier than its wait nor twice"

        row = bench.row()
        assert (row.state, row.tries, row.error) == ("dead", 4, "RuntimeError")
        clock.advance(days=1)
        assert bench.sweep() == 0

    def test_a_cause_removed_in_time_lets_it_finish(
        self, bench: Bench, drain: Callable[[Flask], None], clock: SetClock
    ) -> None:
        bench.failures = 2
        bench.post()
        for _ in range(3):
            drain(bench.app)
            clock.advance(minutes=10)
            bench.sweep()

        assert [job.tries for job in bench.done] == [3]
        assert (bench.row().state, bench.row().error) == ("done", None)

    def test_a_worker_that_died_is_replaced_after_its_lease(
        self, bench: Bench, drain: Callable[[Flask], None], clock: SetClock
    ) -> None:
        bench.post()
        bench.pretend_claimed()
        bench.sweep()
        drain(bench.app)
        assert bench.done == []

        clock.advance(seconds=jobs.LEASE.total_seconds() + 1)
        bench.sweep()
        drain(bench.app)

        assert [job.tries for job in bench.done] == [2]

    def test_a_job_for_later_waits(self, bench: Bench, drain: Callable[[Flask], None], clock: SetClock) -> None:
        bench.post(due_at=clock.now() + timedelta(hours=1))
        drain(bench.app)
        assert bench.done == []

        clock.advance(hours=1, minutes=2)
        bench.sweep()
        drain(bench.app)

        assert len(bench.done) == 1

    def test_a_job_continues_the_trace_of_who_posted_it(
        self, bench: Bench, drain: Callable[[Flask], None]
    ) -> None:
        with log.traced("t-42"):
            bench.post()

        drain(bench.app)

        assert bench.traces == ["t-42"]
        assert log.trace() is None

    def test_one_jobs_failure_does_not_stop_the_next(self, bench: Bench, drain: Callable[[Flask], None]) -> None:
        bench.failures = 1
        bench.post("first")
        bench.post("second")

        drain(bench.app)

        assert len(bench.done) == 1
