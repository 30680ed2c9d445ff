"""Who acts: the value that guards make and every query and operation demands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple


class Scope(NamedTuple):
    """A membership's reach: `type` organisation, region, client or site."""

    role: str
    type: str
    id: str


@dataclass(frozen=True)
class Actor:
    """A person of an organisation, acting through a device (none yet while only reading pages).

    `device_kind` is tablet or server. `sent_by` is the person whose session carried the request when that is not the
    device's owner (decisions.md 9); the operations are the owner's.
    """

    org_id: str
    person_id: str
    roles: frozenset[str]
    scopes: frozenset[Scope] = frozenset()
    device_id: str | None = None
    device_kind: str | None = None
    device_code: str | None = None
    sent_by: str | None = None

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles."""
        return bool(self.roles & set(roles))

    def through(self, device_id: str, kind: str, code: str) -> Actor:
        """The same actor with a device."""
        return replace(self, device_id=device_id, device_kind=kind, device_code=code)

    def reach(self, role: str, scope_type: str) -> frozenset[str]:
        """The ids of `scope_type` within which the actor holds `role`."""
        return frozenset(scope.id for scope in self.scopes if scope.role == role and scope.type == scope_type)
