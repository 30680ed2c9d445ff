"""The words of the sign-off in the client's language, shared with the tablet through words.json."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

LOCALES = ("en", "ms", "zh")
TEMPLATE_VERSION = 2
"""Rises with every change of a word in words.json; the tablet has the same number."""
WORDS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))

# Singapore and all of Malaysia keep UTC+8 the year round, so the page needs no time zone data.
LOCAL = timedelta(hours=8)


def phrase(key: str, locale: str, **values: str) -> str:
    """The text of `key` with each {name} replaced; a value is taken as it is, braces included."""
    parts = WORDS[key][locale].split("{")
    filled = [values[name] + rest for name, _, rest in (part.partition("}") for part in parts[1:])]
    return parts[0] + "".join(filled)


def template_name(locale: str) -> str:
    """How the record names the words that were shown, for example `signoff-ms@2`."""
    return f"signoff-{locale}@{TEMPLATE_VERSION}"


def local_minute(at: str) -> str:
    """`2026-11-24 09:05` in local time, from RFC 3339 UTC with milliseconds."""
    moment = datetime.fromisoformat(at) + LOCAL
    return f"{moment:%Y-%m-%d %H:%M}"


def listed(names: list[str], locale: str) -> str:
    """Names one after the other, with the comma of the language."""
    return ("、" if locale == "zh" else ", ").join(names)
