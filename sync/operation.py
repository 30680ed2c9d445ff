"""One operation: the string that a person's act became, read strictly (rules S2, S6, S8)."""

import datetime
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sync.chain import operation_bytes
from sync.ids import is_uuid7
from sync.protocol import LIMITS
from sync.strict_json import NotStrict, read

KEYS = ("id", "type", "v", "entity", "base", "args", "at", "mono", "off")
_TYPE = re.compile(r"[a-z][a-z_]{0,31}(\.[a-z][a-z_]{0,31})?")
_KIND = re.compile(r"[a-z][a-z_]{0,31}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", re.ASCII)


class Operation(NamedTuple):
    """What somebody did, and what they had seen.

    `entity` is (kind, id). `base` is the feed's head that was applied whole when the screen was drawn, 0
    before the first pull. `at` is the device's clock (RFC 3339, UTC, milliseconds), `mono` its monotonic
    milliseconds, `off` the last measured offset of its clock in milliseconds, None before any measurement.
    """

    id: str
    type: str
    v: int
    entity: tuple[str, str]
    base: int
    args: Mapping[str, Any]
    at: str
    mono: int
    off: int | None


@dataclass(frozen=True)
class Invalid:
    """Why a string is no operation: `code` is invalid or too_large, `field` the wrong key, if it is one."""

    code: str
    field: str | None = None


def parse_operation(text: str) -> Operation | Invalid:
    """Read an operation string. Never raises: whatever the string is, it has an outcome."""
    if len(operation_bytes(text)) > LIMITS["operation_bytes"]:
        return Invalid("too_large")
    try:
        value = read(text)
    except NotStrict:
        return Invalid("invalid")
    if not isinstance(value, dict):
        return Invalid("invalid")
    wrong = _wrong_key(value)
    if wrong is None:
        for key, fits in _FITS.items():
            if not fits(value[key]):
                return Invalid("invalid", key)
        value["entity"] = tuple(value["entity"])
        return Operation(**value)
    return Invalid("invalid", wrong)


def write_operation(operation: Operation) -> str:
    """The string of an operation, made once. ValueError when it would be refused: never queue such a one."""
    ordered = {key: getattr(operation, key) for key in KEYS}
    text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
    parsed = parse_operation(text)
    if isinstance(parsed, Invalid):
        raise ValueError(f"{parsed.code} {parsed.field or ''}".rstrip())
    return text


def _wrong_key(value: dict[str, Any]) -> str | None:
    """The first key that is missing, else the first that nobody knows."""
    if value.keys() == _FITS.keys():
        return None
    missing = (key for key in KEYS if key not in value)
    unknown = (key for key in value if key not in KEYS)
    return next(missing, None) or next(unknown, None)


def is_instant(text: object) -> bool:
    """Whether it is a moment that exists, as `2026-11-23T09:14:05.120Z`: UTC, no leap second."""
    if not isinstance(text, str) or _INSTANT.fullmatch(text) is None:
        return False
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_entity(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and _KIND.fullmatch(value[0]) is not None
        and is_uuid7(value[1])
    )


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "id": is_uuid7,
    "type": lambda value: isinstance(value, str) and _TYPE.fullmatch(value) is not None,
    "v": lambda value: _whole(value, 1),
    "entity": _is_entity,
    "base": lambda value: _whole(value, 0),
    "args": lambda value: isinstance(value, dict),
    "at": is_instant,
    "mono": lambda value: _whole(value, 0),
    "off": lambda value: value is None or _whole(value, -(2**53)),
}
