"""The one spelling of a record: RFC 8785 bytes, integers only, no key twice."""

from __future__ import annotations

import json
from typing import Any, NoReturn

import rfc8785

from backend.signoff.shapes import INTEGER_LIMIT, RecordInvalid

DIGITS = len(str(INTEGER_LIMIT)) + 1


def read_canonical(data: bytes) -> object:
    """The value that `data` spells. Raises RecordInvalid("not_canonical" or "not_json")."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_whole,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        spelled = rfc8785.dumps(value)
    except RecordInvalid:
        raise
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as fault:
        raise RecordInvalid("not_json") from fault
    if spelled != data:
        raise RecordInvalid("not_canonical")
    result: object = value
    return result


def write_canonical(value: Any) -> bytes:
    """RFC 8785 bytes. Raises RecordInvalid for what has no such spelling."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as fault:
        raise RecordInvalid("not_json") from fault


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RecordInvalid("key_twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > DIGITS or abs(int(digits)) > INTEGER_LIMIT:
        raise RecordInvalid("out_of_range")
    return int(digits)


def _refuse(_: str) -> NoReturn:
    raise RecordInvalid("not_canonical")
