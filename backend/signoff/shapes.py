"""Small strict checks from which the shapes of a record and its documents are put together.

A check takes a parsed value and the name of its place and raises RecordInvalid(code, field), or returns
nothing. What every text must be (NFC, no control or bidirectional character) is
already held by the canonical reader.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Check = Callable[[object, str], None]

INTEGER_LIMIT = 2**53 - 1
COMBINING_LIMIT = 8
"""Marks in a row; more is decoration that overprints its neighbours."""


class RecordInvalid(Exception):
    """A record or document breaks its law. `code` is a stable word, `field` a path such as `clock.device`."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"{code}: {field}" if field else code)
        self.code = code
        self.field = field


def fields(**wanted: Check) -> Check:
    """An object with exactly these keys. A key's trailing underscore is dropped (`from_`)."""
    checks = {name.rstrip("_"): check for name, check in wanted.items()}

    def check(value: object, field: str) -> None:
        if not isinstance(value, dict):
            raise RecordInvalid("wrong_type", field)
        for name in value:
            if name not in checks:
                raise RecordInvalid("unknown_key", _under(field, str(name)))
        for name, inner in checks.items():
            if name not in value:
                raise RecordInvalid("missing_key", _under(field, name))
            inner(value[name], _under(field, name))

    return check


def list_of(inner: Check, most: int, least: int = 0) -> Check:
    def check(value: object, field: str) -> None:
        for position, element in enumerate(_list(value, field, most, least)):
            inner(element, f"{field}.{position}")

    return check


def text(most: int, least: int = 0) -> Check:
    """A text of `least` to `most` code points."""

    def check(value: object, field: str) -> None:
        if not isinstance(value, str):
            raise RecordInvalid("wrong_type", field)
        if len(value) > most:
            raise RecordInvalid("too_long", field)
        if len(value) < least:
            raise RecordInvalid("too_short", field)
        _readable(value, field)

    return check


def matching(pattern: str, code: str) -> Check:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: object, field: str) -> None:
        if not isinstance(value, str):
            raise RecordInvalid("wrong_type", field)
        if not compiled.fullmatch(value):
            raise RecordInvalid(code, field)

    return check


def whole(least: int = -INTEGER_LIMIT, most: int = INTEGER_LIMIT) -> Check:
    """An integer; true and "5" are none."""

    def check(value: object, field: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise RecordInvalid("wrong_type", field)
        if not least <= value <= most:
            raise RecordInvalid("out_of_range", field)

    return check


def one_of(*choices: str) -> Check:
    def check(value: object, field: str) -> None:
        if not isinstance(value, str):
            raise RecordInvalid("wrong_type", field)
        if value not in choices:
            raise RecordInvalid("not_a_choice", field)

    return check


def truth(value: object, field: str) -> None:
    if not isinstance(value, bool):
        raise RecordInvalid("wrong_type", field)


def or_null(inner: Check) -> Check:
    def check(value: object, field: str) -> None:
        if value is not None:
            inner(value, field)

    return check


def either(*alternatives: Check) -> Check:
    """The first that fits; the complaint is that of the last one."""

    def check(value: object, field: str) -> None:
        for alternative in alternatives[:-1]:
            try:
                return alternative(value, field)
            except RecordInvalid:
                continue
        return alternatives[-1](value, field)

    return check


def stroke_of(most: int) -> Check:
    """[[x, y], …]: the points of one stroke, whole numbers, one to `most` of them."""
    coordinate = whole(-1_000_000, 1_000_000)
    return list_of(list_of(coordinate, 2, 2), most, 1)


UUID = matching(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "not_an_id")
SHA256 = matching(r"[0-9a-f]{64}", "not_a_digest")
SALT = matching(r"[0-9a-f]{32}", "not_a_salt")
THUMBPRINT = matching(r"[0-9A-Za-z_-]{43}", "not_a_thumbprint")
DECIMAL = matching(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?", "not_a_decimal")
_TIME = matching(
    r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}\.[0-9]{3}Z",
    "not_a_time",
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def TIME(value: object, field: str) -> None:
    """RFC 3339 UTC with milliseconds, on a day that exists."""
    _TIME(value, field)
    year, month, day = (int(part) for part in str(value)[:10].split("-"))
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _DAYS[month - 1] + leap:
        raise RecordInvalid("not_a_time", field)


def _list(value: object, field: str, most: int, least: int) -> list[object]:
    if not isinstance(value, list):
        raise RecordInvalid("wrong_type", field)
    if len(value) > most:
        raise RecordInvalid("too_many", field)
    if len(value) < least:
        raise RecordInvalid("too_few", field)
    return value


def _readable(value: str, field: str) -> None:
    run = 0
    for character in "" if value.isascii() else value:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > COMBINING_LIMIT:
            raise RecordInvalid("combining_marks", field)


def _under(field: str, name: str) -> str:
    return f"{field}.{name[:60]}" if field else name[:60]
