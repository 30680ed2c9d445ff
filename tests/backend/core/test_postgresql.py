"""PostgreSQL: how often the program goes to the server and back, and connections that end while nobody uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from backend.core import postgresql
from backend.core.db import db, glance, reading, snapshot, unit
from backend.core.journal import JournalHead

COUNT = select(func.count()).select_from(JournalHead)


@pytest.fixture
def database_url(tmp_path: Path, fresh_database: Callable[[str, Path, ExitStack], str]) -> Iterator[str]:
    with ExitStack() as stack:
        yield fresh_database("postgresql", tmp_path, stack)


def count() -> int:
    with glance() as connection:
        return connection.execute(COUNT).scalar_one()


def end_all_connections(app: Flask) -> None:
    """As a server does that restarts: it waits until each is gone."""
    with app.app_context():
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    assert ended and all(gone for (gone,) in ended)


@contextmanager
def said(app: Flask) -> Iterator[list[str]]:
    """What is said to the server meanwhile, the end of a transaction aside."""
    words: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        words.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield words
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("opened", [glance, snapshot, reading, unit])
def test_a_connection_that_ended_while_it_rested_is_nobodys_fault(app: Flask, opened: Any) -> None:
    with app.app_context():
        with glance(), app.app_context(), glance(), app.app_context():
            count()  # three of them rest afterwards
        end_all_connections(app)
        for _ in range(4):
            with opened():
                assert db.session.scalar(COUNT) == 0 if opened in (reading, unit) else count() == 0


def test_one_whose_end_was_never_heard_is_asked_when_it_has_rested_for_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firewall that forgets a connection says nothing to anybody."""
    monkeypatch.setattr(postgresql, "_has_said_something", lambda _: False)
    now = 1_000.0
    monkeypatch.setattr("backend.core.clock.stopwatch", lambda: now)
    with app.app_context():
        count()
        end_all_connections(app)
        now += postgresql.RESTED_S + 1

        assert count() == 0


def test_without_either_care_it_would_be_the_fault_of_whoever_comes_next(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_has_said_something", lambda _: False)
    monkeypatch.setattr("backend.core.clock.stopwatch", lambda: 1_000.0)
    with app.app_context():
        count()
        end_all_connections(app)

        with pytest.raises(Exception, match=r"terminat|closed"):
            count()


def test_one_word_begins_a_transaction_and_a_glance_needs_none(app: Flask) -> None:
    with app.app_context():
        with said(app) as words:
            count()
        assert [word[:6] for word in words] == ["SELECT"]

        with said(app) as words, snapshot() as connection:
            connection.execute(COUNT)
        assert [word[:6] for word in words] == ["BEGIN ", "SELECT"]

        with said(app) as words, unit(fed=True):
            db.session.scalar(COUNT)
        assert [word[:6] for word in words] == ["BEGIN ", "SELECT"]


def test_the_exchanges_word_and_patience_end_with_its_transaction(app: Flask) -> None:
    asked = text("SELECT current_setting('singgah.feed', true), current_setting('lock_timeout')")
    with app.app_context():
        with unit(fed=True):
            assert tuple(db.session.execute(asked).one()) == ("on", "2s")
        with unit():
            assert tuple(db.session.execute(asked).one()) == ("", "0")


@pytest.mark.parametrize("opened", [glance, snapshot, reading])
def test_what_the_driver_has_prepared_outlives_what_only_reads(app: Flask, opened: Any) -> None:
    prepared = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%journal_head%'")
    with app.app_context():
        for _ in range(8):
            with opened():
                db.session.scalar(COUNT) if opened is reading else count()

        with glance() as connection:
            assert connection.execute(prepared).scalar_one() == 1


def test_bytes_may_come_as_bytes(app: Flask) -> None:
    asked = text("SELECT 9007199254740993, decode('00ff5c', 'hex'), true, CAST('x' AS varchar)")
    with app.app_context(), glance() as connection:
        plain = connection.execute(asked).one()
        packed = connection.execute(asked.execution_options(binary=True)).one()

        assert tuple(packed) == tuple(plain) == (9_007_199_254_740_993, b"\x00\xff\\", True, "x")
