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
from sqlalchemy.exc import SQLAlchemyError

from backend.app import create_app
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
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _asked_to_stop)
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


def _asked_to_stop(_number: int, _frame: FrameType | None) -> None:
    stop.set()


def _poll() -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                did = jobs.run_due(limit=1)
        except (SQLAlchemyError, QueueFull):
            log.exception("the database does not answer")
            stop.wait(AGAIN_S)
        else:
            stop.wait(0 if did else POLL_S)


def _sweep_until_stopped() -> None:
    while not stop.is_set():
        try:
            with app.app_context():
                jobs.post_daily()
                jobs.sweep()
        except (SQLAlchemyError, QueueFull):
            log.exception("the sweep failed; it is repeated")
        stop.wait(SWEEP_S)


def _work_for_redis(url: str) -> None:
    while not stop.is_set():
        worker = redis_jobs.worker(url, stop)
        try:
            with app.app_context():
                worker.work(logging_level="WARNING")
        except RedisError:
            log.exception("redis does not answer; it is asked again")
        stop.wait(AGAIN_S)


if __name__ == "__main__":
    main()
