"""A run in words: the document that is signed for it, and what the client reads of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.inspections.services import ASSET_FACTS
from backend.signoff.phrases import phrase
from checklists import exact
from checklists.definition import Definition, Item, Range, label
from checklists.evaluate import Evaluation, evaluate
from checklists.parse import parse_definition

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run as the tablet holds it. `photos`: item id to the digests of its client-visible photos;
    `counts`: item id to the number of all its photos; `last`: item id to {value, at} of the reading before."""

    run: Mapping[str, Any]
    definition: Mapping[str, Any]
    asset: Mapping[str, Any] | None
    photos: Mapping[str, list[str]]
    counts: Mapping[str, int]
    last: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ReadRun:
    """A run with its meaning."""

    facts: RunFacts
    definition: Definition
    found: Evaluation

    @property
    def items(self) -> list[Item]:
        """The asked items that can be answered, in reading order."""
        asked = set(self.found.asked)
        return [item for item in self.definition.items if item.id in asked and item.type != "instruction"]

    def value(self, item: Item) -> Any:
        """The answer as stored, the computed value, or None."""
        if item.type == "computed":
            return self.found.values.get(item.id)
        return self.facts.run["answers"].get(item.id) if item.id in self.found.answered else None


def read_run(facts: RunFacts) -> ReadRun:
    run = facts.run
    definition = parse_definition(facts.definition)
    found = evaluate(definition, run["answers"], run["remarks"], facts.counts, run["waivers"], asset_facts(facts.asset))
    return ReadRun(facts, definition, found)


def asset_facts(asset: Mapping[str, Any] | None) -> dict[str, str]:
    """The fields of an asset that conditions may ask for."""
    return {name: value for name in ASSET_FACTS if isinstance(value := (asset or {}).get(name), str)}


def run_document(read: ReadRun, locale: str) -> Json:
    """The content of a `run` document, without kind, id and salt."""
    run = read.facts.run
    return {
        "run": run["id"],
        "checklist": run["checklist"],
        "title": label(read.definition.title, locale),
        "asset": _asset(read.facts.asset),
        "verdict": read.found.verdict,
        "items": [_item(read, section_title, item, locale) for section_title, item in _with_sections(read, locale)],
    }


def _with_sections(read: ReadRun, locale: str) -> list[tuple[str, Item]]:
    titles = {item.id: label(section.title, locale) for section in read.definition.sections for item in section.items}
    return [(titles[item.id], item) for item in read.items]


def _item(read: ReadRun, section: str, item: Item, locale: str) -> Json:
    return {
        "item": item.id,
        "section": section,
        "label": label(item.label, locale),
        "type": item.type,
        "value": read.value(item),
        "shown": in_words(read, item, locale),
        "unit": item.unit or "",
        "limits": _limits(item),
        "verdict": read.found.verdicts[item.id],
        "remark": read.facts.run["remarks"].get(item.id, ""),
        "severity": item.severity,
        "photos": list(read.facts.photos.get(item.id, [])),
        "last": dict(read.facts.last[item.id]) if item.id in read.facts.last else None,
    }


def in_words(read: ReadRun, item: Item, locale: str) -> str:
    """An answer as a client reads it: words for choices, the declared decimals and the unit for numbers."""
    value = read.value(item)
    if item.type == "photo":
        return phrase("answer.photos", locale, count=str(read.facts.counts.get(item.id, 0)))
    if value is None:
        return phrase("answer.none", locale)
    if item.type in ("pass_fail", "yes_no"):
        return phrase(f"answer.{value}", locale)
    if item.type in ("choice", "choices"):
        return _choices(item, value, locale)
    return padded(value, item) if item.type in ("number", "computed") else str(value)


def padded(value: str, item: Item) -> str:
    """`12.5` with two decimals and unit V is `12.50 V`."""
    whole, _, fraction = value.partition(".")
    digits = fraction.ljust(item.decimals, "0")
    number = f"{whole}.{digits}" if digits else whole
    return f"{number} {item.unit}" if item.unit else number


def _choices(item: Item, value: Any, locale: str) -> str:
    chosen = [value] if isinstance(value, str) else list(value)
    return " / ".join(label(choice.label, locale) for choice in item.choices if choice.id in chosen)


def _limits(item: Item) -> Json | None:
    if item.limits is None:
        return None
    return {"warn": _range(item.limits.warn), "fail": _range(item.limits.fail)}


def _range(limits: Range | None) -> Json | None:
    if limits is None:
        return None
    return {
        "min": None if limits.min is None else exact.written(limits.min),
        "max": None if limits.max is None else exact.written(limits.max),
    }


def _asset(asset: Mapping[str, Any] | None) -> Json | None:
    return None if asset is None else {key: asset[key] or "" for key in ("id", "tag", "type", "model", "serial")}
