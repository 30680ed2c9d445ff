"""Bodies on the wire: a push comes plain or as gzip, each with its limits; an answer goes packed to who takes it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from typing import Any

from flask import Response, request

from backend.core.problems import Invalid, TooLarge, WrongMediaType
from backend.core.schema import read_body
from sync.protocol import LIMITS

GZIP = 16 + zlib.MAX_WBITS
LEAST_PACKED = 1_024
PACKING = 3


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


def wants_little() -> bool:
    """Whether the asker would rather have less in the answer (RFC 7240: `Prefer: return=minimal`)."""
    asked = ",".join(request.headers.getlist("Prefer"))
    return "return=minimal" in (one.partition(";")[0].strip().lower() for one in asked.split(","))


def refuse_long(body: Mapping[str, Any]) -> None:
    """413 for more operations than one push may carry, so that the tablet halves its batch."""
    ops = body.get("ops") if isinstance(body, dict) else None
    if isinstance(ops, list) and len(ops) > LIMITS["push_operations"]:
        raise TooLarge(f"A push may have {LIMITS['push_operations']} operations.", field="ops")


def pack(answer: Response) -> Response:
    """The answer as gzip where the asker takes it and it is worth the work.

    What is compressed beside words of others could be guessed from its length, try after try. The one secret in our
    answers is the rolling token of a push: it is another one each time, and worth nothing without the device's key.
    """
    data = answer.get_data()
    if request.accept_encodings.quality("gzip") and len(data) >= LEAST_PACKED:
        answer.set_data(gzip.compress(data, PACKING))
        answer.headers["Content-Encoding"] = "gzip"
    return answer
