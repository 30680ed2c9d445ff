"""What surrounds every page: who is signed in, the places to go, and whether this is a demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import request

from backend.directory import services as directory
from backend.dispatch import services as dispatch
from backend.identity.services import Actor, guards


@dataclass(frozen=True)
class Place:
    """An entry of the navigation; `key` goes there after `g`."""

    href: str
    title: str
    icon: str
    key: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Shell:
    name: str
    organisation: str
    demo: bool
    here: str
    notice: str
    places: tuple[Group, ...]
    actor: Actor

    @cached_property
    def waiting(self) -> int:
        """How many things wait for a decision; asked only by pages that draw the navigation."""
        return dispatch.waiting(self.actor)


PLACES = (
    Group(
        "",
        (
            Place("/console/", "Today", "layout-dashboard", "h"),
            Place("/console/attention", "Attention", "bell", "i"),
            Place("/console/visits", "Visits", "calendar-days", "v"),
            Place("/console/tickets", "Tickets", "ticket", "t"),
        ),
    ),
    Group(
        "Clients",
        (
            Place("/console/clients", "Clients", "building", "c"),
            Place("/console/sites", "Sites", "map-pin", "s"),
            Place("/console/contacts", "Contacts", "users", "o"),
            Place("/console/assets", "Assets", "server", "a"),
            Place("/console/agreements", "Agreements", "file-text", "g"),
        ),
    ),
    Group(
        "Provider",
        (
            Place("/console/people", "People", "user", "p"),
            Place("/console/devices", "Devices", "tablet", "d"),
            Place("/console/checklists", "Checklists", "clipboard-list", "l"),
            Place("/console/calendars", "Calendars", "calendar-clock"),
            Place("/console/regions", "Regions", "route"),
            Place("/console/legal-entities", "Legal entities", "shield-check"),
        ),
    ),
)


def context() -> dict[str, Any]:
    """The template value `shell`."""
    actor = guards.current()
    organisation = directory.organisation(actor)
    name = directory.person_names(actor, [actor.person_id]).get(actor.person_id, "")
    return {"shell": Shell(name, organisation.name, organisation.demo, _here(), "", PLACES, actor)}


def _here() -> str:
    """The place that the current page belongs to."""
    parts = request.path.split("/")
    return "/".join(parts[:3]) if len(parts) > 2 and parts[2] else "/console/"
