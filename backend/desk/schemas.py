"""Shapes of tickets: arguments of their operations, and their wire value."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema

from backend.core.fields import (
    Flag,
    Identifier,
    Instant,
    Number,
    OneOf,
    Shape,
    Slug,
    Text,
    listing,
    mapping,
    optional,
)
from backend.desk import rules

NOTE = 4000
MOST_NOTES = 500


class CameFrom(Shape):
    """The finding that a follow-up came from."""

    visit = Identifier(required=True)
    run = Identifier(**optional)
    item = Slug(**optional)


class TicketFacts(Shape):
    """What may be changed by `ticket.edit`."""

    asset = Identifier(**optional)
    title = Text(200, required=True)
    description = Text(NOTE, lines=True, **optional)
    impact = OneOf(rules.LEVELS, load_default="medium")
    urgency = OneOf(rules.LEVELS, load_default="medium")
    category = OneOf(rules.CATEGORIES, load_default="helpdesk")
    reporter = Text(200, **optional)
    down_from = Instant(**optional)
    usable_at = Instant(**optional)
    data_lost = Text(200, **optional)


class TicketCreateArgs(TicketFacts):
    number = Number("T", **optional)
    kind = OneOf(rules.KINDS, required=True)
    site = Identifier(required=True)
    channel = OneOf(rules.CHANNELS, required=True)
    came_from = fields.Nested(CameFrom, **optional)
    walk_up = Flag(load_default=False)
    opened_at = Instant(**optional)


class TicketEditArgs(TicketFacts):
    """Partial. A priority of its own, against impact × urgency, needs its reason."""

    priority = OneOf(rules.PRIORITIES)
    reason = Text(500)

    @validates_schema
    def _override_has_reason(self, data: dict[str, object], **_: object) -> None:
        if "priority" in data and not data.get("reason"):
            raise ValidationError("a priority of its own needs a reason", "reason")


class TicketAssignArgs(Shape):
    assignee = Identifier(required=True, allow_none=True)


class TicketWaitArgs(Shape):
    reason = OneOf(rules.WAITING, required=True)
    note = Text(NOTE, lines=True, **optional)


class TicketEscalateArgs(Shape):
    tier = OneOf(rules.TIERS, required=True)
    note = Text(NOTE, lines=True, required=True)


class TicketRestoreArgs(Shape):
    at = Instant(required=True)


class TicketResolveArgs(Shape):
    cause = Text(NOTE, lines=True, required=True)
    action = Text(NOTE, lines=True, required=True)
    prevention = Text(NOTE, lines=True, **optional)
    at = Instant(**optional)


class TicketReopenArgs(Shape):
    reason = Text(NOTE, lines=True, required=True)


class TicketMergeArgs(Shape):
    into = Identifier(required=True)


class TicketNoteArgs(Shape):
    note = Identifier(required=True)
    text = Text(NOTE, lines=True, required=True)
    visible = OneOf(rules.NOTE_VISIBLE, required=True)


class TicketTimelineArgs(Shape):
    text = Text(NOTE, lines=True, required=True)
    who = Text(200, **optional)
    at = Instant(**optional)


class Nothing(Shape):
    """No arguments."""


class NoteWire(Shape):
    id = Identifier(required=True)
    at = Instant(required=True)
    by = Identifier(required=True)
    text = Text(NOTE, lines=True, required=True)
    visible = OneOf(rules.NOTE_VISIBLE, required=True)


class TimelineWire(Shape):
    at = Instant(required=True)
    who = Text(200, **optional)
    text = Text(NOTE, lines=True, required=True)


class EventWire(Shape):
    """One change: `was` and `now` hold the changed fields only. `by` is null for a job."""

    at = Instant(required=True)
    by = Identifier(**optional)
    deed = Slug(required=True)
    was = mapping(Slug(), fields.Raw(allow_none=True), 12, required=True)
    now = mapping(Slug(), fields.Raw(allow_none=True), 12, required=True)
    reason = Text(NOTE, lines=True, **optional)


class TicketWire(TicketFacts):
    number = Number("T", required=True)
    kind = OneOf(rules.KINDS, required=True)
    site = Identifier(required=True)
    client = Identifier(required=True)
    priority = OneOf(rules.PRIORITIES, required=True)
    state = OneOf(rules.STATES, required=True)
    tier = OneOf(rules.TIERS, required=True)
    channel = OneOf(rules.CHANNELS, required=True)
    assignee = Identifier(**optional)
    opened_at = Instant(required=True)
    first_response_at = Instant(**optional)
    resolved_at = Instant(**optional)
    restored_at = Instant(**optional)
    waiting_for = OneOf(rules.WAITING, **optional)
    cause = Text(NOTE, lines=True, **optional)
    action = Text(NOTE, lines=True, **optional)
    prevention = Text(NOTE, lines=True, **optional)
    repeat_key = Text(120, **optional)
    came_from = fields.Nested(CameFrom, **optional)
    walk_up = Flag(required=True)
    notes = listing(NoteWire, MOST_NOTES, required=True)
    timeline = listing(TimelineWire, MOST_NOTES, required=True)
    events = listing(EventWire, MOST_NOTES, required=True)
