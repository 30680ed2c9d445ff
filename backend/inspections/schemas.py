"""Shapes of checklists, runs and readings: arguments of operations, and wire values (`…Wire`)."""

from __future__ import annotations

from marshmallow import fields

from backend.core.fields import (
    Identifier,
    Instant,
    OneOf,
    Sha256,
    Shape,
    Slug,
    Text,
    Whole,
    listing,
    mapping,
    optional,
)
from backend.directory.services import SITE_RULES
from checklists.definition import KINDS, MAX_ITEMS

NOTE = 4000
CHECKLIST_STATES = ("published", "retired")
LANGUAGE = 12
LAST_READINGS = 8


class ChecklistPublishArgs(Shape):
    """The native form (checklists README); the room `checklists` judges it whole."""

    definition = fields.Dict(keys=fields.String(), required=True)


class ChecklistWire(Shape):
    digest = Sha256(required=True)
    slug = Slug(required=True)
    title = mapping(fields.String(), Text(200), LANGUAGE, required=True)
    kind = OneOf(KINDS, required=True)
    definition = fields.Dict(keys=fields.String(), required=True)
    state = OneOf(CHECKLIST_STATES, required=True)


class AddRunArgs(Shape):
    run = Identifier(required=True)
    checklist = Sha256(required=True)
    asset = Identifier(required=True, allow_none=True)


class DropRunArgs(Shape):
    run = Identifier(required=True)
    reason = Text(500, required=True)


class AnswerSetArgs(Shape):
    """`value`: the canonical answer of checklists C3, null to clear."""

    item = Slug(required=True)
    value = fields.Raw(required=True, allow_none=True)


class RemarkSetArgs(Shape):
    """Null or empty takes the remark away."""

    item = Slug(required=True)
    text = Text(NOTE, lines=True, allow_none=True, load_default=None)


class WaiveArgs(Shape):
    """A site's rule stands in the way of a photo; a witness of the client says so (field.md A9)."""

    item = Slug(required=True)
    rule = OneOf(SITE_RULES, required=True)
    witness = Text(200, required=True)


class Waiver(Shape):
    rule = OneOf(SITE_RULES, required=True)
    witness = Text(200, required=True)


class Author(Shape):
    by = Identifier(required=True)
    at = Instant(required=True)


class RunWire(Shape):
    visit = Identifier(required=True)
    checklist = Sha256(required=True)
    asset = Identifier(**optional)
    answers = mapping(Slug(), fields.Raw(), MAX_ITEMS, required=True)
    remarks = mapping(Slug(), Text(NOTE, lines=True), MAX_ITEMS, required=True)
    waivers = mapping(Slug(), fields.Nested(Waiver), MAX_ITEMS, required=True)
    authors = mapping(Slug(), fields.Nested(Author), MAX_ITEMS, required=True)
    dropped = Text(500, **optional)
    position = Whole(0, 10_000, required=True)


class ReadingValue(Shape):
    at = Instant(required=True)
    value = Text(40, required=True)
    visit = Identifier(required=True)


class ReadingWire(Shape):
    site = Identifier(required=True)
    asset = Identifier(required=True)
    item = Slug(required=True)
    checklist_slug = Slug(required=True)
    label = mapping(fields.String(), Text(200), LANGUAGE, required=True)
    unit = Text(40, **optional)
    values = listing(ReadingValue, LAST_READINGS, required=True)


class Nothing(Shape):
    """No arguments."""
