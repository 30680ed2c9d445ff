"""Shapes of identity's doors under /api/v1."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.core.schema import Lenient, OneOf, Strict, Text, Truth, UtcTime, Uuid7, Whole
from backend.identity import statement

FARTHEST_CLOCK = 4 * 10**12
"""Milliseconds, some 126 years: a tablet's clock may be as wrong as it likes, but it is a number."""
LINES = (
    "visits", "checklists", "photos", "sums", "installed", "persisted", "room", "controlled", "version", "clock",
    "storage", "unsent", "signed_in", "contact", "battery",
)  # fmt: skip
"""The lines of the departure check, in its order."""


class SignIn(Strict):
    """POST /session."""

    sign_in = Text(200, required=True)
    password = fields.String(required=True)


class Jwk(Strict):
    """The public half of a P-256 key; browsers add `ext` and `key_ops`, which say nothing here."""

    kty = OneOf("EC", required=True)
    crv = OneOf("P-256", required=True)
    x = Text(43, required=True)
    y = Text(43, required=True)
    ext = Truth()
    key_ops = fields.List(fields.String())


class SessionView(Lenient):
    """A living session. `session_hash` is the `ath` of device proofs; to `recovery_key` a tablet seals its data key and
    rescue files; orders to it are signed by `statement_key`.
    """

    account = fields.String()
    person = fields.String()
    organisation = fields.String()
    roles = fields.List(fields.String())
    session_hash = fields.String()
    recovery_key = fields.Nested(Jwk)
    statement_key = fields.Nested(Jwk)
    ends = UtcTime()


class Enrol(Strict):
    """POST /devices."""

    device = Uuid7(required=True)
    jwk = fields.Nested(Jwk, required=True)
    name = Text(80, required=True)
    standalone = Truth(required=True)
    persisted = Truth(required=True)
    storage_mb = Whole(0, 1_000_000_000, required=True, allow_none=True)


class DeviceView(Lenient):
    """A device as its owner's tablet sees it."""

    device = fields.String(attribute="id")
    code = fields.String()
    status = fields.String()
    jkt = fields.String()
    organisation = fields.String(attribute="org_id")


class OwnDevice(Lenient):
    """A tablet of one's own, for one whose storage was emptied: what the server has of what it sent.

    `received` is the number of operations that came; they came without a gap, so what is missing are later ones alone.
    """

    device = fields.String(attribute="id")
    code = fields.String()
    status = fields.String()
    received = fields.Integer()
    last_seen = UtcTime(allow_none=True)


class OwnDevices(Lenient):
    """GET /devices: the newest first."""

    devices = fields.List(fields.Nested(OwnDevice))


class StatementView(Lenient):
    """GET /devices/<id>/statement: a compact JWS by the server (statement.py); a tablet keeps it as it is."""

    statement = fields.String()


class Readmit(Strict):
    """POST /devices/readmit."""

    statement = Text(statement.LONGEST, required=True)


class Recover(Strict):
    """POST /devices/<id>/recover: a key as the tablet sealed it for the organisation (envelopes.py)."""

    epk = fields.Nested(Jwk, required=True)
    iv = Text(16, required=True)
    ct = Text(1_000, required=True)


class RecoveredView(Lenient):
    """Its answer: the key in base64url, and the public key of the device."""

    key = fields.String()
    jwk = fields.Nested(Jwk)


class Report(Strict):
    """POST /devices/<id>/state: what a tablet says of itself. `offset_ms`: the server's clock minus its own, null
    before it heard any; `free_mb` null where the browser does not say; `made_n`: its newest operation; `lacking`: the
    lines of its departure check that are not good, by name.
    """

    app = Text(40, required=True)
    standalone = Truth(required=True)
    persisted = Truth(required=True)
    controlled = Truth(required=True)
    free_mb = Whole(0, 1_000_000_000, required=True, allow_none=True)
    offset_ms = Whole(-FARTHEST_CLOCK, FARTHEST_CLOCK, required=True, allow_none=True)
    made_n = Whole(0, 2**31 - 1, required=True)
    unsent = Whole(0, 2**31 - 1, required=True)
    photos = Whole(0, 1_000_000, required=True)
    photo_bytes = Whole(0, 2**53 - 1, required=True)
    readiness = OneOf("ready", "doubtful", "not_ready", required=True)
    lacking = fields.List(OneOf(*LINES), required=True, validate=validate.Length(max=len(LINES)))


class Wiped(Strict):
    """POST /devices/<id>/wiped: a compact JWS by the device's key."""

    confirmation = fields.String(required=True, validate=validate.Length(1, 4_096))


class DeviceWord(Lenient):
    """What the server has to say to a tablet that spoke for itself."""

    status = fields.String()
    directives = fields.List(fields.Dict())
