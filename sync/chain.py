"""Chains of digests (rule S3): each device's operations, and the journal of an organisation."""

import hashlib
from collections.abc import Iterable, Mapping

from sync import canonical


def sha256_hex(data: bytes) -> str:
    """SHA-256 as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def start(owner: str) -> str:
    """link(0): the digest of the id that owns the chain (a device, or the organisation of a journal)."""
    return sha256_hex(owner.encode("utf-8"))


def link(prev: str, data: bytes) -> str:
    """link(n) = SHA-256(link(n-1) ‖ SHA-256(bytes n)), over raw digests of 32 bytes; hex in, hex out."""
    return link_digest(prev, sha256_hex(data))


def link_digest(prev: str, digest: str) -> str:
    """As `link`, of bytes whose SHA-256 is known; hex in, hex out."""
    return sha256_hex(bytes.fromhex(prev + digest))


def link_operation(prev: str, text: str) -> str:
    """The link after one operation string, over its UTF-8 bytes."""
    return link(prev, operation_bytes(text))


def links(prev: str, texts: Iterable[str]) -> list[str]:
    """The link after each operation of a push that begins behind `prev`."""
    found = []
    for text in texts:
        prev = link_operation(prev, text)
        found.append(prev)
    return found


def operation_bytes(text: str) -> bytes:
    """The bytes that are hashed and kept. A lone surrogate, which UTF-8 lacks, keeps its own three bytes."""
    return text.encode("utf-8", "surrogatepass")


def journal_link(prev: str, line: Mapping[str, object]) -> str:
    """The hash of a journal line behind `prev`: the same link, over the line's canonical bytes."""
    return link(prev, canonical.write(dict(line)))
