"""The shapes that reducers have (rule S21): what an own operation does to the rows that the tablet shows.

A reducer takes the operation, the rows by "kind/id" and the acting person, and gives the rows that change. It
refuses nothing: whether something is allowed is the server's word, and an own act never disappears unsaid.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sync.operation import Operation

Value = Mapping[str, Any]
Changes = dict[str, Value]
Rows = Mapping[str, Value]
Reducer = Callable[[Operation, Rows, str], Changes]
Fields = Callable[[Operation, Value, str], Value]


def blank(names: str) -> Value:
    """A row whose named fields are all null."""
    return dict.fromkeys(names.split())


def key_of(op: Operation) -> str:
    """The operation's own row."""
    return "/".join(op.entity)


def nothing(_: Operation, __: Rows) -> Value:
    """What other rows tell of a new row: nothing."""
    return {}


def create(
    empty: Value,
    known: Callable[[Operation, Rows], Value] = nothing,
    **stamps: Callable[[Operation, str], object],
) -> Reducer:
    """Make a row of an empty one, the arguments, what other rows tell, and what is known of the act."""

    def reduce(op: Operation, rows: Rows, person: str) -> Changes:
        said = {name: say(op, person) for name, say in stamps.items()}
        return {key_of(op): {**empty, **op.args, **known(op, rows), **said}}

    return reduce


def edit(fields: Fields) -> Reducer:
    """Change fields of the operation's own row, if it is there."""

    def reduce(op: Operation, rows: Rows, person: str) -> Changes:
        row = rows.get(key_of(op))
        return {} if row is None else {key_of(op): {**row, **fields(op, row, person)}}

    return reduce


def arguments(*names: str) -> Reducer:
    """Copy arguments into the row: all of them, or only those named."""
    return edit(lambda op, _, __: {name: op.args[name] for name in names or op.args if name in op.args})


def by(_: Operation, person: str) -> str:
    """Who acted."""
    return person


def at(op: Operation, _: str) -> str:
    """When it was tapped."""
    return op.at


def moment(op: Operation, name: str) -> Any:
    """The time that the person stated, else that of the tap."""
    return op.args.get(name) or op.at


def added(row: Value, name: str, entry: object) -> Value:
    """The row's list with one entry more."""
    return {name: [*(row.get(name) or []), entry]}


def entry_set(row: Value, name: str, item: object, value: object) -> Value:
    """The row's mapping with one entry set, or gone when the value is null."""
    held = row.get(name) or {}
    rest = {key: kept for key, kept in held.items() if key != item}
    return {name: rest if value is None or not isinstance(item, str) else {**rest, item: value}}
