"""Strict shapes at the border: what is not described is refused, and the refusal names the field.

Inside, values are what their fields promise. Limits are stated here once: text 4,000 characters unless said, lists
500 members, JSON bodies 64 KiB and 16 levels unless a door says more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from flask import request
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, missing, validate

from backend.core.problems import Invalid, TooLarge, WrongMediaType
from sync import ids, strict_json
from sync.canonical import text_fault

LONGEST_TEXT = 4_000
LONGEST_LIST = 500
BODY_BYTES = 64 * 1024
BODY_DEPTH = 16
MOST_MARKS = 8
"""Combining marks in a row: more than any script needs is a stack meant to break the page."""

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,9})?")
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Of any time or day that somebody states: beyond them neither time zones nor terms can be added everywhere."""
WITHOUT_LINES = str.maketrans("", "", "\n\t")


class Shape(Schema):
    """What all shapes have in common: a row is a dict, and most of its values are texts that travel as they are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._as_it_is = frozenset(name for name, field in self.dump_fields.items() if _is_text(field))
        self._hooked = any(self._hooks.values())

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        """As every schema dumps."""
        if many or self.many or self._hooked or type(obj) is not dict:
            return super().dump(obj, many=many)
        dumped = {}
        for name, field in self.dump_fields.items():
            value = obj.get(name, missing)
            if not (name in self._as_it_is and (value is None or type(value) is str)):
                value = field.serialize(name, obj, accessor=self.get_attribute)
            if value is not missing:
                dumped[field.data_key or name] = value
        return dumped


def _is_text(field: fields.Field[Any]) -> bool:
    plain = field.attribute is None and field.data_key is None
    return plain and isinstance(field, fields.String) and type(field)._serialize is fields.String._serialize


class Strict(Shape):
    """The base of every shape that comes in: unknown keys are refused."""

    class Meta:
        unknown = RAISE

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        members = [(name, field.data_key or name, field, _short(field)) for name, field in self.load_fields.items()]
        named = all(field.attribute is None for _, _, field, _ in members)
        simple = named and self.unknown == RAISE and not (self.partial or self.many or self._hooked)
        self._members = members if simple else None
        self._keys = frozenset(key for _, key, _, _ in members)

    def load(self, data: Any, **kwargs: Any) -> Any:
        """As every schema loads, and quicker where each field speaks for itself and nothing is wrong: a push has
        hundreds of operations. Whatever is wrong is said by the long way.
        """
        if self._members is None or kwargs or type(data) is not dict or not data.keys() <= self._keys:
            return super().load(data, **kwargs)
        loaded = {}
        try:
            for name, key, field, short in self._members:
                given = data.get(key, missing)
                if short is None or given is None or given is missing:
                    value = field.deserialize(given, key, data)
                else:
                    value = short(given, key, data)
                if value is not missing:
                    loaded[name] = value
        except ValidationError:
            return super().load(data)
        return loaded


def _short(field: fields.Field[Any]) -> Callable[..., Any] | None:
    """All that loading a value comes down to, where the field has nothing around it."""
    around = field.validators or field.pre_load or field.post_load
    bare = type(field).deserialize is fields.Field.deserialize and type(field)._validate is fields.Field._validate
    return field._deserialize if bare and not around else None


class Lenient(Shape):
    """The base of what goes out, and of forms in which a browser may add fields: unknown keys are left out."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.String):
    """Text of at most `longest` code points: no NUL, control, or bidirectional override; NFC; trimmed ends.

    `lines` allows line breaks and tabs. Empty text is refused unless `empty`.
    """

    def __init__(
        self, longest: int = LONGEST_TEXT, *, lines: bool = False, empty: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.longest, self.lines, self.empty = longest, lines, empty

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("must be text")
        text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip(" \t\n")
        self._check(text)
        return text

    def _check(self, text: str) -> None:
        if not text and not self.empty:
            raise ValidationError("must not be empty")
        if len(text) > self.longest:
            raise ValidationError(f"must have at most {self.longest} characters")
        plain = text.translate(WITHOUT_LINES) if self.lines and ("\n" in text or "\t" in text) else text
        if plain.isascii() and plain.isprintable():
            return  # Nothing below can be wrong with it, and most texts of a push are like this.
        fault = text_fault(plain)
        if fault:
            raise ValidationError(f"holds a character that is not text ({fault})")
        if _longest_stack(text) > MOST_MARKS:
            raise ValidationError("stacks too many marks on one letter")


def _longest_stack(text: str) -> int:
    longest = run = 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        longest = max(longest, run)
    return longest


class Uuid7(fields.String):
    """An id in the one form: UUIDv7, lower case (model.md)."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not ids.is_uuid7(value):
            raise ValidationError("must be a UUID version 7 in lower case")
        return str(value)


class UtcTime(fields.Field[datetime]):
    """A moment on the wire: RFC 3339, UTC, milliseconds, as in 2026-11-23T09:14:05.120Z; an aware datetime inside."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        return parse_time(value)

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else wire_time(value)


class TimeText(fields.String):
    """A moment kept as its wire text (entity.py); checked as strictly as UtcTime."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        return wire_time(parse_time(value))


class CivilDate(fields.String):
    """A day as text, YYYY-MM-DD; stays text inside, because a day has no moment."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValidationError("must be a date such as 2026-11-23")
        try:
            day = date.fromisoformat(value)
        except ValueError as wrong:
            raise ValidationError("is not a day of the calendar") from wrong
        _check_year(day)
        return value


class DecimalText(fields.String):
    """A number that no device rounds: digits with an optional point, as text, for example "12.50"."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or not DECIMAL.fullmatch(value):
            raise ValidationError("must be digits with an optional point, for example '12.50'")
        return value


class Whole(fields.Integer):
    """A whole number between `least` and `most`; text, floats and booleans are refused."""

    def __init__(self, least: int = 0, most: int = strict_json.LARGEST, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("must be a whole number")
        return value


class Truth(fields.Boolean):
    """true or false; "yes", 1 and the like are refused."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class ListOf(fields.List[Any]):
    """At most `most` members of one field."""

    def __init__(self, member: fields.Field[Any], most: int = LONGEST_LIST, **kwargs: Any) -> None:
        within = validate.Length(max=most, error=f"must have at most {most} members")
        super().__init__(member, validate=within, **kwargs)


class OneOf(fields.String):
    """One of the named words."""

    def __init__(self, *words: str, **kwargs: Any) -> None:
        super().__init__(validate=validate.OneOf(words, error=f"must be one of {', '.join(words)}"), **kwargs)
        self.words = words


class Money(Strict):
    """An amount: integer minor units and a currency of the provider's countries."""

    minor = Whole(-strict_json.LARGEST, required=True)
    currency = OneOf("SGD", "MYR", "USD", required=True)


def wire_time(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds; ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    # Not strftime, which writes the year 999 with three digits: texts are compared as times.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_time(value: Any) -> datetime:
    """The moment of a wire time; ValidationError for any other form."""
    if not isinstance(value, str) or not TIME.fullmatch(value):
        raise ValidationError("must be a time such as 2026-11-23T09:14:05.120Z")
    try:
        moment = datetime.fromisoformat(value[:-1]).replace(tzinfo=UTC)
    except ValueError as wrong:
        raise ValidationError("is not a time of the calendar") from wrong
    _check_year(moment)
    return moment


def _check_year(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")


READ_FAULTS = {
    "syntax": "The body is not JSON.",
    "depth": "The body is nested too deeply.",
    "duplicate_key": "The body names a key twice.",
    "number": "The body holds a number that is not an exact whole number below 2^53.",
    "nul": "The body holds the character NUL.",
    "surrogate": "The body holds half a character.",
}


def read_json(limit: int = BODY_BYTES, depth: int = BODY_DEPTH) -> Any:
    """The request's body, read strictly: at most `limit` bytes and `depth` levels, no key twice, no float.

    Raises WrongMediaType, TooLarge or Invalid.
    """
    if request.mimetype != "application/json":
        raise WrongMediaType("Send the body as application/json.")
    return parse_json(read_body(limit), depth)


def read_body(limit: int) -> bytes:
    """The request's bytes; TooLarge beyond `limit`, whatever Content-Length says."""
    # One byte more than allowed, because a chunked body is cut at the limit without a word.
    request.max_content_length = limit + 1
    data = b"" if (request.content_length or 0) > limit else request.get_data(cache=False)
    if len(data) > limit or (request.content_length or 0) > limit:
        raise TooLarge(f"The body may have {limit} bytes.")
    return data


def parse_json(data: bytes, depth: int = BODY_DEPTH) -> Any:
    """The strict value of UTF-8 JSON. Raises Invalid."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise Invalid("The body is not UTF-8.") from wrong
    try:
        return strict_json.read(text, depth)
    except strict_json.NotStrict as wrong:
        raise Invalid(READ_FAULTS[wrong.reason]) from wrong


def load_json(schema: Schema, limit: int = BODY_BYTES, depth: int = BODY_DEPTH) -> dict[str, Any]:
    """The request's body as `schema` describes it; a ValidationError becomes a problem that names the field."""
    loaded: dict[str, Any] = schema.load(read_json(limit, depth))
    return loaded
