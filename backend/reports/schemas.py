"""Shapes of a report: the argument of its release, and its wire value."""

from __future__ import annotations

from backend.core.fields import Sha256, optional
from backend.core.schema import OneOf, Strict, Text, TimeText, Truth, Uuid7, Whole

STATES = ("waiting", "ready", "failed")


class ReportReleaseArgs(Strict):
    """A sealed and verified PDF, or why there is none (`fault`). `divergent`: what was signed is not what we have."""

    visit = Uuid7(required=True)
    revision = Whole(1, 1_000, required=True)
    number = Text(40, required=True)
    sha256 = Sha256(**optional)
    pages = Whole(1, 10_000, **optional)
    public_id = Text(40, **optional)
    state = OneOf("ready", "failed", required=True)
    fault = Text(500, **optional)
    divergent = Truth(load_default=False)


class ReportWire(Strict):
    visit = Uuid7(required=True)
    number = Text(40, required=True)
    revision = Whole(1, 1_000, required=True)
    state = OneOf(*STATES, required=True)
    sha256 = Sha256(**optional)
    pages = Whole(1, 10_000, **optional)
    public_id = Text(40, **optional)
    sealed_at = TimeText(**optional)
