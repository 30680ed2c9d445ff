"""Many rows in one statement, which is made once: what a batch of operations comes down to.

The general way works out every parameter of every row anew, which cost more here than the database itself. SQLite takes
the rows one after the other; PostgreSQL takes a list for each column, in its binary form, and one plan for all rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Dialect, String, Table, any_, bindparam

Rows = Sequence[Mapping[str, Any]]
Convert = Callable[[Any], Any]
_LENGTH = re.compile(r"\(\d+\)")


def insert_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """Add rows that all name the same columns. One that is not named is NULL; KeyError where it may not be."""
    if rows:
        _maker(connection.dialect, table, tuple(rows[0]), False).run(connection, rows)


def put_rows(connection: Connection, table: Table, rows: Rows) -> None:
    """As `insert_rows`; a row whose primary key is there already takes the new values. Of two with one key the later
    counts: PostgreSQL would refuse the statement, where SQLite takes one after the other.
    """
    if rows:
        key = [column.name for column in table.primary_key.columns]
        last = list({tuple(row[name] for name in key): row for row in rows}.values())
        _maker(connection.dialect, table, tuple(rows[0]), True).run(connection, last)


@dataclass(frozen=True)
class Maker:
    """`statement` takes values in the order of `columns`; `converts` holds what turns a column's values into those of
    the driver. `by_column`: one list a column, for all rows.
    """

    statement: str
    columns: tuple[str, ...]
    converts: tuple[Convert | None, ...]
    by_column: bool

    def run(self, connection: Connection, rows: Rows) -> None:
        if any(len(row) != len(self.columns) for row in rows):
            raise KeyError("a row names other columns than the first")
        columns = [self._values(name, convert, rows) for name, convert in zip(self.columns, self.converts, strict=True)]
        given: Any = tuple(columns) if self.by_column else list(zip(*columns, strict=True))
        connection.exec_driver_sql(self.statement, given)

    def _values(self, name: str, convert: Convert | None, rows: Rows) -> list[Any]:
        values = [row[name] for row in rows]
        if convert is None:
            return values
        if all(value is values[0] for value in values):
            return [convert(values[0])] * len(values)
        return [convert(value) for value in values]


@lru_cache(maxsize=512)
def _maker(dialect: Dialect, table: Table, names: tuple[str, ...], put: bool) -> Maker:
    unnamed = [c.name for c in table.c if c.name not in names and (c.default is not None or not c.nullable)]
    if unnamed:
        raise KeyError(f"a row of {table.name} needs {', '.join(unnamed)}")
    quote = dialect.identifier_preparer.quote
    by_column = dialect.name == "postgresql"
    if by_column:
        # An explicit cast to a length would cut a text that is too long; the column itself refuses it.
        types = (_LENGTH.sub("", table.c[name].type.compile(dialect)) for name in names)
        values = f"SELECT * FROM unnest({', '.join(f'%b::{kind}[]' for kind in types)})"  # noqa: S608 - names of ours
    else:
        values = f"VALUES ({', '.join('?' for _ in names)})"
    statement = f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) {values}"
    if put:
        key = [column.name for column in table.primary_key.columns]
        news = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in names if name not in key)
        statement += f" ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {news}"
    converts = tuple(table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
    return Maker(statement, names, converts, by_column)


def within(column: ColumnElement[Any], name: str, dialect: str) -> ColumnElement[bool]:
    """Whether the column is one of the texts in the parameter `name`, a list.

    PostgreSQL takes them as one array, so that the statement and its plan are the same however many there are. SQLite
    must see each: to a list that comes from anywhere else it prefers reading all rows of the organisation.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(String())))
    return column.in_(bindparam(name, expanding=True))
