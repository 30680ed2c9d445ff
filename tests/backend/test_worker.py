"""`singgah worker` as it runs: does what was posted, goes on through a lost Redis, and stops when it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from backend.core import jobs
from backend.core.config import Config
from backend.core.db import reading
from backend.core.jobs import JobRow
from tests.makers import build_app
from tests.services.program import Program
from tests.services.redis import RedisServer


def state_of_daily(program: Program) -> str | None:
    """The state of the day's tidying, which every worker posts when it begins."""
    config = Config.from_env({"DATA_DIR": str(program.data_dir), **program.settings})
    with build_app(config) as app, app.app_context(), reading() as session:
        return session.scalar(select(JobRow.state).where(JobRow.kind == "jobs.tidy"))


def run_until_done(program: Program) -> None:
    program.run("migrate")
    program.start_worker()
    assert program.worker is not None
    try:
        program.worker.wait_until(lambda: state_of_daily(program) == "done", "the day's tidying")
    finally:
        ended = program.worker.stop()
        program.worker = None
    assert ended == 0


def test_it_does_what_is_posted_and_stops_with_0(tmp_path: Path) -> None:
    run_until_done(Program(tmp_path))


def test_redis_wakes_it_too(tmp_path: Path, redis_server: RedisServer) -> None:
    run_until_done(Program(tmp_path, {"REDIS_URL": redis_server.url}))


def test_a_redis_that_is_away_ends_nothing_and_holds_up_no_job(tmp_path: Path) -> None:
    run_until_done(Program(tmp_path, {"REDIS_URL": "redis://127.0.0.1:1/0"}))


def test_it_refuses_a_database_that_is_not_migrated(tmp_path: Path) -> None:
    program = Program(tmp_path)
    program.start_worker()
    assert program.worker is not None

    assert program.worker.has_ended_within(30)
    assert program.worker.process.returncode == 1
    assert "singgah migrate" in program.worker.last_words()


@pytest.mark.parametrize("kind", ["jobs.tidy", "media.sweep", "report"])
def test_the_program_knows_the_jobs_it_posts(tmp_path: Path, kind: str) -> None:
    with build_app(Config.from_env({"DATA_DIR": str(tmp_path)})) as app:
        assert kind in app.extensions[jobs.KEY].handlers
