"""Shapes of a sign-off: the argument of `visit.sign`, an upload's arrival, and the wire value."""

from __future__ import annotations

from marshmallow import fields

from backend.core.fields import Sha256, Slug, optional
from backend.core.schema import ListOf, OneOf, Strict, Text, TimeText, Truth, Uuid7, Whole
from backend.signoff.documents import LOCALES, REASONS
from backend.signoff.record import OUTCOMES

STATES = ("accepted", "held")
ENVELOPE_PART = 45_000
"""Characters of base64url that a record of 32 KiB can need."""


class Envelope(Strict):
    """A flattened JWS (RFC 7515). What is inside is judged by the record's own law."""

    payload = Text(ENVELOPE_PART, required=True)
    protected = Text(700, required=True)
    signature = Text(100, required=True)


class VisitSignArgs(Strict):
    envelope = fields.Nested(Envelope, required=True)


class VisitGovernArgs(Strict):
    """Which of a visit's signatures governs, and why."""

    signoff = Uuid7(required=True)
    note = Text(500, **optional)


class MediaStoredArgs(Strict):
    """From the upload's end: the bytes of `sha256` are here. Width and height, in pixels, of a picture."""

    visit = Uuid7(required=True)
    sha256 = Sha256(required=True)
    readable = Truth(required=True)
    w = Whole(0, 100_000, **optional)
    h = Whole(0, 100_000, **optional)


class SignoffWire(Strict):
    visit = Uuid7(required=True)
    record = Uuid7(required=True)
    sha256 = Sha256(required=True)
    outcome = OneOf(*OUTCOMES, required=True)
    declined = OneOf(*REASONS, **optional)
    locale = OneOf(*LOCALES, required=True)
    received_at = TimeText(required=True)
    seq = Whole(1, required=True)
    flags = ListOf(Slug(), 20, required=True)
    state = OneOf(*STATES, required=True)
