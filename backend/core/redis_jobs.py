"""Redis and RQ as the bell of the job rows: a message is a row's id in JSON, and any message may be lost."""

from __future__ import annotations

import logging
import threading
from types import FrameType

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker

from backend.core import jobs

log = logging.getLogger("singgah.redis")

QUEUE = "singgah"
LONGEST_JOB_S = int(jobs.LEASE.total_seconds())
BELL_TIMEOUT_S = 2


class RedisWaker:
    """Rings for a row. A Redis that is away is only noted: the sweep rings again."""

    def __init__(self, url: str) -> None:
        connection = Redis.from_url(url, socket_timeout=BELL_TIMEOUT_S, socket_connect_timeout=BELL_TIMEOUT_S)
        self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)

    def wake(self, job_id: str) -> None:
        """See jobs.Waker."""
        try:
            self._queue.enqueue_call(run, args=(job_id,), timeout=LONGEST_JOB_S, result_ttl=0, failure_ttl=3_600)
        except RedisError as away:
            log.warning("redis is away; the sweep will repeat", extra={"job": job_id, "why": type(away).__name__})


def run(job_id: str) -> None:
    """What an RQ worker does for a message: run the row in a context of its own, if it is still due."""
    # The worker stands in one application context for ever; a job must not share its session.
    with current_app._get_current_object().app_context():  # type: ignore[attr-defined] # the proxy hides it
        jobs.run_row(job_id)


class Worker(SimpleWorker):
    """An RQ worker in this process that says so when it is told to stop, since it also ends when Redis does."""

    told: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """SIGINT or SIGTERM: finish the job under way, then end."""
        self.told.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call] # RQ types it half


def worker(url: str, told: threading.Event) -> Worker:
    """A worker that takes JSON messages only (pickle could run what a stranger wrote into Redis)."""
    queue = Queue(QUEUE, connection=Redis.from_url(url), serializer=JSONSerializer)
    made = Worker([queue], connection=queue.connection, serializer=JSONSerializer)
    made.told = told
    return made
