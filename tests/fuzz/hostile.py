"""Bytes that nobody should send, as Hypothesis draws them: hostile values first, because chance never finds them."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

NUMBERS = ("-0", "1e999", "-1e999", "1.0", "1.5", "0", "-1", str(2**31), str(2**53 - 1), str(2**53), str(2**63),
           str(2**64), "9" * 400, "9" * 5_000, "NaN", "Infinity", "-Infinity", "01", "+1", "0x10")  # fmt: skip
TEXTS = (r'""', r'"\u0000"', r'"\ud800"', r'"\udfff\ud800"', r'"\u202e"', r'"../../etc/passwd"', r'"__proto__"',
         '"' + "x" * 5_000 + '"', '"\x01"', '"\u00e9\u0301"', r'"0"', '"9999-12-31T23:59:60.000Z"',
         '"01900000-0000-7000-8000-000000000000"', "'", '"unfinished', r'"\x"')  # fmt: skip
SHAPES = ("null", "true", "[]", "{}", "[[]]", '{"a":1,"a":2}', "[" * 40 + "]" * 40, "[" * 3_000, '{"a":' * 2_000,
          '[' + "1," * 3_000 + "1]", "", " ", ",", "\ufeff1")  # fmt: skip
raw_values = st.sampled_from(NUMBERS + TEXTS + SHAPES) | st.text(max_size=20).map(json.dumps)
"""JSON texts of one value, most of them wrong in some way."""


@st.composite
def spoiled(draw: st.DrawFn, good: Mapping[str, Any], most: int = 3) -> str:
    """A JSON object like the good one, with up to `most` members replaced, dropped, repeated or added."""
    members = [(name, json.dumps(value)) for name, value in good.items()]
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, len(members) - 1)) if members else 0
        deed = draw(st.sampled_from(("replace", "replace", "replace", "drop", "repeat", "add")))
        if deed == "replace" and members:
            members[at] = (members[at][0], draw(raw_values))
        elif deed == "drop" and members:
            del members[at]
        elif deed == "repeat" and members:
            members.append((members[at][0], draw(raw_values)))
        else:
            members.append((draw(st.sampled_from(("x", "__proto__", "", "\u0000", "ops ", "id"))), draw(raw_values)))
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in members) + "}"


def encoded(text: str) -> bytes:
    """As bytes, half characters included: three bytes that are not UTF-8."""
    return text.encode("utf-8", "surrogatepass")


@st.composite
def packed(draw: st.DrawFn, plain: bytes) -> bytes:
    """A gzip body: whole, cut, damaged, with something behind it, twice, or a bomb."""
    data, where = gzip.compress(plain, mtime=0), draw(st.floats(0, 1, exclude_max=True))
    way = draw(st.sampled_from(("whole", "cut", "damaged", "behind", "twice", "deflate", "bomb", "deep bomb", "none")))
    if way == "cut":
        return data[: int(where * len(data))]
    if way == "damaged":
        at = int(where * len(data))
        return data[:at] + bytes([data[at] ^ draw(st.integers(1, 255))]) + data[at + 1 :]
    return {
        "whole": data,
        "behind": data + b"more",
        "twice": gzip.compress(data, mtime=0),
        "deflate": zlib.compress(plain),
        "bomb": BOMB,
        "deep bomb": gzip.compress(BOMB, mtime=0),
        "none": plain,
    }[way]


BOMB = gzip.compress(b" " * 40_000_000, mtime=0)

header_texts = st.sampled_from(
    ("", "0", "-1", "1", "1e3", "999999999999999999999", "0x1", "1.0.0", "0.2.2", "sha256", "sha256 AAAA", "sha1 AAAA",
     "sha256 " + "A" * 44, "visit", "visit ,", "visit !!!!", "visit AAAA,visit AAAA", "sha256 AAAA,filetype AAAA",
     "x" * 4_000, "application/json", "text/plain", "application/offset+octet-stream", "multipart/form-data", "br")
) | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)  # fmt: skip
"""Values that a header can carry over the wire."""
