"""A record in its device's chain and in time; what was signed against what the server has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.signoff import rules
from backend.signoff.record import SignoffRecord, read_record
from tests.backend.signoff.signing import DEVICE, sign_off

AT = datetime.fromisoformat("2026-11-23T03:40:11.700Z")
"""What the sample record's clock says, corrected by its offset."""


def record(**changes: Any) -> SignoffRecord:
    return read_record(sign_off(**changes).payload)


def test_the_first_record_names_its_device_and_the_next_one_the_first() -> None:
    first = {**record_device(), "seq": 1, "prev": rules.first_prev(DEVICE)}
    assert rules.continues(record(device=first), [], DEVICE)
    assert not rules.continues(record(device={**first, "prev": "0" * 64}), [], DEVICE)
    assert rules.continues(record(), [{"sha256": record_device()["prev"]}], DEVICE)
    assert not rules.continues(record(), [{"sha256": "0" * 64}], DEVICE)
    assert not rules.continues(record(), [], DEVICE)


def record_device() -> dict[str, Any]:
    made = record()
    return {"jkt": made.jkt, "seq": made.seq, "prev": made.prev}


def test_the_stated_time_lies_between_anchor_and_receipt() -> None:
    one = timedelta(seconds=1)
    assert rules.signed_between(record(), None, AT + one) == AT
    assert rules.signed_between(record(), None, AT - one) == AT - one
    assert rules.signed_between(record(), AT + one, AT + 2 * one) == AT + one


def test_a_clock_is_named_beyond_two_minutes_on_either_side() -> None:
    two, more = timedelta(minutes=2), timedelta(minutes=2, milliseconds=1)
    assert rules.clock_flags(record(), AT + two, AT - two) == []
    assert rules.clock_flags(record(), None, AT - more) == ["clock"]
    assert rules.clock_flags(record(), AT + more, AT + 2 * more) == ["clock"]


def test_an_answer_that_differs_is_named_and_photos_are_not_answers() -> None:
    def item(name: str, kind: str, value: Any) -> dict[str, Any]:
        return {"item": name, "type": kind, "value": value}

    signed = [
        {
            "run": "r",
            "items": [item("a", "pass_fail", "pass"), item("b", "photo", None), item("c", "text", None)],
        }
    ]
    assert rules.differences(signed, {"r": {"answers": {"a": "pass", "b": "x"}}}) == []
    assert rules.differences(signed, {"r": {"answers": {"a": "fail"}}}) == [("r", "a")]
    assert rules.differences(signed, {"r": {"answers": {"a": "pass", "c": "new"}}}) == [("r", "c")]
    assert rules.differences(signed, {}) == [("r", "a")]
