"""Reads the plain parts of a definition and notes every fault instead of stopping at the first (rule C1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TypeVar

from checklists import exact, wording
from checklists.definition import Labels, Range, Reference
from checklists.exact import Exact
from checklists.faults import Fault

T = TypeVar("T")
Absent = TypeVar("Absent")
Fields = dict[str, object]

ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
CHOICE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
MAX_LABEL = 500
MAX_NOTE = 2000
MAX_LANGUAGES = 20


class Reader:
    """Each method returns a usable value whatever it is given; `faults` says whether all was well."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, reason: str) -> None:
        self.faults.append(Fault(path, reason))

    def fields(
        self, raw: object, path: str, required: Collection[str], optional: Collection[str] = ()
    ) -> Fields | None:
        """The known keys of an object, or None when it is no object. Absent and unknown keys are faults."""
        if not isinstance(raw, dict):
            self.fault(path, "wrong_type")
            return None
        for key in required:
            if key not in raw:
                self.fault(under(path, key), "missing_key")
        for key in raw:
            if key not in required and key not in optional:
                self.fault(under(path, str(key)), "unknown_key")
        return {key: raw[key] for key in raw if key in required or key in optional}

    def take(self, fields: Fields, key: str, path: str, read: Callable[[object, str], T], absent: Absent) -> T | Absent:
        """Read one key if it is there."""
        return read(fields[key], under(path, key)) if key in fields else absent

    def entries(self, raw: object, path: str, most: int) -> list[tuple[object, str]]:
        """The entries of a list of 1 to `most`, with their paths; a longer list is not looked into."""
        if not isinstance(raw, list):
            self.fault(path, "wrong_type")
            return []
        if not raw:
            self.fault(path, "empty")
        if len(raw) > most:
            self.fault(path, "too_many")
            return []
        return [(entry, f"{path}[{index}]") for index, entry in enumerate(raw)]

    def text(self, raw: object, path: str, most: int = MAX_LABEL) -> str:
        """1 to `most` code points, NFC, trimmed, no control characters other than tab and line feed."""
        if not isinstance(raw, str):
            self.fault(path, "wrong_type")
            return ""
        reason = text_fault(raw, most)
        if reason:
            self.fault(path, reason)
        return raw

    def labels(self, raw: object, path: str, most: int = MAX_LABEL) -> Labels:
        if not isinstance(raw, dict):
            self.fault(path, "wrong_type")
            return {}
        if not raw:
            self.fault(path, "empty")
        if len(raw) > MAX_LANGUAGES:
            self.fault(path, "too_many")
            return {}
        for language in raw:
            if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
                self.fault(under(path, str(language)), "not_a_language")
        return {language: self.text(words, under(path, str(language)), most) for language, words in raw.items()}

    def note(self, raw: object, path: str) -> Labels:
        return self.labels(raw, path, MAX_NOTE)

    def id(self, raw: object, path: str, form: re.Pattern[str] = ID) -> str:
        if not isinstance(raw, str):
            self.fault(path, "wrong_type")
            return ""
        if not form.fullmatch(raw):
            self.fault(path, "not_an_id")
        return raw

    def one_of(self, raw: object, path: str, allowed: Collection[str]) -> str:
        if not isinstance(raw, str):
            self.fault(path, "wrong_type")
            return ""
        if raw not in allowed:
            self.fault(path, "not_one_of")
            return ""
        return raw

    def several_of(self, raw: object, path: str, allowed: Collection[str], reason: str) -> tuple[str, ...]:
        """A list of different values, each one of `allowed`; `reason` names the fault when one is not."""
        found: list[str] = []
        for entry, at in self.entries(raw, path, max(len(allowed), 1)):
            if not isinstance(entry, str):
                self.fault(at, "wrong_type")
            elif entry not in allowed:
                self.fault(at, reason)
            elif entry in found:
                self.fault(at, "duplicate")
            else:
                found.append(entry)
        return tuple(found)

    def flag(self, raw: object, path: str) -> bool:
        if not isinstance(raw, bool):
            self.fault(path, "wrong_type")
        return raw is True

    def whole(self, raw: object, path: str, least: int, most: int) -> int:
        """A whole number; 1.0 is 1, as it is in JSON."""
        if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw // 1:
            self.fault(path, "wrong_type")
            return least
        if not least <= raw <= most:
            self.fault(path, "out_of_range")
            return least
        return int(raw)

    def decimal(self, raw: object, path: str) -> Exact:
        """A canonical decimal of at most 15 digits before and 9 after the point."""
        if not isinstance(raw, str):
            self.fault(path, "wrong_type")
            return Exact(0, 0)
        if not is_short_decimal(raw):
            self.fault(path, "not_a_decimal")
            return Exact(0, 0)
        return exact.read(raw)

    def range(self, raw: object, path: str) -> Range | None:
        fields = self.fields(raw, path, (), ("min", "max"))
        if fields is None:
            return None
        if not fields:
            self.fault(path, "empty")
        least = self.take(fields, "min", path, self.decimal, None)
        most = self.take(fields, "max", path, self.decimal, None)
        if least and most and exact.compare(least, most) > 0:
            self.fault(path, "disordered")
        return Range(least, most)

    def references(self, raw: object, path: str) -> tuple[Reference, ...]:
        return tuple(self.reference(entry, at) for entry, at in self.entries(raw, path, 20))

    def reference(self, raw: object, path: str) -> Reference:
        fields = self.fields(raw, path, ("scheme", "id")) or {}
        scheme = self.take(fields, "scheme", path, self.id, "")
        return Reference(scheme, self.take(fields, "id", path, lambda raw, at: self.text(raw, at, 100), ""))


def under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def is_short_decimal(text: str) -> bool:
    whole, _, fraction = text.lstrip("-").partition(".")
    return exact.is_decimal(text) and len(whole) <= 15 and len(fraction) <= 9


def text_fault(text: str, most: int) -> str | None:
    """The first thing wrong with a text of a definition, or None."""
    if not wording.is_well_formed(text):
        return "malformed_text"
    if not text:
        return "empty"
    if len(text) > most:
        return "too_long"
    if wording.has_control(text, lines=True):
        return "control_character"
    if not wording.is_nfc(text):
        return "not_nfc"
    return None if wording.trim(text) == text else "not_trimmed"
