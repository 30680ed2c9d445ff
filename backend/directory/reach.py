"""Which sites, clients and the rest of the directory a person may read. Default: nothing (identity.md, memberships)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from backend.core.problems import Forbidden
from backend.core.roles import DESK, SYSTEM
from backend.directory.models import Client, Site
from backend.identity.services import Actor

PORTAL = frozenset({"client_contact"})
Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


def sees_all(actor: Actor, roles: frozenset[str] = DESK) -> bool:
    """Whether one of the roles is held in the whole organisation. Forbidden when none is held at all."""
    if actor.roles & SYSTEM:
        return True
    held = [scope for scope in actor.scopes if scope.role in roles and scope.role in actor.roles]
    if not held:
        raise Forbidden("Your role does not see this.")
    return any(scope.type == "organisation" for scope in held)


def sites(actor: Actor, roles: frozenset[str] = DESK) -> ColumnElement[bool]:
    """The condition on Site: those of the organisation, region, client or site that a role reaches."""
    mine = Site.org_id == actor.org_id
    if sees_all(actor, roles):
        return mine
    columns = {"region": Site.region, "client": Site.client, "site": Site.id}
    reached = [
        columns[scope.type] == scope.id
        for scope in actor.scopes
        if scope.role in roles and scope.role in actor.roles and scope.type in columns
    ]
    return and_(mine, or_(*reached))


def site_ids(actor: Actor, roles: frozenset[str] = DESK) -> Select[str]:
    """The ids of those sites, for `column.in_(…)`."""
    return select(Site.id).where(sites(actor, roles))


def at(actor: Actor, org: InstrumentedAttribute[str], site: Text, roles: frozenset[str] = DESK) -> ColumnElement[bool]:
    """The condition on another table that names its organisation and its site."""
    mine = org == actor.org_id
    return mine if sees_all(actor, roles) else and_(mine, site.in_(site_ids(actor, roles)))


def clients(actor: Actor, roles: frozenset[str] = DESK) -> ColumnElement[bool]:
    """The condition on Client: those that have a reached site, or are reached themselves."""
    mine = Client.org_id == actor.org_id
    if sees_all(actor, roles):
        return mine
    reached = select(Site.client).where(sites(actor, roles))
    own = {scope.id for role in roles for scope in actor.scopes if scope.role == role and scope.type == "client"}
    return and_(mine, or_(Client.id.in_(reached), Client.id.in_(own)))


def office(actor: Actor, org: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition on a table of the provider's own affairs, which everybody at a desk reads."""
    sees_all(actor, DESK)
    return org == actor.org_id
