"""The checklist part of a report: rows with their verdicts, bars and notes, and what the summary says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from backend.reports import drawings
from backend.reports.phrasing import Phrasing
from backend.reports.view import Asset, Checklist, Line, Picture, Row, Section
from backend.reports.words import Words

Item = Mapping[str, Any]
Run = Mapping[str, Any]

WORST_FIRST = ("fail", "warn", "missing", "ok", "na")


class Shelf:
    """Collects the files of one page; the same name twice is the same file."""

    def __init__(self) -> None:
        self._kept: dict[str, Asset] = {}

    def picture(self, name: str, data: bytes, alt: str, mime: str = "image/svg+xml") -> Picture:
        asset = self._kept.setdefault(name, Asset(name, mime, data))
        return Picture(asset.url, alt)

    def sign(self, verdict: str, word: str) -> Picture:
        return self.picture(f"sign-{verdict}.svg", drawings.sign(verdict), word)

    @property
    def assets(self) -> tuple[Asset, ...]:
        return tuple(self._kept.values())


class Findings:
    """Turns the runs of a visit into words. `photo_numbers` maps a photo's digest to its number on the page."""

    def __init__(
        self,
        runs: tuple[Run, ...],
        waivers: Mapping[str, Any] | None,
        photo_numbers: Mapping[str, int],
        words: Words,
        phrasing: Phrasing,
        shelf: Shelf,
    ) -> None:
        self._runs = runs
        self._waivers = {(w["run"], w["item"]): w for w in (waivers or {"entries": []})["entries"]}
        self._numbers = photo_numbers
        self._words = words
        self._phrasing = phrasing
        self._shelf = shelf

    @property
    def worst(self) -> str:
        """The worst verdict over all runs, or "none" without runs."""
        verdicts = {run["verdict"] for run in self._runs}
        return next((verdict for verdict in WORST_FIRST if verdict in verdicts), "none")

    def count(self, verdict: str) -> int:
        return sum(item["verdict"] == verdict for run in self._runs for item in run["items"])

    def lines(self) -> Iterator[Line]:
        """One line for each item to put right, then for each to watch."""
        for verdict in ("fail", "warn"):
            for run in self._runs:
                for item in run["items"]:
                    if item["verdict"] == verdict:
                        yield Line(self._line(run, item), self._sign(verdict))

    def checked(self) -> Iterator[Line]:
        """What was done: each run with the number of its items."""
        for run in self._runs:
            title = " · ".join(part for part in (run["title"], _tag(run)) if part)
            answered = sum(item["verdict"] != "missing" for item in run["items"])
            yield Line(self._words.say("checked", title=title, n=answered))

    def checklists(self) -> tuple[Checklist, ...]:
        return tuple(self._checklist(run) for run in self._runs)

    def _line(self, run: Run, item: Item) -> str:
        place = _tag(run) or run["title"]
        return " · ".join(part for part in (place, item["label"], _value(item)) if part)

    def _sign(self, verdict: str) -> Picture:
        return self._shelf.sign(verdict, self._words.say(f"verdict.{verdict}"))

    def _checklist(self, run: Run) -> Checklist:
        sections = tuple(
            Section(title, tuple(self._row(run, item) for item in items))
            for title, items in groupby(run["items"], key=lambda item: str(item["section"]))
        )
        return Checklist(
            title=run["title"],
            asset=self._asset(run["asset"]),
            verdict=run["verdict"],
            sign=self._sign(run["verdict"]),
            verdict_word=self._words.say(f"verdict.{run['verdict']}"),
            has_bars=any(row.bar for section in sections for row in section.rows),
            sections=sections,
        )

    def _asset(self, asset: Mapping[str, str] | None) -> str:
        if asset is None:
            return ""
        serial = self._words.say("serial", serial=asset["serial"]) if asset["serial"] else ""
        return " · ".join(part for part in (asset["tag"], asset["type"], asset["model"], serial) if part)

    def _row(self, run: Run, item: Item) -> Row:
        return Row(
            verdict=item["verdict"],
            sign=self._sign(item["verdict"]),
            verdict_word=self._words.say(f"verdict.{item['verdict']}"),
            label=item["label"],
            value=_value(item),
            bar=self._bar(item),
            limits=self._limits(item),
            last=self._last(item),
            remark=item["remark"],
            notes=tuple(self._notes(run, item)),
        )

    def _bar(self, item: Item) -> Picture | None:
        value, limits, last = item["value"], item["limits"], item["last"]
        if limits is None or not isinstance(value, str) or _number(value) is None:
            return None
        before = last["value"] if last and _number(last["value"]) is not None else None
        drawn = drawings.bar(value, limits, before)
        if drawn is None:
            return None
        alt = self._words.say("bar.alt", value=_value(item))
        return self._shelf.picture(f"bar-{hashlib.sha256(drawn).hexdigest()[:16]}.svg", drawn, alt)

    def _limits(self, item: Item) -> str:
        parts = []
        for kind in ("warn", "fail"):
            area = (item["limits"] or {}).get(kind) or {"min": None, "max": None}
            what = self._words.say(f"limit.{kind}")
            if area["min"] is not None:
                parts.append(self._words.say("limit.below", what=what, min=area["min"]))
            if area["max"] is not None:
                parts.append(self._words.say("limit.above", what=what, max=area["max"]))
        return ", ".join(parts)

    def _last(self, item: Item) -> str:
        if item["last"] is None:
            return ""
        on = self._phrasing.short_day(item["last"]["at"])
        return self._words.say("last", value=item["last"]["value"], on=on)

    def _notes(self, run: Run, item: Item) -> Iterator[str]:
        numbers = [self._numbers[digest] for digest in item["photos"] if digest in self._numbers]
        if numbers:
            yield ", ".join(self._words.say("photo.ref", n=number) for number in numbers)
        waiver = self._waivers.get((run["run"], item["item"]))
        if waiver:
            key = "waived" if waiver["rule"] == "no_photography" else "waived.other"
            yield self._words.say(key, rule=waiver["rule"], witness=waiver["witness"])


def _tag(run: Run) -> str:
    return str(run["asset"]["tag"]) if run["asset"] else ""


def _value(item: Item) -> str:
    shown, unit = item["shown"], item["unit"]
    return f"{shown}\u00a0{unit}" if shown and unit and not shown.endswith(unit) else str(shown)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
