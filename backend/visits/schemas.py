"""Shapes of visits and of what belongs to one: arguments of operations, and wire values (`…Wire`)."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema

from backend.core.fields import (
    Day,
    Flag,
    Identifier,
    Instant,
    Number,
    OneOf,
    Sha256,
    Shape,
    Slug,
    Text,
    Whole,
    listing,
    optional,
)
from backend.visits import rules

NOTE = 4000
MOST_ENGINEERS = 20
MOST_TICKETS = 50
MOST_MARKS = 500
MOST_PIXELS = 20_000
MOST_BYTES = 26_214_400


class Planned(Shape):
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)

    @validates_schema
    def _ends_after_it_starts(self, data: dict[str, str], **_: object) -> None:
        if "starts_at" in data and "ends_at" in data and data["ends_at"] <= data["starts_at"]:
            raise ValidationError("must be later than starts_at", "ends_at")


class VisitCreateArgs(Planned):
    number = Number("V", **optional)
    site = Identifier(required=True)
    title = Text(200, required=True)
    kind = OneOf(rules.KINDS, required=True)
    legal_entity = Identifier(**optional)
    briefing = Text(NOTE, lines=True, **optional)
    unplanned = Flag(load_default=False)


class VisitAssignArgs(Shape):
    engineers = listing(Identifier(), MOST_ENGINEERS, required=True)
    lead = Identifier(required=True, allow_none=True)

    @validates_schema
    def _lead_is_one_of_them(self, data: dict[str, object], **_: object) -> None:
        engineers, lead = data.get("engineers"), data.get("lead")
        if not isinstance(engineers, list):
            return
        if len(set(engineers)) != len(engineers):
            raise ValidationError("names somebody twice", "engineers")
        if (lead is None) != (not engineers) or (engineers and lead not in engineers):
            raise ValidationError("must be one of the engineers, and null without any", "lead")


class VisitEditArgs(Shape):
    """Partial."""

    title = Text(200, required=True)
    briefing = Text(NOTE, lines=True, **optional)


class VisitTicketArgs(Shape):
    ticket = Identifier(required=True)


class VisitCancelArgs(Shape):
    reason = Text(NOTE, lines=True, required=True)


class VisitMarkArgs(Shape):
    mark = OneOf(rules.MARKS, required=True)
    at = Instant(**optional)


class MarkWire(Shape):
    """`at` is the stated time; `confidence` says whose clock stated it."""

    id = Identifier(required=True)
    mark = OneOf(rules.MARKS, required=True)
    at = Instant(required=True)
    by = Identifier(required=True)
    confidence = OneOf(rules.LAW["confidences"], required=True)


class SignedWire(Shape):
    record = Identifier(required=True)
    at = Instant(required=True)
    outcome = Slug(required=True)
    sha256 = Sha256(required=True)


class VisitWire(Planned):
    number = Number("V", required=True)
    client = Identifier(required=True)
    client_name = Text(200, required=True)
    site = Identifier(required=True)
    site_name = Text(200, required=True)
    legal_entity = Identifier(**optional)
    title = Text(200, required=True)
    kind = OneOf(rules.KINDS, required=True)
    state = OneOf(rules.STATES, required=True)
    engineers = listing(Identifier(), MOST_ENGINEERS, required=True)
    lead = Identifier(**optional)
    tickets = listing(Identifier(), MOST_TICKETS, required=True)
    marks = listing(MarkWire, MOST_MARKS, required=True)
    flags = listing(OneOf(rules.FLAGS), len(rules.FLAGS), required=True)
    outcome = OneOf(rules.OUTCOMES, **optional)
    unplanned = Flag(required=True)
    cancel_reason = Text(NOTE, lines=True, **optional)
    briefing = Text(NOTE, lines=True, **optional)
    signed = fields.Nested(SignedWire, **optional)
    report = Identifier(**optional)


class PhotoPlace(Shape):
    """Where a photo belongs: a run and its item, a ticket, or the visit as a whole. Exactly one."""

    run = Identifier()
    item = Slug()
    ticket = Identifier()
    visit = Identifier()

    @validates_schema
    def _exactly_one(self, data: dict[str, str], **_: object) -> None:
        if set(data) not in ({"run", "item"}, {"ticket"}, {"visit"}):
            raise ValidationError("must be {run, item}, {ticket} or {visit}")


class PhotoAddArgs(Shape):
    visit = Identifier(required=True)
    on = fields.Nested(PhotoPlace, required=True)
    sha256 = Sha256(required=True)
    size = Whole(1, MOST_BYTES, required=True)
    w = Whole(1, MOST_PIXELS, required=True)
    h = Whole(1, MOST_PIXELS, required=True)
    caption = Text(300, **optional)
    visible = OneOf(rules.PHOTO_VISIBLE, required=True)
    taken_at = Instant(required=True)


class PhotoCaptionArgs(Shape):
    """`visible` may be changed with the caption; absent it stays."""

    caption = Text(300, required=True, allow_none=True)
    visible = OneOf(rules.PHOTO_VISIBLE)


class ReasonArgs(Shape):
    reason = Text(500, required=True)


class PhotoWire(PhotoAddArgs):
    state = OneOf(rules.LAW["photo_states"], required=True)
    by = Identifier(required=True)
    removed = Text(500, **optional)


class MediaStoredArgs(Shape):
    """From the upload's end: the bytes of `sha256` are here. Width and height only of a picture that can be read."""

    visit = Identifier(required=True)
    sha256 = Sha256(required=True)
    readable = Flag(required=True)
    w = Whole(0, 100_000, **optional)
    h = Whole(0, 100_000, **optional)


class TimeAddArgs(Shape):
    visit = Identifier(**optional)
    ticket = Identifier(**optional)
    kind = OneOf(rules.TIME_KINDS, required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(**optional)
    minutes = Whole(0, 14_400, required=True)
    note = Text(NOTE, lines=True, **optional)

    @validates_schema
    def _belongs_somewhere(self, data: dict[str, object], **_: object) -> None:
        if data.get("visit") is None and data.get("ticket") is None:
            raise ValidationError("time belongs to a visit, a ticket or both", "visit")
        ends, starts = data.get("ends_at"), data.get("starts_at")
        if isinstance(ends, str) and isinstance(starts, str) and ends < starts:
            raise ValidationError("must not be earlier than starts_at", "ends_at")


class TimeEntryWire(TimeAddArgs):
    person = Identifier(required=True)
    removed = Text(500, **optional)


class NoteAddArgs(Shape):
    visit = Identifier(required=True)
    text = Text(NOTE, lines=True, required=True)


class NoteWire(NoteAddArgs):
    by = Identifier(required=True)
    at = Instant(required=True)


class HistoryWire(Shape):
    site = Identifier(required=True)
    visit = Identifier(required=True)
    number = Number("V", required=True)
    on = Day(required=True)
    kind = OneOf(rules.KINDS, required=True)
    outcome = OneOf(rules.OUTCOMES, **optional)
    engineers = listing(Text(200), MOST_ENGINEERS, required=True)
    summary = Text(NOTE, lines=True, required=True)


class Nothing(Shape):
    """No arguments."""
