"""The provider, its clients, their sites and what stands there.

Wire fields have their wire names. What only the office sees is said in the class's docstring and is no field of the
wire value (`schemas.py`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.entity import DAY, ID, JSON_VALUE, WORD, Entity

Json = dict[str, Any]


class Organisation(Entity):
    """The provider: one row per installation in the demo, several in tests; its id is its org_id."""

    __tablename__ = "organisation"

    name: Mapped[str] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    recovery_key: Mapped[Json | None] = mapped_column(JSON_VALUE)
    privacy_notice: Mapped[str] = mapped_column(WORD)


class LegalEntity(Entity):
    """A company of the provider: agreements, employees and reports belong to exactly one (field.md A14)."""

    __tablename__ = "legal_entity"

    name: Mapped[str] = mapped_column(String(200))
    registration: Mapped[str | None] = mapped_column(String(60))
    tax_number: Mapped[str | None] = mapped_column(String(60))
    address: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    privacy_contact: Mapped[str | None] = mapped_column(String(200))


class Region(Entity):
    """An office. Which holidays count is the site's calendar, not its region (field.md A4)."""

    __tablename__ = "region"
    __table_args__ = (Index("ix_region_code", "org_id", "code", unique=True),)

    code: Mapped[str] = mapped_column(WORD)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(Text)


class Calendar(Entity):
    """Holidays and the gazetted weekend of one place, by effective date and by when they became known (A3)."""

    __tablename__ = "calendar"
    __table_args__ = (Index("ix_calendar_code", "org_id", "code", unique=True),)

    code: Mapped[str] = mapped_column(WORD)
    name: Mapped[str] = mapped_column(String(200))
    versions: Mapped[list[Json]] = mapped_column(JSON_VALUE)


class Person(Entity):
    """Somebody who works for the provider or signs in for a client. Office only: email, phone."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_name", "org_id", "name"),)

    name: Mapped[str] = mapped_column(String(200))
    skills: Mapped[list[str]] = mapped_column(JSON_VALUE)
    base: Mapped[str | None] = mapped_column(ID)
    employer: Mapped[str | None] = mapped_column(ID)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(WORD)


class Client(Entity):
    """A customer, itself a group of legal entities. Office only: everything but the name."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_name", "org_id", "name"),)

    name: Mapped[str] = mapped_column(String(200))
    group: Mapped[str | None] = mapped_column(ID)
    registration: Mapped[str | None] = mapped_column(String(60))
    entities: Mapped[list[Json]] = mapped_column(JSON_VALUE)
    status: Mapped[str] = mapped_column(WORD)
    notes: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))


class Site(Entity):
    """A place of a client, with its sheet and its rules ("no photography") for the tablet."""

    __tablename__ = "site"
    __table_args__ = (
        Index("ix_site_client", "org_id", "client"),
        Index("ix_site_name", "org_id", "name"),
    )

    client: Mapped[str] = mapped_column(ID)
    client_name: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(String(120))
    region: Mapped[str | None] = mapped_column(ID)
    calendar: Mapped[str | None] = mapped_column(ID)
    access_notes: Mapped[str | None] = mapped_column(Text)
    opening_hours: Mapped[str | None] = mapped_column(String(300))
    rules: Mapped[list[str]] = mapped_column(JSON_VALUE)
    phone: Mapped[str | None] = mapped_column(WORD)
    sheet: Mapped[Json] = mapped_column(JSON_VALUE)


class Contact(Entity):
    """Somebody at a site; `may_sign`: the agreement lets this person accept work."""

    __tablename__ = "contact"
    __table_args__ = (
        Index("ix_contact_site", "org_id", "site"),
        Index("ix_contact_client", "org_id", "client"),
        Index("ix_contact_name", "org_id", "name"),
    )

    site: Mapped[str] = mapped_column(ID)
    client: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(WORD)
    language: Mapped[str] = mapped_column(String(2))
    may_sign: Mapped[bool] = mapped_column(Boolean, default=False)
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Asset(Entity):
    """A thing under care. The serial identifies it; the tag only finds it (field.md C7)."""

    __tablename__ = "asset"
    __table_args__ = (
        Index("ix_asset_site", "org_id", "site"),
        Index("ix_asset_client", "org_id", "client"),
        Index("ix_asset_tag", "org_id", "tag", unique=True),
        Index("ix_asset_serial", "org_id", "serial"),
    )

    client: Mapped[str] = mapped_column(ID)
    site: Mapped[str] = mapped_column(ID)
    type: Mapped[str] = mapped_column(WORD)
    tag: Mapped[str | None] = mapped_column(String(60))
    serial: Mapped[str | None] = mapped_column(String(120))
    maker: Mapped[str | None] = mapped_column(String(120))
    model: Mapped[str | None] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(WORD)
    warranty_until: Mapped[str | None] = mapped_column(DAY)
    end_of_support: Mapped[str | None] = mapped_column(DAY)


class Coverage(Entity):
    """What a site's agreement promises today: the tablet's copy of the agreement. Its id is the site's id."""

    __tablename__ = "coverage"
    __table_args__ = (Index("ix_coverage_agreement", "org_id", "agreement"),)

    site: Mapped[str] = mapped_column(ID)
    agreement: Mapped[str] = mapped_column(ID)
    number: Mapped[str] = mapped_column(WORD)
    client: Mapped[str] = mapped_column(ID)
    windows: Mapped[Json] = mapped_column(JSON_VALUE)
    targets: Mapped[Json] = mapped_column(JSON_VALUE)
    until: Mapped[str | None] = mapped_column(DAY)


class Agreement(Entity):
    """A contract, versioned by effective date and by when it became known. Only the office sees it."""

    __tablename__ = "agreement"
    __table_args__ = (
        Index("ix_agreement_number", "org_id", "number", unique=True),
        Index("ix_agreement_client", "org_id", "client"),
    )

    number: Mapped[str] = mapped_column(WORD)
    client: Mapped[str] = mapped_column(ID)
    legal_entity: Mapped[str] = mapped_column(ID)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[str] = mapped_column(DAY)
    ends_on: Mapped[str | None] = mapped_column(DAY)
    versions: Mapped[list[Json]] = mapped_column(JSON_VALUE)
