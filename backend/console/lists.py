"""A list page in words: columns, rows, search, filters and pages, in one frozen value for a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

ROWS = 50
"""Rows of one page."""

LONGEST_SEARCH = 100
MOST_PAGES = 10_000


@dataclass(frozen=True)
class Cell:
    """What stands in one place of the table. `tone` colours a chip: ok, warn, fail, info, neutral; "" is plain."""

    text: str
    tone: str = ""
    href: str = ""
    number: bool = False


@dataclass(frozen=True)
class Column:
    """`cell` makes the words of a row. A `minor` column gives way on a narrow screen."""

    title: str
    cell: Callable[[Any], Cell | str | None]
    minor: bool = False
    number: bool = False

    def of(self, row: Any) -> Cell:
        made = self.cell(row)
        return made if isinstance(made, Cell) else Cell(made or "", number=self.number)


@dataclass(frozen=True)
class Asked:
    """What the address asks of a list: page from 1, words to search for, and filters by name."""

    page: int
    search: str
    filters: Mapping[str, str]

    @property
    def offset(self) -> int:
        return (self.page - 1) * ROWS

    def address(self, page: int) -> str:
        """The query string of another page of the same list."""
        parts = {"q": self.search, **self.filters, "page": str(page) if page > 1 else ""}
        kept = {name: value for name, value in parts.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"


NOTHING_ASKED = Asked(1, "", {})


def asked(query: MultiDict[str, str], filters: Sequence[str] = ()) -> Asked:
    """Read a list's address; what cannot be meant becomes the first page, and a long search is cut."""
    typed = query.get("page", "1")
    page = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 1
    search = query.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    chosen = {name: query.get(name, "").replace("\x00", "")[:80] for name in filters}
    return Asked(min(max(page, 1), MOST_PAGES), search, chosen)


@dataclass(frozen=True)
class Filter:
    """A list to choose from above the table."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A page of a list. `total` counts all rows that fit, on every page."""

    columns: Sequence[Column]
    rows: Sequence[Any]
    total: int
    asked: Asked
    link: Callable[[Any], str]
    filters: Sequence[Filter] = ()
    empty: str = "Nothing here yet."

    @property
    def first(self) -> int:
        return self.asked.offset + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.asked.offset + len(self.rows)

    @property
    def earlier(self) -> str | None:
        return self.asked.address(self.asked.page - 1) if self.asked.page > 1 else None

    @property
    def later(self) -> str | None:
        return self.asked.address(self.asked.page + 1) if self.last < self.total else None
