"""What the exchange must know of an entity kind: its table, its wire form and who may see it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from marshmallow import Schema
from sqlalchemy import Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from backend.core.entity import Entity

State = dict[str, Any]
"""The columns of one row by name, `ver` and `field_ver` included. Read it, never write into it: see Work.change."""

Key = tuple[str, str]
"""(kind, id)."""

OWN = frozenset({"org_id", "id", "ver", "field_ver"})
"""Columns that belong to the exchange; no operation names them."""


@dataclass(frozen=True)
class Kind:
    """One entity kind.

    `wire` dumps a State into the wire value; only its fields leave the server, so office-only columns are those that
    it lacks. `audience` names the one audience that a row belongs to: org, s:<site>, v:<visit>, u:<person>, office.
    `since` is the schema number (sync/protocol.json) with which tablets came to know it: older ones never get it.
    """

    name: str
    model: type[Entity]
    wire: Schema
    audience: Callable[[State], str]
    since: int = 1

    @cached_property
    def table(self) -> Table:
        return cast(Table, self.model.__table__)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the subject's columns, without those of the exchange."""
        return tuple(name for name in self.table.columns.keys() if name not in OWN)  # noqa: SIM118 - iterating gives columns

    @cached_property
    def blank(self) -> State:
        """Every subject column with its declared plain default, or None."""
        plain = {c.name: c.default.arg for c in self.table.columns if isinstance(c.default, ScalarElementColumnDefault)}
        return {name: plain.get(name) for name in self.columns}
