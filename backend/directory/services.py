"""What other slices and pages may ask of the directory."""

from __future__ import annotations

from backend.directory import reach
from backend.directory.coverage import civil_day
from backend.directory.models import (
    Agreement,
    Asset,
    Calendar,
    Client,
    Contact,
    Coverage,
    LegalEntity,
    Organisation,
    Person,
    Region,
    Site,
)
from backend.directory.queries import (
    agreement,
    asset,
    asset_choices,
    asset_names,
    calendar,
    calendar_choices,
    client,
    client_choices,
    contact,
    coverage,
    legal_entity,
    legal_entity_choices,
    list_agreements,
    list_assets,
    list_calendars,
    list_clients,
    list_contacts,
    list_legal_entities,
    list_people,
    list_regions,
    list_sites,
    organisation,
    person,
    person_choices,
    person_name,
    person_names,
    region,
    region_choices,
    site,
    site_choices,
)
from backend.directory.rules import CLIENT_STATES, INCLUDED, LANGUAGES, PRIORITIES, SITE_RULES, STAGES, TARGETS, WAITING

__all__ = [
    "CLIENT_STATES", "INCLUDED", "LANGUAGES", "PRIORITIES", "SITE_RULES", "STAGES", "TARGETS", "WAITING", "Agreement",
    "Asset", "Calendar", "Client", "Contact", "Coverage", "LegalEntity", "Organisation", "Person", "Region", "Site",
    "agreement", "asset", "asset_choices", "asset_names", "calendar", "calendar_choices", "civil_day", "client",
    "client_choices", "contact", "coverage", "legal_entity", "legal_entity_choices", "list_agreements", "list_assets",
    "list_calendars", "list_clients", "list_contacts", "list_legal_entities", "list_people", "list_regions",
    "list_sites", "organisation", "person", "person_choices", "person_name", "person_names", "reach", "region",
    "region_choices", "site", "site_choices",
]  # fmt: skip
