"""Old versions of operations: what a tablet wrote before an update still means what it meant (P25).

An operation of a version that is no longer made is carried out as the next one: its arguments are read by the shape
that it was shipped with, so that a fault is named as it always was, and given to a pure function that says them in the
words of the next version. Its bytes, its version and its chain stay as they came. An upcaster stays for at least 180
days after the last app that made its version; sync/protocol.json keeps its line, and the recorded operations of that
version (tests/backend/exchange/recorded.json) must end as they did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema

from sync.operation import Operation


@dataclass(frozen=True)
class Upcaster:
    """From version `v` of a type to the next. `args` is the shape that `v` was shipped with, on `entity_kind`.

    `to_next` gets loaded arguments and answers those of the next version as they would have come over the wire. It
    looks at nothing else: no clock, no row.
    """

    type: str
    v: int
    entity_kind: str
    args: Schema
    to_next: Callable[[dict[str, Any]], dict[str, Any]]


Upcasters = Mapping[tuple[str, int], Upcaster]


def upcast(op: Operation, known: Upcasters) -> Operation:
    """The operation in the newest version that it can be said in. Raises ValidationError naming a field of the old."""
    while (step := known.get((op.type, op.v))) is not None and op.entity[0] == step.entity_kind:
        op = op._replace(v=op.v + 1, args=step.to_next(step.args.load(dict(op.args))))
    return op


def missing(upcasters: Upcasters, carried_out: Mapping[tuple[str, int], object]) -> list[str]:
    """Upcasters that lead nowhere, or beside the version that is carried out already."""
    lost = [f"{type_} {v} leads nowhere" for type_, v in sorted(upcasters)
            if (type_, v + 1) not in upcasters and (type_, v + 1) not in carried_out]  # fmt: skip
    twice = sorted(upcasters.keys() & carried_out.keys())
    return lost + [f"{type_} {v} has a handler of its own" for type_, v in twice]
