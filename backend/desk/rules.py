"""What may happen to a ticket. Pure; the data is `states.json`, which the tablet reads too (model.md, States)."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

LAW: Mapping[str, Any] = json.loads(files("backend.desk").joinpath("states.json").read_text("utf-8"))
STATES: tuple[str, ...] = tuple(LAW["states"])
OPEN: tuple[str, ...] = tuple(LAW["open"])
KINDS: tuple[str, ...] = tuple(LAW["kinds"])
LEVELS: tuple[str, ...] = tuple(LAW["levels"])
PRIORITIES: tuple[str, ...] = ("P1", "P2", "P3", "P4")
TIERS: tuple[str, ...] = tuple(LAW["tiers"])
CATEGORIES: tuple[str, ...] = tuple(LAW["categories"])
CHANNELS: tuple[str, ...] = tuple(LAW["channels"])
WAITING: tuple[str, ...] = tuple(LAW["waiting"])
NOTE_VISIBLE: tuple[str, ...] = tuple(LAW["note_visible"])


def move(state: str, verb: str) -> str | None:
    """The state after `verb`, or None when the ticket is in no state for it (held: wrong_state)."""
    after: str | None = LAW["moves"][verb].get(state)
    return after


def priority(impact: str, urgency: str) -> str:
    """Impact × urgency, the 3×3 table of service.md."""
    rank: str = LAW["priorities"][impact][urgency]
    return rank


def is_open(state: str) -> bool:
    """Reopened counts as open in every rule."""
    return state in OPEN


def responds(deed: str) -> bool:
    """Whether a deed by a person of the provider is a first response."""
    return deed in LAW["first_response"]


def repeat_key(kind: str, category: str, asset: str | None, site: str, reporter: str | None) -> str | None:
    """What a repeat is counted by: the asset, else the user, with the category (field.md A7, service.md).

    Only incidents and alerts repeat. A name enters as a digest: the key outlives an erased name and tells nothing.
    """
    if kind not in LAW["repeating_kinds"]:
        return None
    if asset is not None:
        return f"asset:{asset}:{category}"
    if reporter is None:
        return None
    name = " ".join(unicodedata.normalize("NFC", reporter).casefold().split())
    digest = hashlib.sha256(f"{site}\n{name}".encode()).hexdigest()[:24]
    return f"user:{digest}:{category}"
