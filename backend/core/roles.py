"""Who a person can be. A person may hold several roles (field.md, Decide now 8)."""

from __future__ import annotations

ENGINEER = frozenset({"engineer"})
ADMINISTRATOR = frozenset({"administrator"})
OFFICE = frozenset({"dispatcher", "service_manager", "administrator"})
"""Those who plan: their word goes before an engineer's on the schedule."""
DESK = OFFICE | {"desk_agent"}
STAFF = DESK | ENGINEER
"""Everybody of the provider; a client's contact is not."""
SYSTEM = frozenset({"system"})
"""The program's own jobs; no person holds it."""
