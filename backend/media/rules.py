"""What may be uploaded, and how an upload's headers are read (tus 1.0, decisions.md 7). Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sync.ids import is_uuid7
from sync.protocol import LIMITS

VERSION = "1.0.0"
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
DOCUMENT = "application/json"
LARGEST = {DOCUMENT: LIMITS["document_bytes"]} | dict.fromkeys(PICTURES, LIMITS["blob_bytes"])
"""Bytes by type of file."""
CHUNK = LIMITS["blob_chunk_bytes_max"]
KEPT = timedelta(days=7)
"""How long an unfinished upload waits for its next chunk."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")


class BadHeader(ValueError):
    """A header that does not say what it should; `header` is its name, with the member where it has members."""

    def __init__(self, header: str, why: str) -> None:
        super().__init__(why)
        self.header = header
        self.why = why


@dataclass(frozen=True)
class Facts:
    """What an upload says of itself."""

    visit: str
    sha256: str
    filetype: str


def read_facts(header: str) -> Facts:
    """Upload-Metadata: `visit <base64>,sha256 <base64>,filetype <base64>`. Raises BadHeader."""
    found = _members(header)
    unknown = found.keys() - {"visit", "sha256", "filetype"}
    if unknown:
        raise BadHeader(f"Upload-Metadata.{min(unknown)}", "is not known")
    for name in ("visit", "sha256", "filetype"):
        if name not in found:
            raise BadHeader(f"Upload-Metadata.{name}", "is missing")
    if not is_uuid7(found["visit"]):
        raise BadHeader("Upload-Metadata.visit", "must be an id of a visit")
    if _DIGEST.fullmatch(found["sha256"]) is None:
        raise BadHeader("Upload-Metadata.sha256", "must be 64 lower-case hex digits")
    return Facts(**found)


def _members(header: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for part in header.split(","):
        name, _, value = part.strip().partition(" ")
        if not name or name in found:
            raise BadHeader("Upload-Metadata", "must be names and base64 values, each name once")
        found[name] = _text(name, value)
    return found


def _text(name: str, value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("ascii")
    except ValueError as wrong:
        raise BadHeader(f"Upload-Metadata.{name}", "must be base64 of ASCII text") from wrong


def read_number(header: str, value: str | None) -> int:
    """Upload-Length or Upload-Offset. Raises BadHeader."""
    if value is None or _NUMBER.fullmatch(value) is None:
        raise BadHeader(header, "must be a whole number of bytes")
    return int(value)


def read_checksum(value: str | None) -> bytes | None:
    """Upload-Checksum: `sha256 <base64 of 32 bytes>`; the digest, None when the client sends none (tus 1.0 lets it; the
    whole file's digest is compared in any case). Raises BadHeader.
    """
    if value is None:
        return None
    algorithm, _, text = value.partition(" ")
    if algorithm != "sha256":
        raise BadHeader("Upload-Checksum", "must be sha256 and the digest of the chunk in base64")
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError as wrong:
        raise BadHeader("Upload-Checksum", "must be base64") from wrong
    if len(digest) != 32:
        raise BadHeader("Upload-Checksum", "must be a digest of 32 bytes")
    return digest
