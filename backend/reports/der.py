"""Is this DER, and nothing but DER? The one spelling of a signature's bytes (ITU-T X.690, 10 and 11).

asn1crypto reads BER as well, and its own re-encoding takes exponential time in the depth of a container.
"""

from __future__ import annotations

DEPTH_LIMIT = 40
BOOLEAN, INTEGER, SET = 0x01, 0x02, 0x31


class NotDer(ValueError):
    """Bytes that strict DER would spell otherwise."""


def first_element(data: bytes) -> bytes:
    """The bytes of the one element at the beginning; what follows is the caller's business. Raises NotDer."""
    content, end = _header(data, 0)
    _check(data[0], data[content:end], 0)
    return data[:end]


def _check(tag: int, content: bytes, depth: int) -> None:
    if depth > DEPTH_LIMIT:
        raise NotDer("nested too deeply")
    if tag & 0x20:
        _check_inner(tag, content, depth)
    elif tag == BOOLEAN and content not in (b"\x00", b"\xff"):
        raise NotDer("a boolean")
    elif tag == INTEGER and not _is_shortest(content):
        raise NotDer("an integer")


def _check_inner(tag: int, content: bytes, depth: int) -> None:
    place, before = 0, b""
    while place < len(content):
        start, end = _header(content, place)
        _check(content[place], content[start:end], depth + 1)
        element = content[place:end]
        if tag == SET and element < before:
            raise NotDer("the order of a set")
        place, before = end, element


def _is_shortest(integer: bytes) -> bool:
    if not integer:
        return False
    return len(integer) == 1 or not (
        (integer[0] == 0x00 and integer[1] < 0x80) or (integer[0] == 0xFF and integer[1] >= 0x80)
    )


def _header(data: bytes, place: int) -> tuple[int, int]:
    """Where an element's content begins and ends: one-byte tags, definite and shortest lengths."""
    if place + 2 > len(data) or data[place] & 0x1F == 0x1F:
        raise NotDer("an element's tag")
    first = data[place + 1]
    octets = first & 0x7F if first & 0x80 else 0
    length = int.from_bytes(data[place + 2 : place + 2 + octets], "big") if octets else first
    start = place + 2 + octets
    shortest = first < 0x80 or (octets > 0 and length >= 0x80 and data[place + 2] != 0)
    if not shortest or start + length > len(data):
        raise NotDer("an element's length")
    return start, start + length


def children(element: bytes) -> list[bytes]:
    """The elements inside a constructed one, as they are written. Raises NotDer."""
    place, end = _header(element, 0)
    if end != len(element) or not element[0] & 0x20:
        raise NotDer("an element that holds others")
    found = []
    while place < end:
        _, after = _header(element, place)
        found.append(element[place:after])
        place = after
    return found


def content(element: bytes) -> bytes:
    """What stands between an element's header and its end. Raises NotDer."""
    start, end = _header(element, 0)
    if end != len(element):
        raise NotDer("an element's length")
    return element[start:end]
