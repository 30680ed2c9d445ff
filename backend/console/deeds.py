"""What an operation wanted, and what a value says, in words: for the inbox and for a thing's history."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from backend.console import words
from backend.exchange.services import Received
from backend.inspections.services import Asking
from checklists import Item, label

Json = dict[str, Any]
Names = Mapping[str, str]
ABOUT_AN_ITEM = {
    "answer.set": "{item}: {value}",
    "remark.set": "Remark on {item}: {value}",
    "waive": "{item}: not allowed here",
}
MARKS_OF_TIME = ("starts_at", "ends_at", "at", "opened_at", "restored_at", "taken_at", "usable_at", "down_from")
PEOPLE = ("assignee", "engineers", "lead")
UNSAID = frozenset(
    [
        "note",
        "run",
        "number",
        "sha256",
        "size",
        "w",
        "h",
        "visit",
        "envelope",
        "on",
        "checklist",
        "asset",
        "client",
        "site",
    ]
)
"""Arguments that mean nothing to a reader: ids, digests, sizes."""


SAID: Mapping[str, Callable[[Json], str]] = {
    "visit.mark": lambda args: f"Step: {words.spoken(args.get('mark'))}",
    "visit.sign": lambda _: "The client's sign-off",
    "visit.cancel": lambda args: f"Cancel the visit: {args.get('reason', '')}",
    "note.add": lambda args: f"Note: {args.get('text', '')}",
    "ticket.note": lambda args: f"Note: {args.get('text', '')}",
    "ticket.create": lambda args: f"New ticket: {args.get('title', '')}",
    "ticket.start": lambda _: "Start the ticket",
    "ticket.resolve": lambda args: f"Resolve the ticket: {args.get('cause', '')}; {args.get('action', '')}",
    "ticket.wait": lambda args: f"The ticket waits for {args.get('reason', '')}",
    "ticket.reopen": lambda args: f"Reopen the ticket: {args.get('reason', '')}",
    "photo.add": lambda args: f"Photo {args.get('caption') or ''}".strip(),
    "photo.caption": lambda args: f"Caption: {args.get('caption') or 'none'}",
    "photo.remove": lambda args: f"Take the photo back: {args.get('reason', '')}",
    "time.add": lambda args: f"Time: {words.spoken(args.get('kind'))}, {words.duration(int(args.get('minutes') or 0))}",
    "time.remove": lambda args: f"Take the time back: {args.get('reason', '')}",
    "visit.add_run": lambda _: "A checklist was added",
    "visit.drop_run": lambda args: f"A checklist was dropped: {args.get('reason', '')}",
    "visit.create": lambda args: f"New visit: {args.get('title', '')}",
}


def told(received: Received, runs: Mapping[str, Asking], names: Names) -> str:
    """One operation as a sentence, with the values that it brought."""
    args, kind = received.args, received.type or ""
    if args is None:
        return "Its content was erased."
    if kind in ABOUT_AN_ITEM:
        item = _item(runs.get(received.entity or ""), str(args.get("item")))
        value = args.get("text", args.get("value"))
        name = label(item.label, "en") if item else str(args.get("item"))
        return ABOUT_AN_ITEM[kind].format(item=name, value=spoken_value(value, item))
    if kind in SAID:
        return SAID[kind](args)
    said = "; ".join(_pair(name, value, names) for name, value in args.items() if name not in UNSAID)
    verb = words.spoken(kind.replace(".", " "))
    return f"{verb}: {said}" if said else verb


def _pair(name: str, value: Any, names: Names) -> str:
    return f"{words.spoken(name).lower()} {field_value(name, value, names)}"


def field_name(kind: str, field: str, runs: Mapping[str, Asking], entity: str) -> str:
    """A field of a row as people call it; `answers.p3` of a run is the item's label."""
    column, dot, key = field.partition(".")
    if kind == "run" and dot:
        item = _item(runs.get(entity), key)
        name = label(item.label, "en") if item else key
        return name if column == "answers" else f"{words.spoken(column[:-1])} on {name}"
    return words.spoken(field.replace(".", " "))


def field_text(kind: str, field: str, value: Any, runs: Mapping[str, Asking], entity: str, names: Names) -> str:
    """A field's value as people read it."""
    column, dot, key = field.partition(".")
    if kind == "run" and dot:
        return spoken_value(value, _item(runs.get(entity), key) if column == "answers" else None)
    return field_value(field, value, names)


def _item(asking: Asking | None, item: str) -> Item | None:
    items = asking.definition.items if asking is not None else ()
    return next((one for one in items if one.id == item), None)


def spoken_value(value: Any, item: Item | None = None) -> str:
    """An answer with its unit, a choice by its label, nothing as "no answer"."""
    if value is None:
        return "no answer"
    if isinstance(value, Mapping):
        return ", ".join(f"{words.spoken(str(name)).lower()} {spoken_value(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(spoken_value(part, item) for part in value) or "none"
    if item is not None:
        chosen = next((label(one.label, "en") for one in item.choices if one.id == value), None)
        if chosen is not None:
            return chosen
        return f"{value} {item.unit}" if item.unit else str(value)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def field_value(name: str, value: Any, names: Names) -> str:
    """A planning value: times in local time, people by name."""
    if name in PEOPLE:
        people = value if isinstance(value, list) else [value]
        return ", ".join(names.get(one, "somebody") for one in people if one) or "nobody"
    if name in MARKS_OF_TIME and isinstance(value, str):
        return _when(value)
    return spoken_value(value) if value is not None else "nothing"


def _when(at: str) -> str:
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return at
    return words.when(at)


def people_named(values: Any) -> set[str]:
    """Ids of people inside values, so that their names can be asked for at once."""
    if isinstance(values, str):
        return {values} if len(values) == 36 else set()
    if isinstance(values, Mapping):
        return {one for part in values.values() for one in people_named(part)}
    if isinstance(values, list):
        return {one for part in values for one in people_named(part)}
    return set()
