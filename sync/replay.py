"""The tablet's view: base rows with its own pending operations laid on top (rule S21)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sync.directory_reducers import DIRECTORY_REDUCERS
from sync.operation import Operation
from sync.reducer import Reducer
from sync.ticket_reducers import TICKET_REDUCERS
from sync.visit_reducers import VISIT_REDUCERS

Rows = Mapping[str, Mapping[str, Any]]
"""Wire values by "kind/id"."""

REDUCERS: Final[Mapping[str, Reducer]] = {**VISIT_REDUCERS, **TICKET_REDUCERS, **DIRECTORY_REDUCERS}
"""Every operation type that a tablet makes. A type without an entry does not show until the server has spoken."""


@dataclass(frozen=True)
class Pending:
    """An operation of the outbox: `seq` and `status` once the server answered, else None."""

    n: int
    operation: Operation
    status: str | None = None
    seq: int | None = None


def is_laid(pending: Pending, head: int) -> bool:
    """Whether it still lies on top: not answered yet, or its effect lies beyond the base's head."""
    return pending.status is None or (pending.seq is not None and pending.seq > head)


def replay(rows: Rows, operations: Iterable[Operation], person: str) -> dict[str, Mapping[str, Any]]:
    """Rows as the person should see them. An operation whose type or row is unknown here changes nothing."""
    view = dict(rows)
    for operation in operations:
        reducer = REDUCERS.get(operation.type)
        if reducer is not None:
            view.update(reducer(operation, view, person))
    return view


def view(base: Rows, pending: Iterable[Pending], head: int, person: str) -> dict[str, Mapping[str, Any]]:
    """Base of `head` with what is still unretired on top, in the order of n."""
    laid = sorted((p for p in pending if is_laid(p, head)), key=lambda p: p.n)
    return replay(base, (p.operation for p in laid), person)
