"""What `singgah worker` runs: jobs, and the sweep that forgets none. One of the two modules that build at import.

Without REDIS_URL it looks at the rows itself; with it, RQ brings the ids. It ends only when it is told to.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

from redis.exceptions import RedisError
from rq.exceptions import StopRequested
from sqlalchemy.exc import SQLAlchemyError

from backend.app import create_app
from backend.backup import history
from backend.core import jobs, redis_jobs
from backend.core import log as logs
from backend.core.config import Config
from backend.core.sqlite import QueueFull

logs.configure()
config = Config.from_env(os.environ)
app = create_app(config)
log = logging.getLogger("singgah.worker")

POLL_S = 1.0
SWEEP_S = 30.0
AGAIN_S = 5.0

stop = threading.Event()


def main() -> None:
    """Work until SIGINT or SIGTERM; the job under way is finished first."""
    _listen_to_signals()
    sweeper = threading.Thread(target=_sweep_until_stopped, name="sweep")
    sweeper.start()
    log.info("worker begins", extra={"redis": config.redis_url is not None})
    if config.redis_url:
        _work_for_redis(config.redis_url)
    else:
        _poll()
    stop.set()
    sweeper.join()
    log.info("worker ends")


def _listen_to_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _asked_to_stop)


def _asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    stop.set()


def _poll() -> None:
    while not stop.is_set():
        stop.wait(0 if _do_one() else POLL_S)


def _do_one() -> bool:
    """Run one due row; whether there was one. A database that is away is waited for."""
    try:
        with app.app_context():
            return jobs.run_due(limit=1) > 0
    except (SQLAlchemyError, QueueFull):
        log.exception("the database does not answer; it is asked again")
        stop.wait(AGAIN_S)
        return False


def _sweep_until_stopped() -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                history.watch()
                jobs.post_daily()
                jobs.sweep()
        except (SQLAlchemyError, QueueFull, OSError):
            # OSError: the note of the database's history lies on a disk, which can be full.
            log.exception("the sweep failed; it is repeated")
        stop.wait(SWEEP_S)


def _work_for_redis(url: str) -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                redis_jobs.worker(url, stop).work(logging_level="WARNING")
        except RedisError:
            log.exception("redis does not answer; the rows are done without it")
        except StopRequested:
            log.info("told to stop between two jobs")
        # RQ has put its own listeners in place of ours.
        _listen_to_signals()
        while not stop.is_set() and _do_one():
            continue
        stop.wait(AGAIN_S)


if __name__ == "__main__":
    main()
