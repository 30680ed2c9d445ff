"""Consoles hear that the feed has moved, and nothing else (decisions.md 24)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from backend.exchange import events, services
from tests.makers import House


@pytest.fixture
def lines(house: House) -> Iterator[Iterator[str]]:
    """A stream of the dispatcher's console, line after line as it comes."""
    browser = house.browser("dispatcher")
    answer = browser.get("/console/events", buffered=False)
    assert (answer.status_code, answer.content_type) == (200, "text/event-stream")
    with closing(answer):
        stream = (chunk.decode() for chunk in answer.iter_encoded())
        assert next(stream).startswith("retry:")
        yield stream
        stop(house)


def stop(house: House) -> None:
    with house.app.app_context():
        events.watch().stop()


def head_of(line: str) -> int:
    return json.loads(line.removeprefix("data: "))["head"]


def heard(stream: Iterator[str], wanted: int) -> int:
    """The first head that is at least `wanted`; lines that only keep the stream alive are passed over."""
    for line in stream:
        if line.startswith("data:") and head_of(line) >= wanted:
            return head_of(line)
    raise AssertionError("the stream ended")


def test_a_console_hears_of_a_change_by_its_position_alone(house, lines):
    house.visit()
    with house.app.app_context():
        wanted = services.head(house.org_id)

    assert heard(lines, wanted) == wanted


def test_a_console_hears_of_changes_that_another_process_made(house, lines):
    """Another process has its own memory: what it wrote is seen by the watching thread."""
    with house.app.app_context():
        before = services.head(house.org_id)
        known = house.app.extensions["singgah.heads"]
        silent = type(known)()
        house.app.extensions["singgah.heads"] = silent
    try:
        house.visit()
    finally:
        house.app.extensions["singgah.heads"] = known

    assert heard(lines, before + 1) > before


def test_a_stream_ends_when_the_process_is_told_to_stop(house, lines):
    reader = threading.Thread(target=list, args=[lines])
    reader.start()

    stop(house)

    reader.join(10)
    assert not reader.is_alive()


def test_a_stream_ends_by_itself_and_its_place_is_free_again(house, monkeypatch):
    monkeypatch.setattr(events, "LONGEST_S", 0.0)
    browser = house.browser("dispatcher")

    for _ in range(events.MOST_STREAMS + 1):
        answer = browser.get("/console/events")
        assert (answer.status_code, answer.data) == (200, b"retry: 5000\n\n")
        answer.close()


def test_one_stream_too_many_is_told_to_ask_from_time_to_time(house, monkeypatch):
    monkeypatch.setattr(events, "MOST_STREAMS", 0)

    answer = house.browser("dispatcher").get("/console/events", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.get_json()["code"]) == (503, "too_many_streams")
    assert answer.headers["Retry-After"] == "30"


def test_nobody_but_the_office_has_a_stream(house):
    assert house.browser("engineer").get("/console/events").status_code == 403
