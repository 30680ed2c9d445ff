"""Rows in one statement: what comes back is what went in, on both databases, and nothing is cut to fit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column as C
from sqlalchemy import Connection, Engine, Integer, LargeBinary, MetaData, String, Table, create_engine, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.core.bulk import insert_rows, put_rows, within
from backend.core.db import Json, UtcDateTime

THINGS = Table(
    "things",
    MetaData(),
    C("org", String(8), primary_key=True),
    C("id", String(8), primary_key=True),
    C("by", String(8)),
    C("count", Integer, nullable=False, default=7),
    C("facts", Json),
    C("body", LargeBinary),
    C("at", UtcDateTime),
)
AT = datetime(2026, 11, 25, 9, 30, 0, 120_000, UTC)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as connection:
        THINGS.create(connection)
        yield connection


def thing(id_: str, **facts: Any) -> dict[str, Any]:
    whole = {"org": "o", "id": id_, "by": None, "count": 1, "facts": None, "body": None, "at": None}
    return whole | facts


def kept(connection: Connection) -> dict[str, dict[str, Any]]:
    rows = connection.execute(select(THINGS).order_by(THINGS.c.id)).mappings()
    return {row["id"]: dict(row) for row in rows}


def test_every_value_comes_back_as_it_went_in(connection: Connection) -> None:
    rows = [
        thing("a"),
        thing("b", by="王 \\ ' \"", count=2**31 - 1, facts={"a": [1, None, "ü"]}, body=b"\x00\xff{},\\", at=AT),
        thing("c", by="{NULL,}", facts=[], body=b"", at=AT),
    ]
    insert_rows(connection, THINGS, rows)
    assert list(kept(connection).values()) == rows


def test_one_row_and_hundreds_are_the_same_statement(connection: Connection) -> None:
    insert_rows(connection, THINGS, [thing("a")])
    insert_rows(connection, THINGS, [thing(f"{n}", count=n) for n in range(500)])
    insert_rows(connection, THINGS, [])
    assert len(kept(connection)) == 501


def test_a_row_that_is_there_takes_the_new_values_and_a_new_one_is_added(connection: Connection) -> None:
    put_rows(connection, THINGS, [thing("a", count=1, by="x")])
    put_rows(connection, THINGS, [thing("a", count=2), thing("b", count=3)])
    assert {name: (row["count"], row["by"]) for name, row in kept(connection).items()} == {
        "a": (2, None),
        "b": (3, None),
    }


def test_of_two_rows_with_one_key_the_later_counts(connection: Connection) -> None:
    put_rows(connection, THINGS, [thing("a", count=1), thing("b", count=2), thing("a", count=3)])
    assert {name: row["count"] for name, row in kept(connection).items()} == {"a": 3, "b": 2}


def test_a_row_that_is_there_is_refused_where_only_new_ones_may_come(connection: Connection) -> None:
    insert_rows(connection, THINGS, [thing("a")])
    with pytest.raises(IntegrityError):
        insert_rows(connection, THINGS, [thing("a")])


def test_a_text_that_is_too_long_is_refused_and_never_cut(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return  # It has no lengths; what is longer is kept whole.
    with engine.begin() as connection:
        THINGS.create(connection)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        insert_rows(connection, THINGS, [thing("a", by="123456789")])
    with engine.begin() as connection:
        assert kept(connection) == {}


def test_a_column_that_needs_a_value_must_be_named(connection: Connection) -> None:
    with pytest.raises(KeyError, match="count"):
        insert_rows(connection, THINGS, [{"org": "o", "id": "a"}])


def test_a_column_that_may_be_empty_need_not_be_named(connection: Connection) -> None:
    insert_rows(connection, THINGS, [{"org": "o", "id": "a", "count": 1}])
    assert kept(connection)["a"] == thing("a")


def test_rows_that_name_other_columns_than_the_first_are_refused(connection: Connection) -> None:
    with pytest.raises(KeyError):
        insert_rows(connection, THINGS, [thing("a"), {"org": "o", "id": "b", "count": 1}])
    with pytest.raises(KeyError):
        insert_rows(connection, THINGS, [{"org": "o", "id": "b", "count": 1}, thing("a")])


@pytest.mark.parametrize(("asked", "found"), [(["a", "c", "z"], ["a", "c"]), ([], []), (["'", '"', "{}"], [])])
def test_one_parameter_asks_for_many_texts(connection: Connection, asked: list[str], found: list[str]) -> None:
    insert_rows(connection, THINGS, [thing(name) for name in "abc"])
    query = select(THINGS.c.id).where(within(THINGS.c.id, "ids", connection.dialect.name)).order_by(THINGS.c.id)
    assert list(connection.execute(query, {"ids": asked}).scalars()) == found
