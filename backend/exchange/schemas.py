"""The wire shapes of sync (sync.md 3.3, 3.4). Their fingerprints are kept in sync/protocol.json."""

from __future__ import annotations

from marshmallow import fields, validate

from backend.core.fields import Sha256
from backend.core.schema import Lenient, OneOf, Strict, Truth, Uuid7, Whole
from sync.outcome import Status
from sync.protocol import LIMITS

NONCE = validate.Length(1, 64)


class PushSchema(Strict):
    """Operations of one device with consecutive numbers from `first`. Each is a string and is never parsed here."""

    proto = Whole(required=True)
    schema = Whole(least=1, required=True)
    epoch = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))
    device = Uuid7(required=True)
    resume = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))
    nonce = fields.String(required=True, validate=NONCE)
    first = Whole(least=1, most=2**31 - 1, required=True)
    prev = Sha256(required=True)
    ops = fields.List(
        fields.String(), required=True, validate=validate.Length(max=LIMITS["push_operations"])
    )
    isolate = Truth(load_default=False)


class ResultSchema(Lenient):
    """How one operation ended; `seq` is null for held and rejected."""

    n = fields.Integer(required=True)
    id = fields.String(required=True, allow_none=True)
    status = OneOf(*Status, required=True)
    seq = fields.Integer(required=True, allow_none=True)
    code = fields.String()
    field = fields.String()
    conflict_id = fields.String()


class PushAnswerSchema(Lenient):
    """All operations up to `ack_n` have an outcome; up to `durable_n` they survive a restore."""

    epoch = fields.String(required=True)
    nonce = fields.String(required=True)
    resume = fields.String(required=True)
    ack_n = fields.Integer(required=True)
    durable_n = fields.Integer(required=True)
    durability = fields.String(required=True)
    seq = fields.Integer(required=True)
    directives = fields.List(fields.Dict(), required=True)
    results = fields.List(fields.Nested(ResultSchema), required=True)


class PullSchema(Strict):
    """What has changed behind `cursor` (null: everything)."""

    proto = Whole(required=True)
    schema = Whole(least=1, required=True)
    device = Uuid7(required=True)
    epoch = fields.String(required=True, allow_none=True, validate=validate.Length(1, 64))
    cursor = fields.String(required=True, allow_none=True, validate=validate.Length(1, 80))
    limit = Whole(least=1, load_default=LIMITS["pull_rows"])
    nonce = fields.String(required=True, validate=NONCE)


class ChangeSchema(Lenient):
    """A row at position `s`: `v` and no `del` while it lives, `del` when it is gone; `state` for kind scope."""

    s = fields.Integer(required=True)
    k = fields.String(required=True)
    id = fields.String(required=True)
    ver = fields.Integer(required=True)
    v = fields.Dict()
    state = OneOf("in", "out")
    # The wire's name is a word of Python's.
    gone = fields.Boolean(data_key="del")


class PullAnswerSchema(Lenient):
    """`head` is the feed's position at the snapshot; `sums` are checksums by visit on the last page."""

    nonce = fields.String(required=True)
    epoch = fields.String(required=True)
    cursor = fields.String(required=True)
    more = fields.Boolean(required=True)
    head = fields.Integer(required=True)
    journal = fields.String(required=True)
    ack_n = fields.Integer(required=True)
    durable_n = fields.Integer(required=True)
    durability = fields.String(required=True)
    min_app = fields.String(required=True)
    directives = fields.List(fields.Dict(), required=True)
    sums = fields.Dict(keys=fields.String(), values=fields.String())
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


class HeadSchema(Lenient):
    """Where the organisation's feed stands."""

    head = fields.Integer(required=True)
    epoch = fields.String(required=True)
