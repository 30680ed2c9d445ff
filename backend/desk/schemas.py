"""Shapes of tickets: arguments of their operations, and their wire value."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema

from backend.core.fields import MapOf, Number, Slug, optional
from backend.core.schema import ListOf, OneOf, Strict, Text, TimeText, Truth, Uuid7
from backend.desk import rules

NOTE = 4000
MOST_NOTES = 200
"""Notes, lines and events of one ticket: it must fit into a page of the feed."""


class CameFrom(Strict):
    """The finding that a follow-up came from."""

    visit = Uuid7(required=True)
    run = Uuid7(**optional)
    item = Slug(**optional)


class TicketFacts(Strict):
    """What may be changed by `ticket.edit`."""

    asset = Uuid7(**optional)
    title = Text(200, required=True)
    description = Text(NOTE, lines=True, **optional)
    impact = OneOf(*rules.LEVELS, load_default="medium")
    urgency = OneOf(*rules.LEVELS, load_default="medium")
    category = OneOf(*rules.CATEGORIES, load_default="helpdesk")
    reporter = Text(200, **optional)
    down_from = TimeText(**optional)
    usable_at = TimeText(**optional)
    data_lost = Text(200, **optional)


class TicketCreateArgs(TicketFacts):
    number = Number("T", **optional)
    kind = OneOf(*rules.KINDS, required=True)
    site = Uuid7(required=True)
    channel = OneOf(*rules.CHANNELS, required=True)
    came_from = fields.Nested(CameFrom, **optional)
    walk_up = Truth(load_default=False)
    opened_at = TimeText(**optional)


class TicketEditArgs(TicketFacts):
    """Partial. A priority of its own, against impact × urgency, needs its reason."""

    priority = OneOf(*rules.PRIORITIES)
    reason = Text(500)

    @validates_schema
    def _override_has_reason(self, data: dict[str, object], **_: object) -> None:
        if "priority" in data and not data.get("reason"):
            raise ValidationError("a priority of its own needs a reason", "reason")


class TicketAssignArgs(Strict):
    assignee = Uuid7(required=True, allow_none=True)


class TicketWaitArgs(Strict):
    reason = OneOf(*rules.WAITING, required=True)
    note = Text(NOTE, lines=True, **optional)


class TicketEscalateArgs(Strict):
    tier = OneOf(*rules.TIERS, required=True)
    note = Text(NOTE, lines=True, required=True)


class TicketRestoreArgs(Strict):
    at = TimeText(required=True)


class TicketResolveArgs(Strict):
    cause = Text(NOTE, lines=True, required=True)
    action = Text(NOTE, lines=True, required=True)
    prevention = Text(NOTE, lines=True, **optional)
    at = TimeText(**optional)


class TicketReopenArgs(Strict):
    reason = Text(NOTE, lines=True, required=True)


class TicketMergeArgs(Strict):
    into = Uuid7(required=True)


class TicketNoteArgs(Strict):
    note = Uuid7(required=True)
    text = Text(NOTE, lines=True, required=True)
    visible = OneOf(*rules.NOTE_VISIBLE, required=True)


class TicketTimelineArgs(Strict):
    text = Text(NOTE, lines=True, required=True)
    who = Text(200, **optional)
    at = TimeText(**optional)


class Nothing(Strict):
    """No arguments."""


class NoteWire(Strict):
    id = Uuid7(required=True)
    at = TimeText(required=True)
    by = Uuid7(required=True)
    text = Text(NOTE, lines=True, required=True)
    visible = OneOf(*rules.NOTE_VISIBLE, required=True)


class TimelineWire(Strict):
    at = TimeText(required=True)
    who = Text(200, **optional)
    text = Text(NOTE, lines=True, required=True)


class EventWire(Strict):
    """One change: `was` and `now` hold the changed fields only. `by` is null for a job."""

    at = TimeText(required=True)
    by = Uuid7(**optional)
    deed = Slug(required=True)
    was = MapOf(Slug(), fields.Raw(allow_none=True), 12, required=True)
    now = MapOf(Slug(), fields.Raw(allow_none=True), 12, required=True)
    reason = Text(NOTE, lines=True, **optional)


class TicketWire(TicketFacts):
    number = Number("T", required=True)
    kind = OneOf(*rules.KINDS, required=True)
    site = Uuid7(required=True)
    client = Uuid7(required=True)
    priority = OneOf(*rules.PRIORITIES, required=True)
    state = OneOf(*rules.STATES, required=True)
    tier = OneOf(*rules.TIERS, required=True)
    channel = OneOf(*rules.CHANNELS, required=True)
    assignee = Uuid7(**optional)
    opened_at = TimeText(required=True)
    first_response_at = TimeText(**optional)
    resolved_at = TimeText(**optional)
    restored_at = TimeText(**optional)
    waiting_for = OneOf(*rules.WAITING, **optional)
    cause = Text(NOTE, lines=True, **optional)
    action = Text(NOTE, lines=True, **optional)
    prevention = Text(NOTE, lines=True, **optional)
    repeat_key = Text(120, **optional)
    came_from = fields.Nested(CameFrom, **optional)
    walk_up = Truth(required=True)
    notes = ListOf(fields.Nested(NoteWire), MOST_NOTES, required=True)
    timeline = ListOf(fields.Nested(TimelineWire), MOST_NOTES, required=True)
    events = ListOf(fields.Nested(EventWire), MOST_NOTES, required=True)
