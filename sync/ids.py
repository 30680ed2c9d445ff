"""Ids for machines and numbers for people (rules S4, S5). Time and random bytes are arguments."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_NUMBER = re.compile(rf"([TV])-([{ALPHABET}]{{3}})-([1-9][0-9]{{0,8}})")
_LONGEST_MS = 1 << 48


def uuid7(ms: int, random_bytes: bytes) -> str:
    """A UUID version 7 (RFC 9562) in lower case, of milliseconds since 1970 UTC and ten random bytes."""
    if not 0 <= ms < _LONGEST_MS:
        raise ValueError("milliseconds do not fit into 48 bits")
    if len(random_bytes) != 10:
        raise ValueError("ten random bytes are needed")
    tail = bytearray(random_bytes)
    tail[0] = 0x70 | tail[0] & 0x0F
    tail[2] = 0x80 | tail[2] & 0x3F
    digits = (ms.to_bytes(6, "big") + bytes(tail)).hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def is_uuid7(text: object) -> bool:
    """Whether it is an id in the one form that is allowed: version 7, lower case, with hyphens."""
    return isinstance(text, str) and _UUID7.fullmatch(text) is not None


def uuid7_ms(text: str) -> int:
    """The milliseconds inside an id. Evidence of nothing: the maker's clock may be wrong."""
    return int(text[:8] + text[9:13], 16)


def crockford(data: bytes) -> str:
    """The bytes in Crockford's base 32; the number of bits must be a multiple of five."""
    bits = len(data) * 8
    if bits % 5:
        raise ValueError("the number of bits is no multiple of five")
    value = int.from_bytes(data, "big")
    return "".join(ALPHABET[value >> shift & 31] for shift in range(bits - 5, -1, -5))


def is_device_code(text: object) -> bool:
    """Three Crockford characters, for example 7K3."""
    return isinstance(text, str) and len(text) == 3 and all(sign in ALPHABET for sign in text)


def human_number(letter: str, device_code: str, counter: int) -> str:
    """`T-7K3-42` for a ticket, `V-7K3-9` for a visit: made offline, never changed."""
    number = f"{letter}-{device_code}-{counter}"
    if _NUMBER.fullmatch(number) is None:
        raise ValueError(f"{number} is not a number for people")
    return number


def parse_number(text: object) -> tuple[str, str, int] | None:
    """Letter, device code and counter of a number for people, or None when it has another form."""
    found = _NUMBER.fullmatch(text) if isinstance(text, str) else None
    return (found[1], found[2], int(found[3])) if found else None


def report_number(visit_number: str, revision: int) -> str:
    """A report carries the visit's number; revision 2 is its first amendment, `V-7K3-9-A1`."""
    if revision < 1:
        raise ValueError("revisions count from 1")
    return visit_number if revision == 1 else f"{visit_number}-A{revision - 1}"
