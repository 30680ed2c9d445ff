"""The inputs of the console's forms: what a person types becomes the plain values of an operation's arguments.

A field reads its own texts out of a submitted form and writes a value back into texts. Names may be dotted paths
(`versions.0.targets.P1.response`): the value lands at that place of the arguments. Nothing is validated here; the
operation's own schema does that, so that a form cannot be kinder or stricter than the protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from backend.core.schema import wire_time

LOCAL = timedelta(hours=8)
"""Singapore and all of Malaysia keep UTC+8 the year round."""

LONGEST_COUNT = 16
"""Digits: a longer number is more than any schema takes, and Python refuses to read thousands of them."""
WEEK = tuple("0123456")

Option = tuple[str, str]


Texts = MultiDict[str, str]
"""A submitted form."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of text; the base of all others. `widget` names the macro that draws it."""

    name: str
    label: str
    hint: str = ""
    required: bool = False
    longest: int = 200
    group: str = ""
    widget: str = "line"
    input_type: str = "text"

    def read(self, form: Texts) -> Any:
        """The value for the arguments; None where nothing was typed."""
        return form.get(self.name, "").strip() or None

    def write(self, value: Any) -> Any:
        """The value as the widget shows it. Text is shown as it is: what an address proposed, or what was mistyped."""
        return "" if value is None else value


@dataclass(frozen=True, kw_only=True)
class Secret(Field):
    """A password: never shown again, also not when the form comes back."""

    longest: int = 128
    input_type: str = "password"

    def write(self, value: Any) -> Any:  # noqa: ARG002 - that is its point
        return ""


@dataclass(frozen=True, kw_only=True)
class Area(Field):
    longest: int = 4000
    widget: str = "area"


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    input_type: str = "date"


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A moment, typed in local time (UTC+8), kept as RFC 3339 UTC."""

    input_type: str = "datetime-local"

    def read(self, form: Texts) -> Any:
        typed = form.get(self.name, "").strip()
        return to_utc(typed) if typed else None

    def write(self, value: Any) -> Any:
        return to_local(value) if value else ""


@dataclass(frozen=True, kw_only=True)
class Count(Field):
    """A whole number; anything else is passed on as typed and refused by the schema."""

    input_type: str = "number"

    def read(self, form: Texts) -> Any:
        typed = form.get(self.name, "").strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < LONGEST_COUNT else typed or None


@dataclass(frozen=True, kw_only=True)
class Tick(Field):
    widget: str = "tick"

    def read(self, form: Texts) -> Any:
        return form.get(self.name, "") == "on"


@dataclass(frozen=True, kw_only=True)
class Pick(Field):
    """One of a list. `options` is asked when the form is drawn; `none` is the word for no choice, if allowed."""

    options: Callable[[], Sequence[Option]]
    none: str | None = None
    widget: str = "pick"


@dataclass(frozen=True, kw_only=True)
class Picks(Field):
    """Any of a list, as ticks."""

    options: Callable[[], Sequence[Option]]
    widget: str = "picks"

    def read(self, form: Texts) -> Any:
        return form.getlist(self.name)

    def write(self, value: Any) -> Any:
        return [str(member) for member in value or []]


@dataclass(frozen=True, kw_only=True)
class Days(Picks):
    """Days of the week, 0 is Monday."""

    def read(self, form: Texts) -> Any:
        return [int(day) for day in form.getlist(self.name) if day in WEEK]


@dataclass(frozen=True, kw_only=True)
class Words(Field):
    """A list of words, typed with commas."""

    longest: int = 1000

    def read(self, form: Texts) -> Any:
        return [word.strip() for word in form.get(self.name, "").split(",") if word.strip()]

    def write(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(value or [])


@dataclass(frozen=True, kw_only=True)
class Pairs(Area):
    """`key: text` a line each, as one object."""

    def read(self, form: Texts) -> Any:
        lines = (line.partition(":") for line in form.get(self.name, "").splitlines() if line.strip())
        return {key.strip(): text.strip() for key, _, text in lines}

    def write(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(f"{key}: {text}" for key, text in (value or {}).items())


@dataclass(frozen=True, kw_only=True)
class Holidays(Area):
    """`2026-08-09 National Day` a line each."""

    longest: int = 40_000

    def read(self, form: Texts) -> Any:
        lines = (line.strip().partition(" ") for line in form.get(self.name, "").splitlines() if line.strip())
        return [{"date": date, "name": name.strip()} for date, _, name in lines]

    def write(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(f"{day['date']} {day['name']}" for day in value or [])


def to_utc(typed: str) -> str:
    """RFC 3339 UTC of a `datetime-local` text; what cannot be read is passed on and refused by the schema."""
    try:
        return wire_time(datetime.fromisoformat(f"{typed}+08:00"))
    except (ValueError, OverflowError):
        return typed


def to_local(at: str) -> str:
    """`2026-11-24T09:05` in local time; what `to_utc` could not read comes back as it was typed."""
    try:
        return f"{datetime.fromisoformat(at) + LOCAL:%Y-%m-%dT%H:%M}"
    except (ValueError, OverflowError):
        return at
