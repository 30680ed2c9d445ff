"""What the slices registered in app.py: kinds, operation types, and what to do when an operation comes late."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

from flask import current_app

from backend.exchange.handlers import OperationType
from backend.exchange.kinds import Kind, State
from backend.exchange.upcasters import Upcaster, missing
from backend.exchange.work import TREES, Work

KEY = "singgah.exchange"

OnLate = Callable[[Work, str], None]
"""Told of each accepted operation on an audience that its sender has left; flags the visit."""

OnDecided = Callable[[Work, State], None]
"""Told of a conflict whose candidate has just become current; brings what follows from that field in line."""

Reaches = Callable[[Work, str], bool]
"""Asked whether a person of the office may write to an audience: a role may be held for one region or client only."""


@dataclass(frozen=True)
class Registry:
    """`kinds` by name; `operations` and `upcasters` by (type, v)."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    operations: dict[tuple[str, int], OperationType] = field(default_factory=dict)
    on_late: tuple[OnLate, ...] = ()
    on_decided: tuple[OnDecided, ...] = ()
    reaches: tuple[Reaches, ...] = ()
    upcasters: dict[tuple[str, int], Upcaster] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kinds: Iterable[Kind],
        operations: Iterable[OperationType],
        on_late: Iterable[OnLate] = (),
        on_decided: Iterable[OnDecided] = (),
        reaches: Iterable[Reaches] = (),
        upcasters: Iterable[Upcaster] = (),
    ) -> Registry:
        """A name registered twice, an operation on an unknown kind, an upcaster that leads nowhere: ValueError."""
        by_name: dict[str, Kind] = {}
        by_type: dict[tuple[str, int], OperationType] = {}
        for kind in kinds:
            if by_name.setdefault(kind.name, kind) is not kind:
                raise ValueError(f"kind {kind.name} is registered twice")
        for operation in operations:
            if operation.entity_kind not in by_name:
                raise ValueError(f"{operation.type} is for {operation.entity_kind}, which nobody registered")
            if by_type.setdefault((operation.type, operation.v), operation) is not operation:
                raise ValueError(f"{operation.type} version {operation.v} is registered twice")
        old = {(one.type, one.v): one for one in upcasters}
        for fault in missing(old, by_type):
            raise ValueError(fault)
        return cls(by_name, by_type, tuple(on_late), tuple(on_decided), tuple(reaches), old)

    def reached(self, work: Work, audience: str | None) -> bool:
        """Whether the office's roles at hand reach an audience. Only the trees of visits and sites have limits."""
        if audience is None or audience.partition(":")[0] not in TREES:
            return True
        return all(reaches(work, audience) for reaches in self.reaches)

    def newest(self, type_: str) -> int:
        """The version of a type that is made now; 1 for a type that nobody knows."""
        return max((v for name, v in self.operations if name == type_), default=1)


def current() -> Registry:
    """The registry of the current application."""
    return cast(Registry, current_app.extensions[KEY])
