"""The order to a lost tablet to empty itself, and the tablet's word that it did.

The order is a statement (statement.py) by a key that the tablet knows from its sign-in: nobody else can make it throw
its work away. It rides on every answer to that tablet; the tablet sends what it holds first.
"""

from __future__ import annotations

from typing import Any

from backend.core.problems import Invalid
from backend.core.schema import wire_time
from backend.identity import dpop, statement
from backend.identity.enrolled import Enrolled

KIND = "wipe"
DONE = "singgah-wiped+json"
MOST_LEFT = 1_000_000


def order_of(device: Enrolled) -> str | None:
    """The signed order; None while nobody asked, or when it has been obeyed. Its `at` names it."""
    if device.wipe_asked_at is None or device.wiped_at is not None:
        return None
    return statement.sign(
        {"kind": KIND, "device": device.id, "jkt": device.jkt, "at": wire_time(device.wipe_asked_at)}
    )


def directives_of(device: Enrolled) -> list[dict[str, str]]:
    """What an answer to this device tells it to do."""
    order = order_of(device)
    return [] if order is None else [{"wipe": order}]


def read_confirmation(device: Enrolled, text: str) -> dict[str, Any]:
    """What the tablet signed: {"order": the order's `at`, "alone": nobody else uses it, "left": counts}.

    Raises Invalid for any other text, another key or another order.
    """
    try:
        said = dpop.read_signed(device.jwk, text, DONE)
    except (dpop.BadProof, KeyError) as wrong:
        raise Invalid("This was not signed by the device.", field="confirmation") from wrong
    left = said.get("left")
    counts = isinstance(left, dict) and set(left) == {"operations", "photos"} and all(map(_is_count, left.values()))
    if set(said) != {"order", "alone", "left"} or not counts or not isinstance(said["alone"], bool):
        raise Invalid("The confirmation names order, alone and what is left.", field="confirmation")
    if device.wipe_asked_at is None or said["order"] != wire_time(device.wipe_asked_at):
        raise Invalid("This confirms another order.", field="confirmation")
    return said


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_LEFT

