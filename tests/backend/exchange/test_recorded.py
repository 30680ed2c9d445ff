"""Operations of every shipped version end as they did when they were recorded (I21)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from flask import Flask

from backend.core.clock import SetClock
from backend.exchange.handlers import rejected
from backend.exchange.registry import KEY
from sync.protocol import OPERATION_FINGERPRINTS
from tests.backend.exchange.recorded import read, replay


def differences(app: Flask, clock: SetClock) -> list[str]:
    page = read()
    ended = replay(app, clock, page)
    return [
        f"{json.loads(step['op'])['type']} {json.loads(step['op'])['id']} ended {step['ends']} and now {now}"
        for step, now in zip(page["steps"], ended, strict=True)
        if any(now.get(name) != value for name, value in step["ends"].items())
    ]


def test_every_recorded_operation_ends_as_it_did(app: Flask, clock: SetClock) -> None:
    """If this fails: what tablets in the field have written would mean something else. Make a new version instead."""
    assert differences(app, clock) == []


def with_handler(app: Flask, type_: str, change: Callable) -> None:
    registry = app.extensions[KEY]
    before = registry.operations[type_, 1]
    changed = replace(before, handle=change(before.handle))
    app.extensions[KEY] = replace(registry, operations={**registry.operations, (type_, 1): changed})


def test_a_handler_that_would_end_them_otherwise_is_found(app: Flask, clock: SetClock) -> None:
    with_handler(app, "remark.set", lambda handle: lambda work, op, args: rejected("invalid"))
    found = differences(app, clock)
    assert found and all("remark.set" in one for one in found[:1])


def test_a_handler_that_would_write_something_else_is_found(app: Flask, clock: SetClock) -> None:
    def shouting(handle):
        return lambda work, op, args: handle(work, op, {**args, "value": "fail"})

    with_handler(app, "answer.set", shouting)
    assert any("answer.set" in one for one in differences(app, clock))


def test_every_shipped_version_is_recorded() -> None:
    """If this fails: append steps of the new version, and `python -m tests.backend.exchange.recorded` ends them."""
    recorded = (json.loads(step["op"]) for step in read()["steps"])
    assert {f"{op['type']} {op['v']}" for op in recorded} == OPERATION_FINGERPRINTS.keys()


BY_REFUSAL = {
    # Their rows have ids that the server draws.
    "conflict.decide 1",
    "task.settle 1",
    # They need a signature over the journal's hash in the replay itself; tests/backend/signoff carries them out.
    "report.release 1",
    "visit.govern 1",
    "visit.settle 1",
    "visit.sign 1",
}


def test_every_shipped_version_is_carried_out_at_least_once_where_it_can_be() -> None:
    """If this fails: a step that is refused pins nothing of what its operation does. Append one that takes effect."""
    effects = {"applied", "merged", "conflict"}
    steps = [(json.loads(step["op"]), step["ends"].get("status")) for step in read()["steps"]]
    carried_out = {f"{op['type']} {op['v']}" for op, status in steps if status in effects}
    assert OPERATION_FINGERPRINTS.keys() - carried_out == BY_REFUSAL
