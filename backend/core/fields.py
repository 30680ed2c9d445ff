"""Fields of operations and wire values beyond those of `schema.py`: words in one form, digests, numbers, maps."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from sync.ids import parse_number

SLUG = re.compile(r"[a-z0-9]([a-z0-9_-]{0,118}[a-z0-9])?")
SHA256 = re.compile(r"[0-9a-f]{64}")
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,187}\.[^@\s.]{2,63}")
CURRENCY = re.compile(r"[A-Z]{3}")


class Form(fields.String, ABC):
    """Text in one form; `fault` says what it should be."""

    fault = "has the wrong form"

    @abstractmethod
    def fits(self, text: str) -> bool:
        """Whether the whole text has the form."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:  # noqa: ARG002 - marshmallow calls it so
        if not isinstance(value, str) or not self.fits(value):
            raise ValidationError(self.fault)
        return value


class Slug(Form):
    """A word of at most 120 small ASCII letters, digits, `_` and `-`."""

    fault = "must be a word of small letters, digits, _ or -"

    def fits(self, text: str) -> bool:
        return SLUG.fullmatch(text) is not None


class Sha256(Form):
    """A digest: 64 lower-case hex digits."""

    fault = "must be 64 lower-case hex digits"

    def fits(self, text: str) -> bool:
        return SHA256.fullmatch(text) is not None


class Currency(Form):
    """An ISO 4217 code."""

    fault = "must be a currency such as SGD"

    def fits(self, text: str) -> bool:
        return CURRENCY.fullmatch(text) is not None


class Email(Form):
    """An address with one @, at most 254 characters. Whether it is reachable is not known here."""

    fault = "must be an e-mail address"

    def fits(self, text: str) -> bool:
        return len(text) <= 254 and EMAIL.fullmatch(text) is not None


class Number(Form):
    """A number for people, T-7K3-42 or V-7K3-9; `letter` says which (sync rule S5)."""

    def __init__(self, letter: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.letter, self.fault = letter, f"must be a number such as {letter}-7K3-42"

    def fits(self, text: str) -> bool:
        parts = parse_number(text)
        return parts is not None and parts[0] == self.letter


class MapOf(fields.Dict):
    """An object of at most `most` keys, each key and value of one field."""

    def __init__(self, keys: fields.Field[Any], values: fields.Field[Any], most: int, **kwargs: Any) -> None:
        limit = validate.Length(max=most, error=f"must have at most {most} keys")
        super().__init__(keys=keys, values=values, validate=limit, **kwargs)


optional: Mapping[str, Any] = {"allow_none": True, "load_default": None}
"""Keyword arguments of a field that may be absent or null."""


def partly(schema: type[Schema], *without: str) -> Schema:
    """The schema of an edit: any of its fields may be absent, `without` are refused. What a field holds is whole:
    marshmallow's `partial=True` would excuse missing keys inside nested values too.
    """
    names = tuple(name for name in schema._declared_fields if name not in without)
    return schema(only=names, partial=names)
