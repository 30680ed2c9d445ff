"""Shapes of the directory: arguments of its operations, and wire values of its kinds (`…Wire`)."""

from __future__ import annotations

from marshmallow import fields

from backend.core.fields import (
    Day,
    Email,
    Flag,
    Identifier,
    Instant,
    OneOf,
    Shape,
    Slug,
    Text,
    Whole,
    listing,
    mapping,
    optional,
)
from backend.directory import rules

NAME = 200
NOTE = 4000


class RecoveryKey(Shape):
    """The public half of the organisation's P-256 recovery key, as a JWK."""

    kty = OneOf(["EC"], required=True)
    crv = OneOf(["P-256"], required=True)
    x = Text(60, required=True)
    y = Text(60, required=True)


class OrganisationArgs(Shape):
    name = Text(NAME, required=True)
    demo = Flag(load_default=False)
    recovery_key = fields.Nested(RecoveryKey, allow_none=True, load_default=None)
    privacy_notice = Text(40, required=True)


class LegalEntityArgs(Shape):
    name = Text(NAME, required=True)
    registration = Text(60, **optional)
    tax_number = Text(60, **optional)
    address = Text(NOTE, lines=True, **optional)
    country = OneOf(rules.COUNTRIES, required=True)
    currency = Text(3, required=True)
    privacy_contact = Text(NAME, **optional)


class RegionArgs(Shape):
    code = Text(10, required=True)
    name = Text(NAME, required=True)
    address = Text(NOTE, lines=True, **optional)


class Holiday(Shape):
    date = Day(required=True)
    name = Text(NAME, required=True)


class CalendarVersion(Shape):
    """`weekend`: days of the week, 0 is Monday. `known_at` is set by the server."""

    effective_from = Day(required=True)
    known_at = Instant(**optional)
    weekend = listing(Whole(0, 6), 7, required=True)
    days = listing(Holiday, 400, required=True)


class CalendarArgs(Shape):
    code = Text(10, required=True)
    name = Text(NAME, required=True)
    versions = listing(CalendarVersion, 100, required=True)


class PersonWire(Shape):
    name = Text(NAME, required=True)
    skills = listing(Text(60), 60, load_default=list)
    base = Identifier(**optional)
    employer = Identifier(**optional)
    active = Flag(load_default=True)


class PersonArgs(PersonWire):
    email = Email(**optional)
    phone = Text(40, **optional)


class ClientEntity(Shape):
    name = Text(NAME, required=True)
    registration = Text(60, **optional)


class ClientWire(Shape):
    name = Text(NAME, required=True)


class ClientArgs(ClientWire):
    group = Identifier(**optional)
    registration = Text(60, **optional)
    entities = listing(ClientEntity, 100, load_default=list)
    status = OneOf(rules.CLIENT_STATES, load_default="active")
    notes = Text(NOTE, lines=True, **optional)
    language = OneOf(rules.LANGUAGES, load_default="en")


class SiteArgs(Shape):
    client = Identifier(required=True)
    name = Text(NAME, required=True)
    address = Text(NOTE, lines=True, **optional)
    district = Text(120, **optional)
    region = Identifier(**optional)
    calendar = Identifier(**optional)
    access_notes = Text(NOTE, lines=True, **optional)
    opening_hours = Text(300, **optional)
    rules = listing(OneOf(rules.SITE_RULES), 20, load_default=list)
    phone = Text(40, **optional)
    sheet = mapping(Slug(), Text(1000, lines=True), 40, load_default=dict)


class SiteWire(SiteArgs):
    client_name = Text(NAME, required=True)


class ContactArgs(Shape):
    site = Identifier(required=True)
    name = Text(NAME, required=True)
    capacity = Text(120, **optional)
    email = Email(**optional)
    phone = Text(40, **optional)
    language = OneOf(rules.LANGUAGES, load_default="en")
    may_sign = Flag(load_default=False)


class ContactWire(ContactArgs):
    client = Identifier(required=True)
    active = Flag(required=True)


class AssetFacts(Shape):
    """What `asset.edit` may change; the site changes by `asset.move`, the stage by `asset.stage`."""

    type = Slug(required=True)
    tag = Text(60, **optional)
    serial = Text(120, **optional)
    maker = Text(120, **optional)
    model = Text(120, **optional)
    name = Text(NAME, required=True)
    place = Text(NAME, **optional)
    warranty_until = Day(**optional)
    end_of_support = Day(**optional)


class AssetArgs(AssetFacts):
    site = Identifier(required=True)
    stage = OneOf(rules.STAGES, load_default="in_service")


class AssetWire(AssetArgs):
    client = Identifier(required=True)


class AssetMoveArgs(Shape):
    site = Identifier(required=True)
    place = Text(NAME, **optional)


class AssetStageArgs(Shape):
    stage = OneOf(rules.STAGES, required=True)


class Targets(Shape):
    """Minutes of coverage time; null: no such target."""

    response = Whole(1, 600_000, **optional)
    attendance = Whole(1, 600_000, **optional)
    restored = Whole(1, 600_000, **optional)
    resolved = Whole(1, 600_000, **optional)


class Money(Shape):
    """Integer minor units with a currency (field.md E4)."""

    minor = Whole(-(2**53) + 1, required=True)
    currency = Text(3, required=True)


class Rate(Shape):
    hours = OneOf(rules.HOUR_CLASSES, required=True)
    money = fields.Nested(Money, required=True)


class AgreementVersion(Shape):
    """`windows`: coverage grammar per priority. `pauses`: which waiting stops the clocks. `included`: counts per year."""

    effective_from = Day(required=True)
    known_at = Instant(**optional)
    windows = mapping(OneOf(rules.PRIORITIES), Text(300), 4, required=True)
    targets = mapping(OneOf(rules.PRIORITIES), fields.Nested(Targets), 4, required=True)
    pauses = mapping(OneOf(rules.WAITING), Flag(), 4, load_default=dict)
    included = mapping(OneOf(rules.INCLUDED), Whole(0, 100_000), 3, load_default=dict)
    rates = listing(Rate, 20, load_default=list)


class AgreementArgs(Shape):
    number = Text(40, required=True)
    client = Identifier(required=True)
    legal_entity = Identifier(required=True)
    name = Text(NAME, required=True)
    starts_on = Day(required=True)
    ends_on = Day(**optional)
    versions = listing(AgreementVersion, 100, required=True)


class CoverageWire(Shape):
    site = Identifier(required=True)
    agreement = Identifier(required=True)
    number = Text(40, required=True)
    client = Identifier(required=True)
    windows = mapping(OneOf(rules.PRIORITIES), Text(300), 4, required=True)
    targets = mapping(OneOf(rules.PRIORITIES), fields.Nested(Targets), 4, required=True)
    until = Day(**optional)


class Nothing(Shape):
    """No arguments."""
