"""The feed's pure half: cursors, checksums, and what becomes of a row that arrives (rules S17 to S20)."""

import base64
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sync.policy import audience_of

_PLAIN = re.compile(r"1:(0|[1-9][0-9]{0,15})")
_FNV_OFFSET = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_MASK = (1 << 64) - 1


class BadCursor(ValueError):
    """A cursor that this program never gave out."""


def encode_cursor(seq: int) -> str:
    """The opaque text for "everything up to and including seq"."""
    if not 0 <= seq < 10**16:
        raise ValueError("a feed position is between 0 and 10^16")
    return base64.urlsafe_b64encode(f"1:{seq}".encode()).decode().rstrip("=")


def decode_cursor(text: str) -> int:
    """The seq of a cursor, or BadCursor."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError as wrong:
        raise BadCursor(text) from wrong
    found = _PLAIN.fullmatch(plain)
    if found is None or encode_cursor(int(found[1])) != text:
        raise BadCursor(text)
    return int(found[1])


def fnv1a64(data: bytes) -> int:
    """The 64-bit FNV-1a hash."""
    value, prime, mask = _FNV_OFFSET, _FNV_PRIME, _MASK
    for byte in data:
        value = (value ^ byte) * prime & mask
    return value


def checksum(rows: Iterable[tuple[str, str, int]]) -> str:
    """The sum over (kind, id, ver) of live rows: FNV-1a 64 of "kind/id/ver", modulo 2^64, 16 hex digits."""
    total = sum(fnv1a64(f"{kind}/{entity}/{ver}".encode()) for kind, entity, ver in rows)
    return f"{total & _MASK:016x}"


class Fate(StrEnum):
    """What to do with a row that arrived."""

    PUT = "put"
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True)
class Held:
    """What a tablet has of a row: the content version and the generation it came with."""

    ver: int
    generation: int


def fate(held: Held | None, change: Mapping[str, Any], generation: int) -> Fate:
    """Rule S18: an older version never replaces a newer one, unless a bootstrap began a new generation."""
    if held is not None and held.generation == generation and held.ver > change["ver"]:
        return Fate.KEEP
    return Fate.REMOVE if change.get("del") else Fate.PUT


def left_audience(change: Mapping[str, Any]) -> str | None:
    """The audience that a scope row says the person has left, else None."""
    value = change.get("v") or {}
    return value["audience"] if change["k"] == "scope" and value.get("state") == "out" else None


def leaving(
    rows: Iterable[tuple[str, str, Mapping[str, Any]]], audience: str, busy: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Rule S19: the (kind, id) to drop when `audience` is left: its whole tree, or nothing while it is busy.

    `busy` holds the entities that an unretired operation names, and the visit or site which those belong to.
    """
    tree = [(kind, entity) for kind, entity, value in rows if audience_of(kind, entity, value) == audience]
    if not any(key in busy for key in tree):
        yield from tree


def tombstone_for(before: str | None, after: str | None) -> str | None:
    """Rule S19: the audience that must hear of a tombstone when a row moves from one to another."""
    return before if before is not None and before != after else None
