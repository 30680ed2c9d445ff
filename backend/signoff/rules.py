"""Decisions about a record that verifies: where it stands in its device's chain and in time. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.signoff.record import SignoffRecord

CLOCK_TOLERANCE = timedelta(minutes=2)
"""A clock further off than this, after its own measured correction, is said so (sync.md 3.9)."""


def first_prev(device_id: str) -> str:
    """What the first record of a device names as the one before: the digest of the device's id."""
    return hashlib.sha256(device_id.encode()).hexdigest()


def continues(record: SignoffRecord, before: Sequence[Mapping[str, Any]], device_id: str) -> bool:
    """Whether the record follows one of `before`, the accepted records of its device with the number before its own."""
    if record.seq == 1:
        return record.prev == first_prev(device_id)
    return any(row["sha256"] == record.prev for row in before)


def claimed_at(record: SignoffRecord) -> datetime:
    """The tablet's clock corrected by the offset it had measured."""
    said = datetime.fromisoformat(record.signed_at)
    return said + timedelta(milliseconds=record.offset_ms or 0)


def signed_between(record: SignoffRecord, anchored_at: datetime | None, received: datetime) -> datetime:
    """The stated time within its bounds: not before the anchor, not after receipt (evidence.md 4.2)."""
    at = min(claimed_at(record), received)
    return at if anchored_at is None else max(at, anchored_at)


def clock_flags(record: SignoffRecord, anchored_at: datetime | None, received: datetime) -> list[str]:
    """`clock`: the tablet's time lies outside the bounds by more than two minutes."""
    at = claimed_at(record)
    early = anchored_at is not None and at < anchored_at - CLOCK_TOLERANCE
    return ["clock"] if early or at > received + CLOCK_TOLERANCE else []


def signed_choice(candidate_by: str, engineer: str) -> str:
    """Which of two open values the client signed: the engineer's tablet showed the engineer's own (decisions.md 12)."""
    return "candidate" if candidate_by == engineer else "current"


def differences(
    signed_runs: Sequence[Mapping[str, Any]], runs: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, str]]:
    """(run, item) where the signed answer is not the one the server has now. Unknown runs differ whole."""
    found = []
    for document in signed_runs:
        answers = runs.get(document["run"], {}).get("answers", {})
        for item in document["items"]:
            if item["type"] not in ("photo", "instruction", "computed") and item["value"] != answers.get(item["item"]):
                found.append((document["run"], item["item"]))
    return found
