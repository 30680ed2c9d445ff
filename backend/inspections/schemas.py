"""Shapes of checklists, runs and readings: arguments of operations, and wire values (`…Wire`)."""

from __future__ import annotations

from marshmallow import fields

from backend.core.fields import MapOf, Sha256, Slug, optional
from backend.core.schema import ListOf, OneOf, Strict, Text, TimeText, Uuid7, Whole
from backend.directory.services import SITE_RULES
from checklists.definition import KINDS, MAX_ITEMS

NOTE = 4000
CHECKLIST_STATES = ("published", "retired")
LANGUAGE = 12
LAST_READINGS = 8


class ChecklistPublishArgs(Strict):
    """The native form (checklists README); the room `checklists` judges it whole."""

    definition = fields.Dict(keys=fields.String(), required=True)


class ChecklistWire(Strict):
    digest = Sha256(required=True)
    slug = Slug(required=True)
    title = MapOf(fields.String(), Text(200), LANGUAGE, required=True)
    kind = OneOf(*KINDS, required=True)
    definition = fields.Dict(keys=fields.String(), required=True)
    state = OneOf(*CHECKLIST_STATES, required=True)


class AddRunArgs(Strict):
    run = Uuid7(required=True)
    checklist = Sha256(required=True)
    asset = Uuid7(required=True, allow_none=True)


class DropRunArgs(Strict):
    run = Uuid7(required=True)
    reason = Text(500, required=True)


class AnswerSetArgs(Strict):
    """`value`: the canonical answer of checklists C3, null to clear."""

    item = Slug(required=True)
    value = fields.Raw(required=True, allow_none=True)


class RemarkSetArgs(Strict):
    """Null or empty takes the remark away."""

    item = Slug(required=True)
    text = Text(NOTE, lines=True, allow_none=True, load_default=None)


class WaiveArgs(Strict):
    """A site's rule stands in the way of a photo; a witness of the client says so (field.md A9)."""

    item = Slug(required=True)
    rule = OneOf(*SITE_RULES, required=True)
    witness = Text(200, required=True)


class Waiver(Strict):
    rule = OneOf(*SITE_RULES, required=True)
    witness = Text(200, required=True)


class Author(Strict):
    by = Uuid7(required=True)
    at = TimeText(required=True)


class RunWire(Strict):
    visit = Uuid7(required=True)
    checklist = Sha256(required=True)
    asset = Uuid7(**optional)
    answers = MapOf(Slug(), fields.Raw(), MAX_ITEMS, required=True)
    remarks = MapOf(Slug(), Text(NOTE, lines=True), MAX_ITEMS, required=True)
    waivers = MapOf(Slug(), fields.Nested(Waiver), MAX_ITEMS, required=True)
    authors = MapOf(Slug(), fields.Nested(Author), MAX_ITEMS, required=True)
    dropped = Text(500, **optional)
    position = Whole(0, 10_000, required=True)


class ReadingValue(Strict):
    at = TimeText(required=True)
    value = Text(40, required=True)
    visit = Uuid7(required=True)


class ReadingWire(Strict):
    site = Uuid7(required=True)
    asset = Uuid7(required=True)
    item = Slug(required=True)
    checklist_slug = Slug(required=True)
    label = MapOf(fields.String(), Text(200), LANGUAGE, required=True)
    unit = Text(40, **optional)
    values = ListOf(fields.Nested(ReadingValue), LAST_READINGS, required=True)


class Nothing(Strict):
    """No arguments."""
