"""Reading and writing one field of a row, where a field may be one key of a JSON column: `answers.p3`."""

from __future__ import annotations

from typing import Any

from backend.exchange.kinds import State


def read_field(state: State, field: str) -> Any:
    """The value of `field`, None where a key is absent."""
    column, dot, key = field.partition(".")
    value = state[column]
    return (value or {}).get(key) if dot else value


def write_field(draft: State, field: str, value: Any) -> None:
    """Write into a draft, which is a copy already; inner dicts are copied here. None takes a key out."""
    column, dot, key = field.partition(".")
    if column not in draft:
        raise KeyError(f"no column {column}")
    if not dot:
        draft[column] = value
        return
    inner = {name: old for name, old in (draft[column] or {}).items() if name != key}
    draft[column] = inner if value is None else {**inner, key: value}


def stamp(draft: State, fields: list[str], device: str, n: int) -> None:
    """Say who wrote these fields; the feed position is not known before the flush and stands as 0 until then."""
    draft["field_ver"] = {**(draft["field_ver"] or {}), **{name: [0, device, n] for name in fields}}


def settle_stamps(state: State, ver: int) -> None:
    """At the flush: the entity's position becomes that of the fields written in this transaction."""
    marks = state["field_ver"]
    if any(mark[0] == 0 for mark in marks.values()):
        state["field_ver"] = {name: [mark[0] or ver, mark[1], mark[2]] for name, mark in marks.items()}
