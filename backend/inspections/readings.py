"""Readings: numeric items marked `reading`, kept per asset and item when the visit is signed.

Not before: until then an answer can be corrected, and a correction would leave a wrong point in the curve.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backend.exchange.kinds import State
from backend.exchange.work import Work
from backend.inspections.definitions import pinned
from backend.inspections.schemas import LAST_READINGS
from checklists import Definition, Item, is_canonical

Json = dict[str, Any]


def keep_readings(work: Work, visit: State, at: str) -> None:
    """Add the readings of every run of a visit that was signed at `at`. Twice is once per visit."""
    for run in work.find("run", visit=visit["id"]):
        found = pinned(work, run["checklist"])
        if run["asset"] is None or run["dropped"] is not None or found is None:
            continue
        for item, value in _read(found.definition, run["answers"]):
            _keep(work, visit, run["asset"], found.definition, item, {"at": at, "value": value, "visit": visit["id"]})


def _read(definition: Definition, answers: Json) -> Iterator[tuple[Item, str]]:
    for item in definition.items:
        value = answers.get(item.id)
        if item.reading and isinstance(value, str) and is_canonical(item, value):
            yield item, value


def _keep(work: Work, visit: State, asset: str, definition: Definition, item: Item, point: Json) -> None:
    known = work.find("reading", asset=asset, checklist_slug=definition.id, item=item.id)
    label = {"site": visit["site"], "label": dict(item.label), "unit": item.unit}
    if not known:
        named = {"asset": asset, "item": item.id, "checklist_slug": definition.id}
        work.create("reading", work.new_id(), **named, **label, values=[point])
        return
    earlier = [value for value in known[0]["values"] if value["visit"] != visit["id"]]
    work.set("reading", known[0]["id"], **label, values=[*earlier, point][-LAST_READINGS:])
