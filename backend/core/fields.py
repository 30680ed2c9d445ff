"""What operations and wire values are made of: strict fields that refuse by name.

No field guesses: "5" is no number, 1 is no yes. Text comes out in one form (NFC, line feeds, trimmed) and holds no
control or bidirectional control character, so that what was typed can be printed, signed and compared as it is
(evidence.md 4.2, Rules). Unknown keys are refused, which is marshmallow's default.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from checklists import wording
from sync.ids import is_uuid7, parse_number
from sync.operation import is_instant

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9_-]{0,118}[a-z0-9])?")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,187}\.[^@\s.]{2,63}")


class Shape(Schema):
    """A value with exactly these keys."""


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValidationError("must be text")
    return value


class Text(fields.String):
    """Text of at most `limit` characters; `lines` allows line feeds and tabs. Empty counts as absent."""

    def __init__(self, limit: int, *, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit, self.lines = limit, lines
        self.metadata.setdefault("maxLength", limit)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        raw = _string(value)
        if not wording.is_well_formed(raw):
            raise ValidationError("is not well-formed text")
        text = wording.tidy(raw)
        if not text:
            return self._empty()
        if wording.has_control(text, lines=self.lines) or _BIDI.search(text):
            raise ValidationError("holds a control character")
        if len(text) > self.limit:
            raise ValidationError(f"is longer than {self.limit} characters")
        return text

    def _empty(self) -> None:
        if self.required or not self.allow_none:
            raise ValidationError("must not be empty")


class Checked(fields.String):
    """Text in one form; `fault` says what it should be."""

    fault = "has the wrong form"

    def fits(self, text: str) -> bool:
        raise NotImplementedError

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        text = _string(value)
        if not self.fits(text):
            raise ValidationError(self.fault)
        return text


class Identifier(Checked):
    """An id: UUID version 7, lower case."""

    fault = "must be an id (UUID version 7, lower case)"

    def fits(self, text: str) -> bool:
        return is_uuid7(text)


class Instant(Checked):
    """A moment, RFC 3339 UTC with milliseconds."""

    fault = "must be a moment such as 2026-11-23T09:14:05.120Z"

    def fits(self, text: str) -> bool:
        return is_instant(text)


class Day(Checked):
    """A civil date that exists."""

    fault = "must be a date such as 2026-11-23"

    def fits(self, text: str) -> bool:
        try:
            return len(text) == 10 and datetime.date.fromisoformat(text).isoformat() == text
        except ValueError:
            return False


class Slug(Checked):
    """A short word of small ASCII letters, digits, `_` and `-`."""

    fault = "must be a word of small letters, digits, _ or -"

    def fits(self, text: str) -> bool:
        return _SLUG.fullmatch(text) is not None


class Sha256(Checked):
    """A digest: 64 lower-case hex digits."""

    fault = "must be 64 lower-case hex digits"

    def fits(self, text: str) -> bool:
        return _SHA256.fullmatch(text) is not None


class Number(Checked):
    """A number for people, T-7K3-42 or V-7K3-9; `letter` says which."""

    def __init__(self, letter: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.letter, self.fault = letter, f"must be a number such as {letter}-7K3-42"

    def fits(self, text: str) -> bool:
        parts = parse_number(text)
        return parts is not None and parts[0] == self.letter


class Email(Checked):
    """An address with one @, at most 254 characters. Whether it is reachable is not known here."""

    fault = "must be an e-mail address"

    def fits(self, text: str) -> bool:
        return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


class OneOf(Checked):
    """One of a closed list, which the fault names."""

    def __init__(self, words: Iterable[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words = tuple(words)
        self.fault = f"must be one of {', '.join(self.words)}"
        self.metadata.setdefault("enum", list(self.words))

    def fits(self, text: str) -> bool:
        return text in self.words


class Whole(fields.Integer):
    """A whole number from `least` to `most`, both inside; within ±2^53-1 so that both languages hold it."""

    def __init__(self, least: int = 0, most: int = 2**53 - 1, **kwargs: Any) -> None:
        super().__init__(strict=True, **kwargs)
        self.least, self.most = least, most

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("must be a whole number")
        if not self.least <= value <= self.most:
            raise ValidationError(f"must be from {self.least} to {self.most}")
        return value


class Flag(fields.Boolean):
    """True or false, nothing that resembles it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


def listing(inner: fields.Field[Any] | type[Schema], most: int, **kwargs: Any) -> fields.List[Any]:
    """A list of at most `most` entries."""
    one = inner if isinstance(inner, fields.Field) else fields.Nested(inner)
    return fields.List(one, validate=validate.Length(max=most), **kwargs)


def mapping(
    keys: fields.Field[Any], values: fields.Field[Any], most: int, **kwargs: Any
) -> fields.Dict[Any, Any]:
    """An object of at most `most` keys."""
    return fields.Dict(keys=keys, values=values, validate=validate.Length(max=most), **kwargs)


def first_fault(messages: Mapping[Any, Any] | list[Any], path: str = "") -> str:
    """The path of the first field that a ValidationError names, for example `versions.0.weekend`."""
    if isinstance(messages, list):
        return path
    key = next(iter(messages))
    inner = messages[key]
    below = f"{path}.{key}" if path else str(key)
    return first_fault(inner, below) if isinstance(inner, Mapping) else below


optional: Mapping[str, Any] = {"allow_none": True, "load_default": None}
"""Keyword arguments of a field that may be absent or null."""
