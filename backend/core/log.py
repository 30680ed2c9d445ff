"""Logs as one JSON object a line, with one trace id from a request through its operations to their jobs.

Lines carry ids and numbers, never names, texts or secrets.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

from backend.core import clock

_trace: ContextVar[str | None] = ContextVar("trace", default=None)
WHOLE_ROWS = re.compile(r"\nDETAIL:.*?(?=\n+(?:CONTEXT:|HINT:|\[SQL|The above|During|Traceback)|\Z)", re.DOTALL)
"""What PostgreSQL says of a refused row is the row itself, names and texts and all."""
_encoded = json.JSONEncoder(default=str).encode
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class Lines(logging.Formatter):
    """A record as one line of JSON; what was given as `extra` becomes members."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            "event": record.getMessage(),
            "trace": trace(),
        }
        line.update({key: value for key, value in vars(record).items() if key not in _STANDARD})
        if record.exc_info:
            line["traceback"] = WHOLE_ROWS.sub("", self.formatException(record.exc_info))
        return _encoded(line)


def configure(level: int = logging.INFO) -> None:
    """Send the program's lines to standard error. Called by the programs, never by tests."""
    # Where in the source a line was written is in no line of ours: asking for it costs more than the line.
    logging._srcfile = None  # as the manual of `logging` has it under "Optimization"
    logging.logThreads = logging.logMultiprocessing = False  # the process stays: the web server's own lines name it
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def trace() -> str | None:
    """The id that joins the lines of one piece of work."""
    return _trace.get()


@contextmanager
def traced(identity: str | None) -> Iterator[None]:
    """Everything inside is logged under `identity`: a job continues the trace of the request that posted it."""
    token = _trace.set(identity)
    try:
        yield
    finally:
        _trace.reset(token)


def init_app(app: Flask) -> None:
    """Give each request its trace and one line at its end."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    g.trace_token = _trace.set(clock.random(8).hex())
    g.began = clock.stopwatch()


def _end(answer: Response) -> Response:
    answer.headers["X-Trace"] = trace() or ""
    if request.endpoint != "static":
        took = round((clock.stopwatch() - g.began) * 1000, 1) if "began" in g else None
        door = str(request.url_rule or "-")
        facts = {"method": request.method, "door": door, "status": answer.status_code, "ms": took}
        logging.getLogger("singgah.request").info("request", extra=facts)
    return answer


def _forget(_: BaseException | None) -> None:
    token = g.pop("trace_token", None)
    if token is not None:
        _trace.reset(token)
