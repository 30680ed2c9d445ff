"""The directory's kinds as the console shows them: what a list says, what a form asks, which operations they send."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.console import words
from backend.console.fields import Area, Day, Field, Pairs, Pick, Picks, Tick, Words
from backend.console.lists import Asked, Cell, Column, Filter
from backend.core.listing import Cut, Page
from backend.directory import services as directory
from backend.identity.services import Actor, guards

Json = dict[str, Any]
LANGUAGES = [("en", "English"), ("ms", "Malay"), ("zh", "Chinese")]
WEEKDAYS = [(str(at), name) for at, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))]


@dataclass(frozen=True, kw_only=True)
class Section:
    """One kind. `create` is empty where `edit` also makes (upserts); `title_of` names a row in a heading."""

    path: str
    kind: str
    title: str
    one: str
    columns: Sequence[Column]
    fields: Sequence[Field]
    edit: str
    create: str = ""
    rows: Callable[[Actor, Cut, Mapping[str, str]], Page[Any]]
    row: Callable[[Actor, str], Any]
    filters: Callable[[Actor], Sequence[Filter]] = lambda _: ()
    fixed: frozenset[str] = frozenset()
    title_of: Callable[[Any], str] = lambda row: str(row.name)
    to_args: Callable[[Json, Any], Json] = lambda args, _: args
    to_form: Callable[[Any], Json] = lambda row: dict(row.__dict__)

    @property
    def href(self) -> str:
        return f"/console/{self.path}"

    def cut(self, asked: Asked) -> Cut:
        return Cut(asked.search, asked.offset)

    def form_fields(self, row: Any | None) -> list[Field]:
        """The fields of a new row's form, or of an edit's, where some are fixed."""
        return [field for field in self.fields if row is None or field.name not in self.fixed]


def actor() -> Actor:
    return guards.current()


def _choices(of: Callable[[Actor], Sequence[tuple[str, str]]]) -> Callable[[], Sequence[tuple[str, str]]]:
    return lambda: of(actor())


CLIENTS = _choices(directory.client_choices)
SITES = _choices(directory.site_choices)
REGIONS = _choices(directory.region_choices)
CALENDARS = _choices(directory.calendar_choices)
ENTITIES = _choices(directory.legal_entity_choices)


def _of(codes: Sequence[str]) -> Callable[[], Sequence[tuple[str, str]]]:
    return lambda: words.options(tuple(codes))


def _client_filter(who: Actor) -> Sequence[Filter]:
    return (Filter("client", "Client", directory.client_choices(who)),)


def _client_cell(row: Any) -> str:
    return str(row.client_name)


CLIENT = Section(
    path="clients",
    kind="client",
    title="Clients",
    one="client",
    columns=(
        Column("Name", lambda row: row.name),
        Column("Registration", lambda row: row.registration, minor=True),
        Column("Language", lambda row: row.language, minor=True),
        Column("Status", lambda row: Cell(words.spoken(row.status), "ok" if row.status == "active" else "neutral")),
    ),
    fields=(
        Field(name="name", label="Name", required=True),
        Field(name="registration", label="Registration number", longest=60),
        Pick(name="group", label="Belongs to the group of", options=CLIENTS, none="No group"),
        Pick(name="status", label="Status", options=_of(directory.CLIENT_STATES), required=True),
        Pick(name="language", label="Language of letters", options=lambda: LANGUAGES, required=True),
        Area(name="notes", label="Notes for the office"),
    ),
    create="client.create",
    edit="client.edit",
    rows=lambda who, cut, asked: directory.list_clients(who, cut, status=asked.get("status", "")),
    row=directory.client,
    filters=lambda _: (Filter("status", "Status", words.options(directory.CLIENT_STATES)),),
)

SITE = Section(
    path="sites",
    kind="site",
    title="Sites",
    one="site",
    columns=(
        Column("Site", lambda row: row.name),
        Column("Client", _client_cell),
        Column("District", lambda row: row.district, minor=True),
        Column("Hours", lambda row: row.opening_hours, minor=True),
        Column("Rules", lambda row: Cell(f"{len(row.rules)} rules", "warn") if row.rules else ""),
    ),
    fields=(
        Pick(name="client", label="Client", options=CLIENTS, required=True),
        Field(name="name", label="Name", required=True),
        Pick(name="region", label="Office that serves it", options=REGIONS, none="None yet"),
        Pick(
            name="calendar",
            label="Holiday calendar",
            options=CALENDARS,
            none="None yet",
            hint="Where the site lies, not which office serves it",
        ),
        Field(name="district", label="District", longest=120),
        Field(name="phone", label="Telephone", longest=40),
        Field(name="opening_hours", label="Opening hours", longest=300, hint="For example: Mon-Fri 09:00-18:00"),
        Area(name="address", label="Address"),
        Area(
            name="access_notes",
            label="Way in",
            hint="Desk, pass, lift, whom to call: what the engineer reads before the door",
        ),
        Picks(name="rules", label="Rules of the site", options=_of(directory.SITE_RULES)),
        Pairs(name="sheet", label="Site sheet", hint="One a line, for example: parking: level B2, lot 14"),
    ),
    create="site.create",
    edit="site.edit",
    fixed=frozenset({"client"}),
    rows=lambda who, cut, asked: directory.list_sites(
        who, cut, client=asked.get("client", ""), region=asked.get("region", "")
    ),
    row=directory.site,
    filters=lambda who: (*_client_filter(who), Filter("region", "Office", directory.region_choices(who))),
    title_of=lambda row: f"{row.client_name}, {row.name}",
)

CONTACT = Section(
    path="contacts",
    kind="contact",
    title="Contacts",
    one="contact",
    columns=(
        Column("Name", lambda row: row.name),
        Column("Capacity", lambda row: row.capacity),
        Column("Telephone", lambda row: row.phone),
        Column("Mail", lambda row: row.email, minor=True),
        Column("May sign", lambda row: Cell("May sign", "ok") if row.may_sign else ""),
    ),
    fields=(
        Pick(name="site", label="Site", options=SITES, required=True),
        Field(name="name", label="Name", required=True),
        Field(name="capacity", label="Capacity", longest=120, hint="For example: office manager"),
        Field(name="phone", label="Telephone", longest=40),
        Field(name="email", label="Mail", longest=254, input_type="email"),
        Pick(name="language", label="Language", options=lambda: LANGUAGES, required=True),
        Tick(name="may_sign", label="May accept work for the client"),
    ),
    create="contact.create",
    edit="contact.edit",
    rows=lambda who, cut, asked: directory.list_contacts(
        who, cut, client=asked.get("client", ""), site=asked.get("site", "")
    ),
    row=directory.contact,
    filters=_client_filter,
)

ASSET = Section(
    path="assets",
    kind="asset",
    title="Assets",
    one="asset",
    columns=(
        Column("Name", lambda row: row.name),
        Column("Tag", lambda row: row.tag),
        Column("Type", lambda row: words.spoken(row.type)),
        Column("Model", lambda row: f"{row.maker or ''} {row.model or ''}".strip(), minor=True),
        Column("Serial", lambda row: row.serial, minor=True),
        Column("Warranty until", lambda row: row.warranty_until, minor=True),
        Column("Stage", lambda row: Cell(words.spoken(row.stage), "ok" if row.stage == "in_service" else "neutral")),
    ),
    fields=(
        Pick(name="site", label="Site", options=SITES, required=True),
        Field(name="name", label="Name", required=True),
        Field(
            name="type",
            label="Type",
            required=True,
            longest=40,
            hint="A word such as server, switch, ups, access_point",
        ),
        Field(name="tag", label="Tag", longest=60),
        Field(name="serial", label="Serial number", longest=120),
        Field(name="maker", label="Maker", longest=120),
        Field(name="model", label="Model", longest=120),
        Field(name="place", label="Place"),
        Pick(name="stage", label="Stage", options=_of(directory.STAGES), required=True),
        Day(name="warranty_until", label="Warranty until"),
        Day(name="end_of_support", label="End of support"),
    ),
    create="asset.create",
    edit="asset.edit",
    fixed=frozenset({"site", "stage"}),
    rows=lambda who, cut, asked: directory.list_assets(
        who, cut, client=asked.get("client", ""), site=asked.get("site", ""), stage=asked.get("stage", "")
    ),
    row=directory.asset,
    filters=lambda who: (*_client_filter(who), Filter("stage", "Stage", words.options(directory.STAGES))),
    title_of=lambda row: f"{row.name} ({row.tag})" if row.tag else str(row.name),
)

PERSON = Section(
    path="people",
    kind="person",
    title="People",
    one="person",
    columns=(
        Column("Name", lambda row: row.name),
        Column("Skills", lambda row: ", ".join(row.skills or []), minor=True),
        Column("Mail", lambda row: row.email, minor=True),
        Column("State", lambda row: Cell("Active", "ok") if row.active else Cell("Left", "neutral")),
    ),
    fields=(
        Field(name="name", label="Name", required=True),
        Pick(name="base", label="Office", options=REGIONS, none="None"),
        Pick(name="employer", label="Employer", options=ENTITIES, none="None"),
        Words(name="skills", label="Skills", hint="With commas, for example: network, firewall"),
        Field(name="email", label="Mail", longest=254, input_type="email"),
        Field(name="phone", label="Telephone", longest=40),
        Tick(name="active", label="Works here now"),
    ),
    edit="person.edit",
    rows=lambda who, cut, _: directory.list_people(who, cut),
    row=directory.person,
)

REGION = Section(
    path="regions",
    kind="region",
    title="Regions",
    one="region",
    columns=(
        Column("Code", lambda row: row.code),
        Column("Name", lambda row: row.name),
        Column("Address", lambda row: row.address, minor=True),
    ),
    fields=(
        Field(name="code", label="Code", required=True, longest=10),
        Field(name="name", label="Name", required=True),
        Area(name="address", label="Address"),
    ),
    edit="region.edit",
    rows=lambda who, cut, _: directory.list_regions(who, cut),
    row=directory.region,
)

LEGAL_ENTITY = Section(
    path="legal-entities",
    kind="legal_entity",
    title="Legal entities",
    one="legal entity",
    columns=(
        Column("Name", lambda row: row.name),
        Column("Registration", lambda row: row.registration),
        Column("Country", lambda row: row.country),
        Column("Currency", lambda row: row.currency),
    ),
    fields=(
        Field(name="name", label="Name", required=True),
        Field(name="registration", label="Registration number", longest=60),
        Field(name="tax_number", label="Tax number", longest=60),
        Pick(name="country", label="Country", options=lambda: [("SG", "Singapore"), ("MY", "Malaysia")], required=True),
        Field(name="currency", label="Currency", required=True, longest=3, hint="Three letters, for example SGD"),
        Field(name="privacy_contact", label="Privacy contact"),
        Area(name="address", label="Address"),
    ),
    edit="legal_entity.edit",
    rows=lambda who, cut, _: directory.list_legal_entities(who, cut),
    row=directory.legal_entity,
)
