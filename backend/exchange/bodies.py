"""Reading a push's body: plain or gzip, each with its limits (sync.md 3.11)."""

from __future__ import annotations

import zlib

from flask import request

from backend.core.problems import Invalid, TooLarge, WrongMediaType
from backend.core.schema import read_body
from sync.protocol import LIMITS

GZIP = 16 + zlib.MAX_WBITS


def read_push_body() -> bytes:
    """At most 1 MiB as sent, 4 MiB and 20 times as much unpacked. Raises WrongMediaType, TooLarge, Invalid."""
    if request.mimetype != "application/json":
        raise WrongMediaType("Send the body as application/json.")
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise WrongMediaType("The body may be plain or gzip.", field="Content-Encoding")
    data = read_body(LIMITS["push_bytes"])
    return unpack(data) if encoding == "gzip" else data


def unpack(data: bytes) -> bytes:
    """The bytes inside one gzip member. Stops at the limit: a bomb is never unpacked whole."""
    most = min(LIMITS["decompressed_bytes"], len(data) * LIMITS["decompression_ratio"])
    packed = zlib.decompressobj(GZIP)
    try:
        plain = packed.decompress(data, most + 1)
    except zlib.error as wrong:
        raise Invalid("The body is not gzip.") from wrong
    if len(plain) > most:
        raise TooLarge(
            f"The unpacked body may have {LIMITS['decompressed_bytes']} bytes, "
            f"and {LIMITS['decompression_ratio']} times the packed ones."
        )
    if not packed.eof or packed.unused_data:
        raise Invalid("The gzip body is cut off or has something behind it.")
    return plain
