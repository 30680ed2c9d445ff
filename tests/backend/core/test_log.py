"""Logs: one JSON object a line, one trace through a request and its jobs."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from flask.testing import FlaskClient

from backend.core import log


def line_of(**extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "singgah.x", "msg": "it %s", "args": ("happened",), **extra})
    found: dict[str, object] = json.loads(log.Lines().format(record))
    return found


def test_a_line_is_json_with_its_extras_and_trace() -> None:
    with log.traced("t-1"):
        found = line_of(visit="v-1")

    assert (found["event"], found["room"], found["trace"], found["visit"]) == ("it happened", "singgah.x", "t-1", "v-1")
    assert log.trace() is None


def test_traces_nest_and_end() -> None:
    with log.traced("outer"):
        with log.traced("inner"):
            assert log.trace() == "inner"
        assert log.trace() == "outer"


def test_each_request_has_its_own_trace_and_one_line(own_client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "singgah.request"):
        traces = {own_client.get("/health").headers["X-Trace"] for _ in range(3)}

    assert len(traces) == 3
    assert log.trace() is None
    lines = [record for record in caplog.records if record.name == "singgah.request"]
    assert [(line.__dict__["door"], line.__dict__["status"]) for line in lines] == [("/health", 200)] * 3


def test_a_secret_in_a_request_is_not_in_its_line(own_client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        own_client.post("/api/v1/session", json={"sign_in": "tan.mei", "password": "hunter2hunter2"})

    said = "".join(log.Lines().format(record) for record in caplog.records)
    assert "/api/v1/session" in said
    assert "tan.mei" not in said
    assert "hunter2" not in said


def test_the_row_that_a_database_refused_is_in_no_line() -> None:
    said = 'null value in column "site"\nDETAIL:  Failing row contains (v-1, Tan Mei,\n+65 9123 4567).\nHINT:  none'
    try:
        raise ValueError(said)
    except ValueError as fault:
        try:
            raise RuntimeError("refused") from fault
        except RuntimeError:
            found = line_of(exc_info=sys.exc_info())["traceback"]

    assert "Tan Mei" not in str(found)
    assert "9123" not in str(found)
    assert "null value" in str(found)
    assert "HINT" in str(found)
    assert "refused" in str(found)
