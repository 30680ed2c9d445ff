"""Shapes of the directory: arguments of its operations, and wire values of its kinds (`…Wire`)."""

from __future__ import annotations

from marshmallow import fields

from backend.core.fields import Currency, Email, MapOf, Slug, optional
from backend.core.schema import CivilDate, ListOf, Money, OneOf, Strict, Text, TimeText, Truth, Uuid7, Whole
from backend.directory import rules

NAME = 200
NOTE = 4000


class RecoveryKey(Strict):
    """The public half of the organisation's P-256 recovery key, as a JWK."""

    kty = OneOf("EC", required=True)
    crv = OneOf("P-256", required=True)
    x = Text(60, required=True)
    y = Text(60, required=True)


class OrganisationArgs(Strict):
    name = Text(NAME, required=True)
    demo = Truth(load_default=False)
    recovery_key = fields.Nested(RecoveryKey, allow_none=True, load_default=None)
    privacy_notice = Text(40, required=True)


class LegalEntityArgs(Strict):
    name = Text(NAME, required=True)
    registration = Text(60, **optional)
    tax_number = Text(60, **optional)
    address = Text(NOTE, lines=True, **optional)
    country = OneOf(*rules.COUNTRIES, required=True)
    currency = Currency(required=True)
    privacy_contact = Text(NAME, **optional)


class RegionArgs(Strict):
    code = Text(10, required=True)
    name = Text(NAME, required=True)
    address = Text(NOTE, lines=True, **optional)


class Holiday(Strict):
    date = CivilDate(required=True)
    name = Text(NAME, required=True)


class CalendarVersion(Strict):
    """`weekend`: days of the week, 0 is Monday. `known_at` is set by the server."""

    effective_from = CivilDate(required=True)
    known_at = TimeText(**optional)
    weekend = ListOf(Whole(0, 6), 7, required=True)
    days = ListOf(fields.Nested(Holiday), 400, required=True)


class CalendarArgs(Strict):
    code = Text(10, required=True)
    name = Text(NAME, required=True)
    versions = ListOf(fields.Nested(CalendarVersion), 100, required=True)


class PersonWire(Strict):
    name = Text(NAME, required=True)
    skills = ListOf(Text(60), 60, load_default=list)
    base = Uuid7(**optional)
    employer = Uuid7(**optional)
    active = Truth(load_default=True)


class PersonArgs(PersonWire):
    email = Email(**optional)
    phone = Text(40, **optional)


class ClientEntity(Strict):
    name = Text(NAME, required=True)
    registration = Text(60, **optional)


class ClientWire(Strict):
    name = Text(NAME, required=True)


class ClientArgs(ClientWire):
    group = Uuid7(**optional)
    registration = Text(60, **optional)
    entities = ListOf(fields.Nested(ClientEntity), 100, load_default=list)
    status = OneOf(*rules.CLIENT_STATES, load_default="active")
    notes = Text(NOTE, lines=True, **optional)
    language = OneOf(*rules.LANGUAGES, load_default="en")


class SiteArgs(Strict):
    client = Uuid7(required=True)
    name = Text(NAME, required=True)
    address = Text(NOTE, lines=True, **optional)
    district = Text(120, **optional)
    region = Uuid7(**optional)
    calendar = Uuid7(**optional)
    access_notes = Text(NOTE, lines=True, **optional)
    opening_hours = Text(300, **optional)
    rules = ListOf(OneOf(*rules.SITE_RULES), 20, load_default=list)
    phone = Text(40, **optional)
    sheet = MapOf(Slug(), Text(1000, lines=True), 40, load_default=dict)


class SiteWire(SiteArgs):
    client_name = Text(NAME, required=True)


class ContactArgs(Strict):
    site = Uuid7(required=True)
    name = Text(NAME, required=True)
    capacity = Text(120, **optional)
    email = Email(**optional)
    phone = Text(40, **optional)
    language = OneOf(*rules.LANGUAGES, load_default="en")
    may_sign = Truth(load_default=False)


class ContactWire(ContactArgs):
    client = Uuid7(required=True)
    active = Truth(required=True)


class AssetFacts(Strict):
    """What `asset.edit` may change; the site changes by `asset.move`, the stage by `asset.stage`."""

    type = Slug(required=True)
    tag = Text(60, **optional)
    serial = Text(120, **optional)
    maker = Text(120, **optional)
    model = Text(120, **optional)
    name = Text(NAME, required=True)
    place = Text(NAME, **optional)
    warranty_until = CivilDate(**optional)
    end_of_support = CivilDate(**optional)


class AssetArgs(AssetFacts):
    site = Uuid7(required=True)
    stage = OneOf(*rules.STAGES, load_default="in_service")


class AssetWire(AssetArgs):
    client = Uuid7(required=True)


class AssetMoveArgs(Strict):
    site = Uuid7(required=True)
    place = Text(NAME, **optional)


class AssetStageArgs(Strict):
    stage = OneOf(*rules.STAGES, required=True)


class Targets(Strict):
    """Minutes of coverage time; null: no such target."""

    response = Whole(1, 600_000, **optional)
    attendance = Whole(1, 600_000, **optional)
    restored = Whole(1, 600_000, **optional)
    resolved = Whole(1, 600_000, **optional)


class Rate(Strict):
    hours = OneOf(*rules.HOUR_CLASSES, required=True)
    money = fields.Nested(Money, required=True)


class AgreementVersion(Strict):
    """`windows`: coverage grammar by priority; `pauses`: which waiting stops the clocks; `included`: counts a year."""

    effective_from = CivilDate(required=True)
    known_at = TimeText(**optional)
    windows = MapOf(OneOf(*rules.PRIORITIES), Text(300), 4, required=True)
    targets = MapOf(OneOf(*rules.PRIORITIES), fields.Nested(Targets), 4, required=True)
    pauses = MapOf(OneOf(*rules.WAITING), Truth(), 4, load_default=dict)
    included = MapOf(OneOf(*rules.INCLUDED), Whole(0, 100_000), 3, load_default=dict)
    rates = ListOf(fields.Nested(Rate), 20, load_default=list)


class AgreementArgs(Strict):
    number = Text(40, required=True)
    client = Uuid7(required=True)
    legal_entity = Uuid7(required=True)
    name = Text(NAME, required=True)
    starts_on = CivilDate(required=True)
    ends_on = CivilDate(**optional)
    versions = ListOf(fields.Nested(AgreementVersion), 100, required=True)


class CoverageWire(Strict):
    site = Uuid7(required=True)
    agreement = Uuid7(required=True)
    number = Text(40, required=True)
    client = Uuid7(required=True)
    windows = MapOf(OneOf(*rules.PRIORITIES), Text(300), 4, required=True)
    targets = MapOf(OneOf(*rules.PRIORITIES), fields.Nested(Targets), 4, required=True)
    until = CivilDate(**optional)


class Nothing(Strict):
    """No arguments."""
