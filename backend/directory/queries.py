"""What pages read of the directory. Every question takes the actor; what is out of reach is not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select

from backend.core.db import reading
from backend.core.listing import FIRST, WHOLE, Cut, Page, every, one, page
from backend.directory import reach
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
from backend.identity.services import Actor

Named = TypeVar("Named", LegalEntity, Region, Calendar)
Choice = tuple[str, str]
"""(id, name): an option of a form."""


def organisation(actor: Actor) -> Organisation:
    """The provider itself; every signed-in person may know its name."""
    mine = Organisation.org_id == actor.org_id
    return one(select(Organisation).where(mine, Organisation.id == actor.org_id), "organisation")


def list_clients(actor: Actor, cut: Cut = FIRST, *, status: str = "") -> Page[Client]:
    query = select(Client).where(reach.clients(actor))
    if status:
        query = query.where(Client.status == status)
    return page(query, cut, (Client.name, Client.registration), (Client.name, Client.id))


def client(actor: Actor, client_id: str) -> Client:
    return one(select(Client).where(reach.clients(actor), Client.id == client_id), "client")


def list_sites(actor: Actor, cut: Cut = FIRST, *, client: str = "", region: str = "") -> Page[Site]:
    query = select(Site).where(reach.sites(actor))
    if client:
        query = query.where(Site.client == client)
    if region:
        query = query.where(Site.region == region)
    columns = (Site.name, Site.client_name, Site.address, Site.district)
    return page(query, cut, columns, (Site.client_name, Site.name, Site.id))


def site(actor: Actor, site_id: str) -> Site:
    return one(select(Site).where(reach.sites(actor), Site.id == site_id), "site")


def coverage(actor: Actor, site_id: str) -> Coverage | None:
    """What the site's agreement promises today."""
    site(actor, site_id)
    found = every(select(Coverage).where(Coverage.org_id == actor.org_id, Coverage.id == site_id))
    return found[0] if found else None


def list_contacts(actor: Actor, cut: Cut = FIRST, *, site: str = "", client: str = "") -> Page[Contact]:
    """Contacts who are still there."""
    query = select(Contact).where(reach.at(actor, Contact.org_id, Contact.site), Contact.active)
    if site:
        query = query.where(Contact.site == site)
    if client:
        query = query.where(Contact.client == client)
    columns = (Contact.name, Contact.capacity, Contact.email, Contact.phone)
    return page(query, cut, columns, (Contact.name, Contact.id))


def contact(actor: Actor, contact_id: str) -> Contact:
    query = select(Contact).where(reach.at(actor, Contact.org_id, Contact.site), Contact.id == contact_id)
    return one(query, "contact")


def list_assets(
    actor: Actor, cut: Cut = FIRST, *, site: str = "", client: str = "", type: str = "", stage: str = ""
) -> Page[Asset]:
    query = select(Asset).where(reach.at(actor, Asset.org_id, Asset.site))
    wanted = {Asset.site: site, Asset.client: client, Asset.type: type, Asset.stage: stage}
    query = query.where(*(column == value for column, value in wanted.items() if value))
    columns = (Asset.name, Asset.tag, Asset.serial, Asset.maker, Asset.model, Asset.place)
    return page(query, cut, columns, (Asset.name, Asset.id))


def asset(actor: Actor, asset_id: str) -> Asset:
    return one(select(Asset).where(reach.at(actor, Asset.org_id, Asset.site), Asset.id == asset_id), "asset")


def list_agreements(actor: Actor, cut: Cut = FIRST, *, client: str = "") -> Page[Agreement]:
    query = select(Agreement).where(reach.office(actor, Agreement.org_id), _of_reached_client(actor))
    if client:
        query = query.where(Agreement.client == client)
    return page(query, cut, (Agreement.number, Agreement.name), (Agreement.number, Agreement.id))


def agreement(actor: Actor, agreement_id: str) -> Agreement:
    query = select(Agreement).where(reach.office(actor, Agreement.org_id), _of_reached_client(actor))
    return one(query.where(Agreement.id == agreement_id), "agreement")


def _of_reached_client(actor: Actor) -> ColumnElement[bool]:
    return Agreement.client.in_(select(Client.id).where(reach.clients(actor)))


