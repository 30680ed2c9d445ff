"""Writers on SQLite take turns in the order they came; readers neither wait nor write (decisions.md 21)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from backend.core import db as database
from backend.core.db import db, reading, unit
from backend.core.journal import JournalHead
from backend.core.sqlite import FairQueue, QueueFull

WITHIN = 30.0


def add_head(name: str) -> None:
    db.session.add(JournalHead(org_id=name, entry=0, hash="0" * 64))


def heads() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(JournalHead)) or 0


def test_many_writers_at_once_never_meet_a_locked_database(plain_app: Flask) -> None:
    start = threading.Barrier(8)

    def write(number: int) -> None:
        with plain_app.app_context():
            start.wait(WITHIN)
            for turn in range(20):
                with unit():
                    add_head(f"{number}/{turn}")

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write, number) for number in range(8)]:
            done.result(WITHIN)

    with plain_app.app_context():
        assert heads() == 160


def test_writers_are_served_in_the_order_they_came() -> None:
    queue, served = FairQueue(), []
    queue.enter()

    def wait_for_turn(number: int) -> None:
        queue.enter()
        served.append(number)
        queue.leave()

    waiting = []
    for number in range(5):
        waiting.append(threading.Thread(target=wait_for_turn, args=(number,)))
        waiting[-1].start()
        until(lambda expected=number + 1: queue.length == expected)
    queue.leave()
    for thread in waiting:
        thread.join(WITHIN)

    assert served == [0, 1, 2, 3, 4]


def test_who_waits_too_long_is_told_and_loses_the_place() -> None:
    queue = FairQueue()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(queue.enter).result(WITHIN)

        with pytest.raises(QueueFull):
            queue.enter(timeout=0)

        assert queue.length == 0
        pool.submit(queue.leave).result(WITHIN)
    queue.enter(timeout=0)


def test_a_thread_that_would_wait_for_itself_is_told_at_once() -> None:
    queue = FairQueue()
    queue.enter()

    with pytest.raises(RuntimeError, match="writing already"):
        queue.enter()


def test_a_reader_sees_its_snapshot_while_a_writer_writes(plain_app: Flask) -> None:
    def write() -> None:
        with plain_app.app_context(), unit():
            add_head("meanwhile")

    with plain_app.app_context(), reading():
        assert heads() == 0
        with ThreadPoolExecutor(1) as pool:
            pool.submit(write).result(WITHIN)
        assert heads() == 0
    with plain_app.app_context():
        assert heads() == 1


def test_a_reader_that_writes_is_refused_by_the_database(plain_app: Flask) -> None:
    with plain_app.app_context(), reading() as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text("INSERT INTO journal_head VALUES ('x', 0, '')"))


def test_after_a_reading_the_same_connection_may_write_again(plain_app: Flask) -> None:
    with plain_app.app_context():
        assert heads() == 0
        with unit():
            add_head("one")
        assert heads() == 1


def test_a_failed_unit_gives_its_turn_back(plain_app: Flask) -> None:
    with plain_app.app_context():
        with pytest.raises(ZeroDivisionError), unit():
            add_head("lost")
            db.session.flush()
            _ = 1 / 0
        with unit():
            add_head("kept")
        assert heads() == 1


def test_each_connection_is_durable_and_keeps_its_foreign_keys(plain_app: Flask) -> None:
    with plain_app.app_context(), reading() as session:
        pragmas = {
            name: session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_another_process_is_waited_for_and_not_failed(plain_app: Flask) -> None:
    """The worker and the demo are other processes: they do not stand in our queue, the file's own lock must do."""
    began, may_end = threading.Event(), threading.Event()

    def outsider() -> None:
        with plain_app.app_context():
            file = db.engine.url.database
        other = database.sqlite.sqlite3.connect(str(file), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        began.set()
        may_end.wait(WITHIN)
        other.execute("COMMIT")
        other.close()

    def write() -> None:
        with plain_app.app_context(), unit():
            may_end.set()
            add_head("after")

    with ThreadPoolExecutor(2) as pool:
        outside = pool.submit(outsider)
        began.wait(WITHIN)
        # Setting may_end needs the turn, which BEGIN IMMEDIATE gives only to whoever waits: release from here.
        threading.Timer(0, may_end.set).start()
        pool.submit(write).result(WITHIN)
        outside.result(WITHIN)
    with plain_app.app_context():
        assert heads() == 1


def test_another_process_that_writes_for_too_long_is_told_as_busy(plain_app: Flask) -> None:
    with plain_app.app_context():
        raw = db.session.connection(execution_options={"read_only": True}).connection.dbapi_connection
        raw.execute("PRAGMA busy_timeout=0")
        db.session.rollback()
        other = database.sqlite.sqlite3.connect(str(db.engine.url.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(QueueFull), unit():
            add_head("never")
        other.close()
        with unit():
            add_head("after")
        assert heads() == 1


def until(condition: Callable[[], object], within: float = WITHIN) -> None:
    """Spin on a condition that another thread is about to make true; fails loudly instead of hanging."""
    tick = threading.Event()
    for _ in range(int(within * 1000)):
        if condition():
            return
        tick.wait(0.001)
    raise AssertionError("the condition never came true")
