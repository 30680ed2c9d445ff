"""Job rows with both ways of waking workers, and what only rows can get wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from backend.core import jobs
from backend.core.clock import SetClock
from backend.core.db import unit
from backend.core.redis_jobs import QUEUE, RedisWaker, worker
from tests.backend.core.job_queue_contract import ORG, Bench, JobQueueContract
from tests.services.redis import RedisServer

WITHIN = 30.0
Drain = Callable[[Flask], None]


class TestRowsAlone(JobQueueContract):
    @pytest.fixture
    def waker(self) -> jobs.Waker:
        return jobs.PollerWakes()

    @pytest.fixture
    def drain(self) -> Drain:
        def drained(app: Flask) -> None:
            with app.app_context():
                jobs.run_due()

        return drained

    def test_many_workers_share_the_rows_and_do_none_twice(self, bench: Bench) -> None:
        for number in range(24):
            bench.post(str(number))

        def work(_: int) -> int:
            with bench.app.app_context():
                return jobs.run_due()

        with ThreadPoolExecutor(4) as pool:
            shares = list(pool.map(work, range(4), timeout=WITHIN))

        assert sum(shares) == 24
        assert sorted(int(job.key) for job in bench.done) == list(range(24))
        assert {job.tries for job in bench.done} == {1}

    def test_the_oldest_due_comes_first(self, bench: Bench, clock: SetClock, drain: Drain) -> None:
        for key in ("c", "a", "b"):
            bench.post(key)
            clock.advance(seconds=1)

        drain(bench.app)

        assert [job.key for job in bench.done] == ["c", "a", "b"]

    def test_a_kind_that_nobody_does_is_refused_when_posted(self, bench: Bench) -> None:
        with bench.app.app_context(), pytest.raises(ValueError, match="nobody does"), unit():
            jobs.post(ORG, "unknown", {}, "k")

    def test_posting_asks_for_a_unit(self, bench: Bench) -> None:
        with bench.app.app_context(), pytest.raises(RuntimeError, match="needs a unit"):
            jobs.post(ORG, "thing", {}, "k")

    def test_a_dead_job_is_listed_and_can_be_revived(self, bench: Bench, clock: SetClock, drain: Drain) -> None:
        bench.failures = 4
        bench.post()
        for _ in range(4):
            drain(bench.app)
            clock.advance(minutes=10)

        with bench.app.app_context():
            [dead] = jobs.dead(ORG)
            assert jobs.dead("another") == []
            with unit():
                assert not jobs.revive("another", dead.id)
                assert jobs.revive(ORG, dead.id)
        drain(bench.app)

        assert [job.tries for job in bench.done] == [1]

    def test_daily_work_is_posted_once_a_day(self, bench: Bench, clock: SetClock, drain: Drain) -> None:
        ran: list[str] = []
        jobs.every_day(bench.app, "daily", lambda job: ran.append(job.key))

        def a_day() -> None:
            with bench.app.app_context():
                jobs.post_daily()
                assert jobs.post_daily() == 0
            drain(bench.app)

        a_day()
        clock.advance(days=1)
        a_day()

        assert ran == ["daily:2026-11-23", "daily:2026-11-24"]

    def test_what_was_done_long_ago_is_tidied_away(self, bench: Bench, clock: SetClock, drain: Drain) -> None:
        bench.post()
        drain(bench.app)
        clock.advance(days=91)
        with bench.app.app_context():
            jobs.post_daily()

        drain(bench.app)

        assert bench.post(), "its key is free again"

    def test_what_a_handler_raised_is_not_kept_in_the_row(self, bench: Bench, drain: Drain) -> None:
        bench.failures = 1
        bench.post()

        drain(bench.app)

        assert bench.row().error == "RuntimeError"


class TestWokenByRedis(JobQueueContract):
    @pytest.fixture
    def waker(self, redis_server: RedisServer) -> jobs.Waker:
        with redis_server.client() as client:
            client.flushall()
        return RedisWaker(redis_server.url)

    @pytest.fixture
    def drain(self, redis_server: RedisServer) -> Drain:
        def drained(app: Flask) -> None:
            with app.app_context():
                worker(redis_server.url, threading.Event()).work(burst=True, logging_level="ERROR")

        return drained

    def test_messages_are_json_and_carry_the_rows_id_alone(self, bench: Bench, redis_server: RedisServer) -> None:
        bench.post(args={"person": "Tan Mei"})

        with redis_server.client() as client:
            [message] = Queue(QUEUE, connection=client, serializer=JSONSerializer).jobs
            raw = b"".join(client.hgetall(message.key).values())
        assert message.args == [bench.row().id]
        assert b"Tan Mei" not in raw

    def test_losing_redis_loses_no_job(
        self, bench: Bench, drain: Drain, redis_server: RedisServer, clock: SetClock
    ) -> None:
        bench.post()
        with redis_server.client() as client:
            client.flushall()
        drain(bench.app)
        assert bench.done == []

        clock.advance(minutes=2)
        assert bench.sweep() == 1
        drain(bench.app)

        assert len(bench.done) == 1

    def test_a_pickle_in_the_queue_runs_nothing(
        self, bench: Bench, drain: Drain, redis_server: RedisServer, tmp_path: Path
    ) -> None:
        planted = tmp_path / "planted"
        with redis_server.client() as client:
            Queue(QUEUE, connection=client).enqueue_call("os.mkdir", args=(str(planted),))
        bench.post()

        drain(bench.app)

        assert not planted.exists()
        assert len(bench.done) == 1, "the queue lives on"


def test_a_redis_that_is_away_does_not_fail_the_work() -> None:
    RedisWaker("redis://127.0.0.1:1/0").wake("some-row")

    with pytest.raises(Exception, match="Connection refused"):
        Redis.from_url("redis://127.0.0.1:1/0").ping()
