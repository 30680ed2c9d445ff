"""Identity's decisions as functions of values: roles, lifetimes of sessions, what may become of a device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

ROLES = frozenset({"desk_agent", "engineer", "dispatcher", "service_manager", "client_contact", "administrator"})
OFFICE = frozenset({"dispatcher", "service_manager", "administrator", "desk_agent"})
SCOPES = frozenset({"organisation", "region", "client", "site"})
CONFIRMERS = frozenset({"dispatcher", "administrator"})
"""Who may say that a tablet is the one it claims to be."""
SYSTEM = "system"
"""The role of the program's own jobs; no account can have it."""

FRESH = timedelta(minutes=10)
"""A sign-in this young counts as the person being there (enrolment, recovery)."""
SEEN = timedelta(minutes=1)
"""How often `last_seen` is written at most."""
MOST_TABLETS = 2
PASSWORD_LEAST, PASSWORD_MOST = 10, 128

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Lifetime:
    """How long a session lives without use, and at most."""

    idle: timedelta
    absolute: timedelta


LIFETIMES = {
    "engineer": Lifetime(timedelta(days=30), timedelta(days=90)),
    "office": Lifetime(timedelta(minutes=30), timedelta(hours=12)),
    "administrator": Lifetime(timedelta(minutes=30), timedelta(hours=8)),
    "client": Lifetime(timedelta(minutes=60), timedelta(hours=24)),
}
"""identity.md 5.3."""


def session_kind(roles: Iterable[str]) -> str:
    """The strictest kind that the roles ask for; a person without any role gets the office's."""
    held = set(roles)
    if "administrator" in held:
        return "administrator"
    if held & OFFICE or not held:
        return "office"
    return "engineer" if "engineer" in held else "client"


def is_living(kind: str, last_seen: datetime, expires: datetime, now: datetime) -> bool:
    """Whether a session still counts at `now`."""
    return now < expires and now - last_seen < LIFETIMES[kind].idle


def is_fresh(signed_in: datetime, now: datetime) -> bool:
    """Whether the person has proved the password a moment ago."""
    return now - signed_in <= FRESH


MOVES = {
    ("pending", "active"),
    ("pending", "revoked"),
    ("active", "suspended"),
    ("active", "revoked"),
    ("suspended", "active"),
    ("suspended", "revoked"),
    ("revoked", "wiped"),
}
"""identity.md 5.4: pending → active ⇄ suspended → revoked → wiped; a pending one may be refused. No way leads back from
revoked."""
BARRED = frozenset({"suspended", "revoked", "wiped"})
"""States in which a tablet may only send, and all that it sends is set aside for a person to look at."""
ENDED = frozenset({"lost", "replaced"})
"""Why a device was revoked, where somebody said so: gone with all it held, or its storage is empty."""


def may_move(was: str, becomes: str) -> bool:
    """Whether a device in state `was` may come into state `becomes`."""
    return (was, becomes) in MOVES


def device_code(random: bytes) -> str:
    """Three Crockford characters from two random bytes (model.md)."""
    value = int.from_bytes(random[:2], "big")
    return "".join(CODE_LETTERS[value >> shift & 31] for shift in (10, 5, 0))


def home_of(roles: Iterable[str]) -> str:
    """The path where a person with these roles begins."""
    held = set(roles)
    if held & OFFICE:
        return "/console/"
    return "/app/" if "engineer" in held else "/portal/"


def safe_next(asked: str | None) -> str | None:
    """A path of our own to go to after sign-in, or None: never another site's address."""
    if asked and asked.startswith("/") and not asked.startswith("//") and "\\" not in asked and asked.isprintable():
        return asked
    return None


def password_fault(password: str, sign_in: str) -> str | None:
    """What is wrong with a new password, or None (ASVS 5 V6.2: length, no rules of composition)."""
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        return f"must have {PASSWORD_LEAST} to {PASSWORD_MOST} characters"
    if len(set(password)) < 4 or (len(sign_in) > 3 and sign_in.lower() in password.lower()):
        return "is too easy to guess"
    return None
