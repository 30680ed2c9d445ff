"""Canonical bytes (rule S7): RFC 8785, read back as strictly as they are written."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import rfc8785

from sync import strict_json
from sync.protocol import LIMITS

_FAULT = re.compile(
    r"(?P<nul>\x00)|(?P<surrogate>[\ud800-\udfff])|(?P<control>[\x01-\x1f\x7f-\x9f])|(?P<bidi>[\u202a-\u202e\u2066-\u2069])"
)


class NotCanonical(ValueError):
    """Bytes that nobody should sign. `path` is a JSON pointer to the value, empty where the whole is meant.

    `reason` is one of encoding, bom, syntax, depth, duplicate_key, number, nul, surrogate, control, bidi,
    nfc, form.
    """

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(f"{reason} at {path or 'the whole'}")
        self.reason = reason
        self.path = path


def write(value: Any) -> bytes:
    """The RFC 8785 bytes of a value that keeps rule S7; NotCanonical names what does not."""
    for path, inner in _walk(value, "", LIMITS["operation_depth"]):
        _check(inner, path)
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as wrong:
        raise NotCanonical("form") from wrong


def read(data: bytes) -> Any:
    """The value of canonical bytes: `write(read(data)) == data`, or NotCanonical."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise NotCanonical("encoding") from wrong
    if text.startswith("\ufeff"):
        raise NotCanonical("bom")
    try:
        value = strict_json.read(text)
    except strict_json.NotStrict as wrong:
        raise NotCanonical(wrong.reason) from wrong
    if write(value) != data:
        raise NotCanonical("form")
    return value


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Every value with its pointer, an object's keys as strings at the object's own pointer."""
    if isinstance(value, (dict, list)) and depth == 0:
        raise NotCanonical("depth", path)
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _walk(inner, f"{path}/{_escaped(key)}", depth - 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}/{index}", depth - 1)


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _check(value: Any, path: str) -> None:
    if isinstance(value, str):
        reason = text_fault(value)
        if reason:
            raise NotCanonical(reason, path)
    elif isinstance(value, float) or (isinstance(value, int) and abs(value) > strict_json.LARGEST):
        raise NotCanonical("number", path)
    elif not (value is None or isinstance(value, (bool, int, dict, list))):
        raise NotCanonical("form", path)


def text_fault(text: str) -> str | None:
    """What a signed text may not hold: NUL, lone surrogate, control, bidi control, a form that is not NFC."""
    found = _FAULT.search(text)
    if found:
        return found.lastgroup
    return None if unicodedata.is_normalized("NFC", text) else "nfc"


def loose(value: Any) -> bytes:
    """RFC 8785 bytes of a value that nobody signs, texts as they are: for comparing, never for digests."""
    return rfc8785.dumps(value)