def list_people(actor: Actor, cut: Cut = FIRST, *, active: bool | None = None) -> Page[Person]:
    query = select(Person).where(reach.office(actor, Person.org_id))
    if active is not None:
        query = query.where(Person.active.is_(active))
    return page(query, cut, (Person.name, Person.email, Person.phone), (Person.name, Person.id))


def person(actor: Actor, person_id: str) -> Person:
    return one(select(Person).where(reach.office(actor, Person.org_id), Person.id == person_id), "person")


def list_legal_entities(actor: Actor, cut: Cut = WHOLE) -> Page[LegalEntity]:
    return _listed(actor, LegalEntity, cut)


def legal_entity(actor: Actor, entity_id: str) -> LegalEntity:
    return _one_of(actor, LegalEntity, entity_id, "legal entity")


def list_regions(actor: Actor, cut: Cut = WHOLE) -> Page[Region]:
    return _listed(actor, Region, cut)


def region(actor: Actor, region_id: str) -> Region:
    return _one_of(actor, Region, region_id, "region")


def list_calendars(actor: Actor, cut: Cut = WHOLE) -> Page[Calendar]:
    return _listed(actor, Calendar, cut)


def calendar(actor: Actor, calendar_id: str) -> Calendar:
    return _one_of(actor, Calendar, calendar_id, "calendar")


def _listed(actor: Actor, model: type[Named], cut: Cut) -> Page[Named]:
    query: Select[Named] = select(model).where(reach.office(actor, model.org_id))
    return page(query, cut, (model.name,), (model.name, model.id))


def _one_of(actor: Actor, model: type[Named], entity_id: str, what: str) -> Named:
    return one(select(model).where(reach.office(actor, model.org_id), model.id == entity_id), what)


def client_choices(actor: Actor) -> list[Choice]:
    return [(row.id, row.name) for row in every(select(Client).where(reach.clients(actor)).order_by(Client.name))]


def site_choices(actor: Actor, client: str = "") -> list[Choice]:
    """Sites as "client, site"."""
    query = select(Site).where(reach.sites(actor)).order_by(Site.client_name, Site.name)
    found = every(query.where(Site.client == client) if client else query)
    return [(row.id, f"{row.client_name}, {row.name}") for row in found]


def asset_choices(actor: Actor, site: str) -> list[Choice]:
    query = select(Asset).where(reach.at(actor, Asset.org_id, Asset.site), Asset.site == site).order_by(Asset.name)
    return [(row.id, f"{row.name} ({row.tag})" if row.tag else row.name) for row in every(query)]


def person_choices(actor: Actor, people: Iterable[str] | None = None) -> list[Choice]:
    """Active persons; of `people` only, when given (for example those with a role)."""
    query = select(Person).where(reach.office(actor, Person.org_id), Person.active).order_by(Person.name)
    found = every(query)
    wanted = None if people is None else set(people)
    return [(row.id, row.name) for row in found if wanted is None or row.id in wanted]


def region_choices(actor: Actor) -> list[Choice]:
    return [(row.id, f"{row.code} {row.name}") for row in list_regions(actor).rows]


def calendar_choices(actor: Actor) -> list[Choice]:
    return [(row.id, row.name) for row in list_calendars(actor).rows]


def legal_entity_choices(actor: Actor) -> list[Choice]:
    return [(row.id, row.name) for row in list_legal_entities(actor).rows]


def names(actor: Actor, model: type[Person | Client | Site | Asset], ids: Iterable[str]) -> dict[str, str]:
    """Names by id, of the actor's organisation, for words beside an id that the actor may see already."""
    with reading() as session:
        query = select(model.id, model.name).where(model.org_id == actor.org_id, model.id.in_(set(ids)))
        return {row.id: row.name for row in session.execute(query)}


def person_names(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    return names(actor, Person, ids)


def person_name(org_id: str, person_id: str) -> str:
    """The person's name, "" when the directory has none."""
    with reading() as session:
        asked = select(Person.name).where(Person.org_id == org_id, Person.id == person_id)
        return session.scalar(asked) or ""


def asset_names(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    return names(actor, Asset, ids)
