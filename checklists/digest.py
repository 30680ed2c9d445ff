"""The name of a definition: the SHA-256 of its RFC 8785 bytes, as written (rule C9)."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785


def canonical_bytes(definition: Any) -> bytes:
    """RFC 8785 bytes of a plain form. Raises rfc8785.CanonicalizationError on what JSON cannot hold."""
    return rfc8785.dumps(definition)


def digest(definition: Any) -> str:
    """64 lower-case hex digits over the plain form exactly as written; no default is filled in."""
    return hashlib.sha256(canonical_bytes(definition)).hexdigest()
