"""Words and decisions of the directory. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

COUNTRIES = ("SG", "MY")
LANGUAGES = ("en", "ms", "zh")
CLIENT_STATES = ("prospect", "active", "former")
STAGES = ("planned", "deployed", "in_service", "under_repair", "retired", "disposed")
SITE_RULES = ("no_photography", "no_devices", "escort", "media_stays", "no_lone_work_at_height")
PRIORITIES = ("P1", "P2", "P3", "P4")
TARGETS = ("response", "attendance", "restored", "resolved")
WAITING = ("client", "vendor", "part", "scheduled")
INCLUDED = ("visits", "hours", "callouts")
HOUR_CLASSES = ("office", "after_hours", "rest_day", "holiday")
SITE_NAMES = ("client_name",)
TYPED_CLIENT = ("name",)
TYPED_SITE = ("client", "name", "address", "phone")
"""What an engineer may say of a client and a site that they type on the spot (D7)."""

Version = Mapping[str, Any]


def extends(known: Sequence[Version], given: Sequence[Version]) -> bool:
    """Whether `given` keeps every known version as it is and only adds some (field.md A3).

    When it was known is the server's to say, so an absent or repeated `known_at` changes nothing.
    """
    if len(given) < len(known):
        return False
    pairs = zip(known, given, strict=False)
    return all(_told(was) == _told(now) and now.get("known_at") in (None, was["known_at"]) for was, now in pairs)


def _told(version: Version) -> dict[str, Any]:
    return {key: value for key, value in version.items() if key != "known_at"}


def stamped(known: Sequence[Version], given: Sequence[Version], known_at: str) -> list[dict[str, Any]]:
    """The known versions, then the new ones with the moment at which they became known."""
    fresh = [{**version, "known_at": known_at} for version in given[len(known) :]]
    return [*map(dict, known), *fresh]


def version_on(versions: Sequence[Version], day: str) -> Version | None:
    """The version in effect on a civil date: the latest effective one, of two of one date the later known."""
    begun = [version for version in versions if version["effective_from"] <= day]
    return max(begun, key=lambda version: (version["effective_from"], version["known_at"]), default=None)


def in_force(agreement: Mapping[str, Any], day: str) -> bool:
    """Whether an agreement runs on a civil date; its last day belongs to it."""
    return agreement["starts_on"] <= day and (agreement["ends_on"] is None or day <= agreement["ends_on"])


def governing(agreements: Sequence[Mapping[str, Any]], day: str) -> Mapping[str, Any] | None:
    """Of a client's agreements the one in force on a day; of several the one that began last."""
    running = [agreement for agreement in agreements if in_force(agreement, day)]
    return max(running, key=lambda agreement: (agreement["starts_on"], agreement["number"]), default=None)


def coverage_of(site: Mapping[str, Any], agreement: Mapping[str, Any], day: str) -> dict[str, Any] | None:
    """What the site's tablet copy of the agreement says on a day; None before its first version."""
    version = version_on(agreement["versions"], day)
    if version is None:
        return None
    return {
        "site": site["id"],
        "agreement": agreement["id"],
        "number": agreement["number"],
        "client": site["client"],
        "windows": version["windows"],
        "targets": version["targets"],
        "until": agreement["ends_on"],
    }
