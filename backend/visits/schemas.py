"""Shapes of visits and of what belongs to one: arguments of operations, and wire values (`…Wire`)."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validates_schema

from backend.core.fields import Number, Sha256, Slug, optional
from backend.core.schema import CivilDate, ListOf, OneOf, Strict, Text, TimeText, Truth, Uuid7, Whole
from backend.visits import rules

NOTE = 4000
MOST_ENGINEERS = 20
MOST_TICKETS = 50
MOST_MARKS = 500
MOST_PIXELS = 20_000
MOST_BYTES = 26_214_400


class Planned(Strict):
    starts_at = TimeText(required=True)
    ends_at = TimeText(required=True)

    @validates_schema
    def _ends_after_it_starts(self, data: dict[str, str], **_: object) -> None:
        if "starts_at" in data and "ends_at" in data and data["ends_at"] <= data["starts_at"]:
            raise ValidationError("must be later than starts_at", "ends_at")


class VisitCreateArgs(Planned):
    number = Number("V", **optional)
    site = Uuid7(required=True)
    title = Text(200, required=True)
    kind = OneOf(*rules.KINDS, required=True)
    legal_entity = Uuid7(**optional)
    briefing = Text(NOTE, lines=True, **optional)
    unplanned = Truth(load_default=False)


class VisitAssignArgs(Strict):
    engineers = ListOf(Uuid7(), MOST_ENGINEERS, required=True)
    lead = Uuid7(required=True, allow_none=True)

    @validates_schema
    def _lead_is_one_of_them(self, data: dict[str, object], **_: object) -> None:
        engineers, lead = data.get("engineers"), data.get("lead")
        if not isinstance(engineers, list):
            return
        if len(set(engineers)) != len(engineers):
            raise ValidationError("names somebody twice", "engineers")
        if (lead is None) != (not engineers) or (engineers and lead not in engineers):
            raise ValidationError("must be one of the engineers, and null without any", "lead")


class VisitEditArgs(Strict):
    """Partial."""

    title = Text(200, required=True)
    briefing = Text(NOTE, lines=True, **optional)


class VisitTicketArgs(Strict):
    ticket = Uuid7(required=True)


class VisitCancelArgs(Strict):
    reason = Text(NOTE, lines=True, required=True)


class VisitMarkArgs(Strict):
    mark = OneOf(*rules.MARKS, required=True)
    at = TimeText(**optional)


class MarkWire(Strict):
    """`at` is the stated time; `confidence` says whose clock stated it."""

    id = Uuid7(required=True)
    mark = OneOf(*rules.MARKS, required=True)
    at = TimeText(required=True)
    by = Uuid7(required=True)
    confidence = OneOf(*rules.LAW["confidences"], required=True)


class SignedWire(Strict):
    record = Uuid7(required=True)
    at = TimeText(required=True)
    outcome = Slug(required=True)
    sha256 = Sha256(required=True)


class VisitWire(Planned):
    number = Number("V", required=True)
    client = Uuid7(required=True)
    client_name = Text(200, required=True)
    site = Uuid7(required=True)
    site_name = Text(200, required=True)
    legal_entity = Uuid7(**optional)
    title = Text(200, required=True)
    kind = OneOf(*rules.KINDS, required=True)
    state = OneOf(*rules.STATES, required=True)
    engineers = ListOf(Uuid7(), MOST_ENGINEERS, required=True)
    lead = Uuid7(**optional)
    tickets = ListOf(Uuid7(), MOST_TICKETS, required=True)
    marks = ListOf(fields.Nested(MarkWire), MOST_MARKS, required=True)
    flags = ListOf(OneOf(*rules.FLAGS), len(rules.FLAGS), required=True)
    outcome = OneOf(*rules.OUTCOMES, **optional)
    unplanned = Truth(required=True)
    cancel_reason = Text(NOTE, lines=True, **optional)
    briefing = Text(NOTE, lines=True, **optional)
    signed = fields.Nested(SignedWire, **optional)
    report = Uuid7(**optional)


class PhotoPlace(Strict):
    """Where a photo belongs: a run and its item, a ticket, or the visit as a whole. Exactly one."""

    run = Uuid7()
    item = Slug()
    ticket = Uuid7()
    visit = Uuid7()

    @validates_schema
    def _exactly_one(self, data: dict[str, str], **_: object) -> None:
        if set(data) not in ({"run", "item"}, {"ticket"}, {"visit"}):
            raise ValidationError("must be {run, item}, {ticket} or {visit}")


class PhotoAddArgs(Strict):
    visit = Uuid7(required=True)
    on = fields.Nested(PhotoPlace, required=True)
    sha256 = Sha256(required=True)
    size = Whole(1, MOST_BYTES, required=True)
    w = Whole(1, MOST_PIXELS, required=True)
    h = Whole(1, MOST_PIXELS, required=True)
    caption = Text(300, **optional)
    visible = OneOf(*rules.PHOTO_VISIBLE, required=True)
    taken_at = TimeText(required=True)


class PhotoCaptionArgs(Strict):
    """`visible` may be changed with the caption; absent it stays."""

    caption = Text(300, required=True, allow_none=True)
    visible = OneOf(*rules.PHOTO_VISIBLE)


class ReasonArgs(Strict):
    reason = Text(500, required=True)


class PhotoWire(PhotoAddArgs):
    state = OneOf(*rules.LAW["photo_states"], required=True)
    by = Uuid7(required=True)
    removed = Text(500, **optional)


class TimeAddArgs(Strict):
    visit = Uuid7(**optional)
    ticket = Uuid7(**optional)
    kind = OneOf(*rules.TIME_KINDS, required=True)
    starts_at = TimeText(required=True)
    ends_at = TimeText(**optional)
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
    person = Uuid7(required=True)
    removed = Text(500, **optional)


class NoteAddArgs(Strict):
    visit = Uuid7(required=True)
    text = Text(NOTE, lines=True, required=True)


class NoteWire(NoteAddArgs):
    by = Uuid7(required=True)
    at = TimeText(required=True)


class HistoryWire(Strict):
    site = Uuid7(required=True)
    visit = Uuid7(required=True)
    number = Number("V", required=True)
    on = CivilDate(required=True)
    kind = OneOf(*rules.KINDS, required=True)
    outcome = OneOf(*rules.OUTCOMES, **optional)
    engineers = ListOf(Text(200), MOST_ENGINEERS, required=True)
    summary = Text(NOTE, lines=True, required=True)


TASKS = ("after_cancel", "late_scope", "divergent", "second_signature", "old_slot")
TASK_CHOICES = ("bill", "void", "keep", "seen", "governing")


class TaskSettleArgs(Strict):
    choice = OneOf(*TASK_CHOICES, required=True)
    note = Text(500, **optional)


class TaskWire(Strict):
    """Of the office alone: no tablet gets one."""

    visit = Uuid7(required=True)
    what = OneOf(*TASKS, required=True)
    state = OneOf("open", "settled", required=True)
    since = TimeText(required=True)
    choice = OneOf(*TASK_CHOICES, **optional)
    note = Text(500, **optional)
    signoff = Uuid7(**optional)
    settled_by = Uuid7(**optional)
    settled_at = TimeText(**optional)


class Nothing(Strict):
    """No arguments."""
