"""What other rooms may use of identity."""

from __future__ import annotations

from backend.identity import guards, limits
from backend.identity.accounts import (
    NameTaken,
    create,
    disable,
    enable,
    grant,
    listed,
    organisations,
    people_with,
    scopes_of,
    set_password,
    withdraw,
)
from backend.identity.actor import Actor, Scope
from backend.identity.devices import (
    ask_wipe,
    confirm,
    find_tablet,
    get,
    is_barred,
    resume,
    revoke,
    saw,
    server_device,
    signed_by,
    suspend,
    tablets,
    watch,
)
from backend.identity.enrolled import Beside, Enrolled
from backend.identity.models import Account, Device, Membership
from backend.identity.readmission import is_known
from backend.identity.rules import OFFICE, ROLES, SYSTEM
from backend.identity.sessions import Living, actor_of
from backend.identity.wiping import directives_of

__all__ = [
    "OFFICE",
    "ROLES",
    "SYSTEM",
    "Account",
    "Actor",
    "Beside",
    "Device",
    "Enrolled",
    "Living",
    "Membership",
    "NameTaken",
    "Scope",
    "acting",
    "actor_of",
    "ask_wipe",
    "confirm",
    "create",
    "directives_of",
    "disable",
    "enable",
    "find_tablet",
    "get",
    "grant",
    "guards",
    "is_barred",
    "is_known",
    "limits",
    "listed",
    "organisations",
    "people_with",
    "resume",
    "revoke",
    "saw",
    "scopes_of",
    "server_device",
    "set_password",
    "signed_by",
    "suspend",
    "system_actor",
    "tablets",
    "watch",
    "withdraw",
]  # fmt: skip


def acting(actor: Actor) -> Actor:
    """The actor through the server-side device of its person. Needs a unit of work."""
    device = server_device(actor.org_id, actor.person_id)
    return actor.through(device.id, device.kind, device.code)


def system_actor(org_id: str) -> Actor:
    """The program itself for an organisation: its person id is the organisation's. Needs a unit of work."""
    return acting(Actor(org_id, org_id, frozenset({SYSTEM})))
