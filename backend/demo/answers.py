"""Answers as an engineer would give them: mostly in order, now and then a finding."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checklists import exact
from checklists.definition import Definition, Item, Range
from checklists.evaluate import Evaluation, evaluate

Json = dict[str, Any]
FAULTY = 0.06
"""The share of answers that are out of order."""


@dataclass(frozen=True)
class Mood:
    """Chance, and the day (YYYY-MM-DD) that dates are about."""

    chance: random.Random
    day: str


def given(definition: Definition, mood: Mood, asset: Mapping[str, str], remarks: list[str]) -> Json:
    """Answers, remarks and the items that want a photo, until nothing but photos is missing."""
    answers: Json = {}
    notes: dict[str, str] = {}
    for item in definition.items:
        if item.id in _state(definition, answers, notes, asset).asked:
            _answer(item, mood, answers)
    for missing in _state(definition, answers, notes, asset).missing:
        if missing.what == "remark":
            notes[missing.item] = mood.chance.choice(remarks)
    wanted = [missing.item for missing in _state(definition, answers, notes, asset).missing if missing.what == "photo"]
    return {"answers": answers, "remarks": notes, "photos": list(dict.fromkeys(wanted))}


def _state(definition: Definition, answers: Json, notes: dict[str, str], asset: Mapping[str, str]) -> Evaluation:
    return evaluate(definition, answers, notes, {}, {}, asset)


def _answer(item: Item, mood: Mood, answers: Json) -> None:
    value = _value(item, mood, faulty=mood.chance.random() < FAULTY)
    if value is not None:
        answers[item.id] = value


def _value(item: Item, mood: Mood, *, faulty: bool) -> Any:
    match item.type:
        case "pass_fail":
            return "fail" if faulty else "pass"
        case "yes_no" | "choice":
            return _choice(item, mood, faulty=faulty)
        case "choices":
            return [item.choices[0].id]
        case "number":
            return _number(item, mood, faulty=faulty)
        case "text":
            return "Checked with the contact on site." if item.required else None
        case "scan":
            return "SN-0001" if item.required else None
        case "date":
            return mood.day
        case "time":
            return "02:30"
    return None


def _choice(item: Item, mood: Mood, *, faulty: bool) -> str:
    bad = {*item.verdicts.fail, *item.verdicts.warn} if item.verdicts else set()
    fitting = [one for one in item.allowed if (one in bad) == faulty] or list(item.allowed)
    return mood.chance.choice(fitting)


def _number(item: Item, mood: Mood, *, faulty: bool) -> str:
    low, high = _span(item)
    width = high - low
    at = high + width * 0.1 if faulty else low + width * mood.chance.uniform(0.15, 0.75)
    if item.bounds is not None:
        least, most = _ends(item.bounds, low, high)
        at = min(max(at, least), most)
    return exact.written(exact.read(f"{at:.{item.decimals}f}" if at >= 0 else "0"))


def _span(item: Item) -> tuple[float, float]:
    """The values that are in order, as far as the limits say."""
    limits = item.limits.warn or item.limits.fail if item.limits else None
    if limits is None:
        return _ends(item.bounds, 1.0, 20.0)
    low, high = _ends(limits, 0.0, 0.0)
    if limits.max is None:
        return low * 1.1, low * 1.6 + 5
    return (low if limits.min is not None else high * 0.3), high


def _ends(limits: Range | None, low: float, high: float) -> tuple[float, float]:
    if limits is None:
        return low, high
    least = float(exact.written(limits.min)) if limits.min is not None else low
    most = float(exact.written(limits.max)) if limits.max is not None else max(high, least)
    return least, most
