"""Lists for pages: searched, ordered, cut to a page, with the count of all that fit. Read only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import ColumnElement

from backend.core.db import reading
from backend.core.entity import Entity
from backend.core.problems import NotFound

MOST_ROWS = 200
LONGEST_SEARCH = 100

Row = TypeVar("Row")
Model = TypeVar("Model", bound=Entity)
Columns = Sequence[InstrumentedAttribute[Any]]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list; `total` counts every row that fits."""

    rows: Sequence[Row]
    total: int


@dataclass(frozen=True)
class Cut:
    """Which part of a list is wanted: words to search for, and where the page begins and how long it is."""

    search: str = ""
    offset: int = 0
    limit: int = 50


FIRST = Cut()
WHOLE = Cut(limit=MOST_ROWS)


def matches(search: str, columns: Columns) -> list[ColumnElement[bool]]:
    """Every word of the search stands somewhere in one of the columns, whatever its case."""
    words = search.replace("\x00", "")[:LONGEST_SEARCH].split()
    return [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words]


def holds(column: InstrumentedAttribute[Any], entity: str) -> ColumnElement[bool]:
    """Whether a JSON list of ids holds this id. An id is a UUID, so looking for its text finds nothing else."""
    return cast(column, String).contains(entity, autoescape=True)


def page(query: Select[Model], cut: Cut, columns: Columns, order: Sequence[Any]) -> Page[Model]:
    """The wanted page of a query of one model."""
    found = query.where(*matches(cut.search, columns))
    rows = found.order_by(*order).offset(max(cut.offset, 0)).limit(min(max(cut.limit, 1), MOST_ROWS))
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
        return Page(list(session.scalars(rows)), total)


def every(query: Select[Model]) -> list[Model]:
    """All rows of a query that is small by nature."""
    with reading() as session:
        return list(session.scalars(query))


def one(query: Select[Model], what: str) -> Model:
    """The row, or NotFound: also for one that exists out of the actor's reach."""
    with reading() as session:
        row = session.scalar(query)
    if row is None:
        raise NotFound(f"There is no such {what}.")
    return row
