"""What a slice hands to the exchange: an operation type and the function that carries one out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema

from sync.operation import Operation
from sync.outcome import Status

if TYPE_CHECKING:
    from backend.exchange.work import Work

SYSTEM = "system"
"""The role of jobs: no person holds it."""


@dataclass(frozen=True)
class Result:
    """How one operation ended. `code`, `field` and `conflict_id` only where they say something."""

    status: Status
    code: str | None = None
    field: str | None = None
    conflict_id: str | None = None


def applied() -> Result:
    return Result(Status.APPLIED)


def merged(code: str | None = None) -> Result:
    """Accepted although others had written since `base`; with code `overruled` its value is kept beside."""
    return Result(Status.MERGED, code)


def held(code: str) -> Result:
    """Kept for a person to decide; nothing of it takes effect."""
    return Result(Status.HELD, code)


def rejected(code: str, field: str | None = None) -> Result:
    """Kept as evidence and never carried out."""
    return Result(Status.REJECTED, code, field)


class Refused(Exception):
    """Raised inside a handler by Work to end the operation with `result`. It ends this operation only."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"{result.status}: {result.code}")
        self.result = result


Handler = Callable[["Work", Operation, dict[str, Any]], Result]


@dataclass(frozen=True)
class OperationType:
    """One type and version. `args` refuses unknown keys; `roles` are those of which the actor needs one.

    The handler is a function of work, operation and loaded args. It returns a Result; what it wrote is undone when
    that is held or rejected, or when Work refuses. Any other exception fails the whole request.
    """

    type: str
    v: int
    entity_kind: str
    args: Schema
    roles: frozenset[str]
    handle: Handler
