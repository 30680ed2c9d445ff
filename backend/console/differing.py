"""Two values for one field, side by side: on the page of the thing they belong to and in the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.console import deeds, words
from backend.directory import services as directory
from backend.exchange import services as exchange
from backend.exchange.services import Conflict
from backend.identity.services import Actor
from backend.inspections import services as inspections
from backend.inspections.services import Asking
from backend.visits.services import Photo


@dataclass(frozen=True)
class Value:
    """One of two values: what it says, and who said it when."""

    text: str
    who: str
    at: str


@dataclass(frozen=True)
class Differing:
    """`now` is said where the value in force was corrected after the two met. `decided` is "" while it is open.

    `photos` hang on the same item.
    """

    id: str
    field: str
    current: Value
    candidate: Value
    now: str
    decided: str
    chosen: str | None
    photos: Sequence[Photo] = ()


def differing(
    actor: Actor,
    rows: Iterable[Conflict],
    present: Mapping[str, Mapping[str, Any]] | None = None,
    photos: Sequence[Photo] = (),
) -> list[Differing]:
    """Conflicts in words. `present`: what rows other than runs hold now, by id."""
    rows = list(rows)
    runs = inspections.asking(actor, (row.entity for row in rows if row.kind == "run"))
    people = {one for row in rows for one in deeds.people_named([row.current, row.candidate, row.decided_by or ""])}
    names = directory.person_names(actor, people)
    return [_in_words(row, runs, names, present or {}, photos) for row in rows]


def of_entity(actor: Actor, entities: Iterable[str], present: Mapping[str, Mapping[str, Any]]) -> list[Differing]:
    """Every pair of values that these rows ever had, open ones first."""
    rows = exchange.conflicts_of(actor, entities)
    return differing(actor, sorted(rows, key=lambda row: row.state != "open"), present)


def _in_words(
    row: Conflict,
    runs: Mapping[str, Asking],
    names: Mapping[str, str],
    present: Mapping[str, Mapping[str, Any]],
    photos: Sequence[Photo],
) -> Differing:
    def say(value: Any) -> str:
        return deeds.field_text(row.kind, row.field, value, runs, row.entity, names)

    now = _present(row, runs, present)
    moved = row.state == "open" and now is not None and now[0] != row.current["value"]
    key = row.field.partition(".")[2]
    mine = [one for one in photos if one.on.get("run") == row.entity and one.on.get("item") == key]
    return Differing(
        row.id,
        deeds.field_name(row.kind, row.field, runs, row.entity),
        _value(row.current, say, names),
        _value(row.candidate, say, names),
        say(now[0]) if moved and now is not None else "",
        _decided(row, names),
        row.choice,
        mine,
    )


def _value(said: Mapping[str, Any], say: Any, names: Mapping[str, str]) -> Value:
    return Value(say(said["value"]), names.get(str(said["by"]), "The office"), words.when(said.get("at")))


def _present(row: Conflict, runs: Mapping[str, Asking], present: Mapping[str, Mapping[str, Any]]) -> tuple[Any] | None:
    """What stands in the field now; None where that is not known here."""
    column, dot, key = row.field.partition(".")
    held = vars(runs[row.entity].run) if row.entity in runs else present.get(row.entity)
    if held is None or column not in held:
        return None
    return ((held[column] or {}).get(key) if dot else held[column],)


def _decided(row: Conflict, names: Mapping[str, str]) -> str:
    if row.state == "open":
        return ""
    if row.decided_by is None:
        return "The office's plan goes before the field's"
    return f"Decided by {names.get(row.decided_by, 'the office')}"
