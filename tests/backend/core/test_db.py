"""Units of work keep all or nothing; snapshots read; fed tables have one writer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Executable, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError

from backend.core.config import Config
from backend.core.db import FedTableTouched, UtcDateTime, current_unit, db, glance, reading, snapshot, unit
from backend.core.journal import JournalHead
from tests.makers import build_app


@pytest.fixture(autouse=True)
def nothing_fed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test says for itself which tables are fed."""
    monkeypatch.setattr(db, "fed_tables", frozenset())


def head(name: str = "a") -> JournalHead:
    return JournalHead(org_id=name, entry=0, hash="0" * 64)


def count() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(JournalHead)) or 0


def test_a_unit_keeps_its_work_and_then_sends_its_letters(app: Flask) -> None:
    seen = []
    with app.app_context():
        with unit() as work:
            db.session.add(head())
            work.after(lambda: seen.append(count()))
            assert seen == []

        assert seen == [1]


def test_a_failed_unit_keeps_nothing_and_sends_nothing(app: Flask) -> None:
    seen: list[int] = []
    with app.app_context():
        with pytest.raises(KeyError), unit() as work:
            db.session.add(head())
            work.after(lambda: seen.append(1))
            raise KeyError

        assert (count(), seen) == (0, [])


def test_units_do_not_nest_and_do_not_begin_while_reading(app: Flask) -> None:
    with app.app_context():
        with unit(), pytest.raises(RuntimeError, match="cannot begin"), unit():
            pass
        with reading(), pytest.raises(RuntimeError, match="cannot begin"), unit():
            pass


def test_what_changes_data_asks_for_a_unit(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="needs a unit"):
        current_unit()


def test_a_snapshot_refuses_writes_on_both_databases(app: Flask) -> None:
    with app.app_context(), reading() as session, pytest.raises(DBAPIError):
        session.execute(text("INSERT INTO journal_head (org_id, entry, hash) VALUES ('x', 0, '')"))


def test_a_snapshot_does_not_move_while_others_commit(app: Flask) -> None:
    with app.app_context(), reading():
        assert count() == 0
        with app.app_context(), unit():
            db.session.add(head())
        assert count() == 0
    with app.app_context():
        assert count() == 1


def counted() -> int:
    with snapshot() as connection:
        return connection.execute(select(func.count()).select_from(JournalHead)).scalar_one()


def test_a_snapshot_without_a_session_is_one_state_and_refuses_writes(app: Flask) -> None:
    with app.app_context(), snapshot() as connection:
        assert counted() == 0
        with app.app_context(), unit():
            db.session.add(head())
        assert counted() == 0
        with pytest.raises(DBAPIError):
            connection.execute(text("INSERT INTO journal_head (org_id, entry, hash) VALUES ('x', 0, '')"))
    with app.app_context():
        assert counted() == 1


def test_a_snapshot_inside_a_unit_sees_its_work(app: Flask) -> None:
    with app.app_context(), unit():
        db.session.add(head())
        db.session.flush()
        assert counted() == 1


def test_nothing_with_a_state_of_its_own_begins_inside_a_snapshot(app: Flask) -> None:
    with app.app_context(), snapshot():
        with pytest.raises(RuntimeError, match="cannot begin"), unit():
            pass
        with pytest.raises(RuntimeError, match="cannot begin"), reading():
            pass


def glimpsed() -> int:
    with glance() as connection:
        return connection.execute(select(func.count()).select_from(JournalHead)).scalar_one()


def test_each_statement_of_a_glance_sees_what_is_committed_when_it_comes(app: Flask) -> None:
    with app.app_context(), glance():
        assert glimpsed() == 0
        with app.app_context(), unit():
            db.session.add(head())
        assert glimpsed() == 1


def test_a_glance_refuses_writes_and_nothing_of_them_stays(app: Flask) -> None:
    with app.app_context():
        with glance() as connection, pytest.raises(DBAPIError):
            connection.execute(text("INSERT INTO journal_head (org_id, entry, hash) VALUES ('x', 0, '')"))
        assert count() == 0


def test_a_glance_at_a_state_that_is_open_already_sees_that_state(app: Flask) -> None:
    with app.app_context(), unit():
        db.session.add(head())
        db.session.flush()
        assert glimpsed() == 1
    for opened in (reading, snapshot):
        with app.app_context(), opened():
            before = glimpsed()
            with app.app_context(), unit():
                db.session.add(head(opened.__name__))
            assert glimpsed() == before


def test_nothing_with_a_state_of_its_own_begins_inside_a_glance(app: Flask) -> None:
    with app.app_context(), glance():
        for begin in (unit, reading, snapshot):
            with pytest.raises(RuntimeError, match="cannot begin"), begin():
                pass


def test_a_unit_may_write_after_a_glance_on_the_same_connection(app: Flask) -> None:
    with app.app_context():
        for nth in range(3):
            assert glimpsed() == nth
            with unit():
                db.session.add(head(str(nth)))


def test_what_was_read_stays_usable_afterwards(app: Flask) -> None:
    with app.app_context():
        with unit():
            db.session.add(head("kept"))
        with reading() as session:
            found = session.scalars(select(JournalHead)).one()

        assert (found.org_id, found.entry) == ("kept", 0)
        assert not db.session().in_transaction()


def test_a_fed_table_changes_only_inside_the_exchanges_unit(app: Flask) -> None:
    db.guard_fed_tables({"journal_head"})
    with app.app_context():
        with pytest.raises(FedTableTouched), unit():
            db.session.add(head())
        with unit(fed=True):
            db.session.add(head())
        with pytest.raises(FedTableTouched), unit():
            db.session.scalars(select(JournalHead)).one().entry = 7
        assert count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        insert(JournalHead).values(org_id="b", entry=0, hash=""),
        update(JournalHead).values(entry=9),
        insert(JournalHead.__table__).values(org_id="b", entry=0, hash=""),
    ],
)
def test_statements_that_skip_the_session_are_seen_too(app: Flask, statement: Executable) -> None:
    db.guard_fed_tables({"journal_head"})
    with app.app_context(), pytest.raises(FedTableTouched), unit():
        db.session.execute(statement)


def test_times_come_back_aware_and_in_utc(app: Flask) -> None:
    johor = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=8)))
    with app.app_context(), reading() as session:
        back = session.scalar(select(literal(johor, UtcDateTime())))

    assert back == johor
    assert back is not None
    assert back.tzinfo is UTC or back.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(app: Flask) -> None:
    naive = datetime(2026, 11, 23, 12, 0)
    with app.app_context(), reading() as session, pytest.raises(Exception, match="needs its zone"):
        session.scalar(select(literal(naive, UtcDateTime())))


def test_a_fault_of_the_database_names_no_values(app: Flask) -> None:
    with app.app_context(), pytest.raises(DBAPIError) as fault, unit():
        db.session.execute(text("SELECT :secret FROM no_such_table"), {"secret": "Puan Aminah"})
    assert "Aminah" not in str(fault.value)


def test_the_embedded_database_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "singgah.db"
    config = Config.from_env({"DATABASE_URL": f"sqlite:///{file}", "DATA_DIR": str(tmp_path)})
    with build_app(config):
        assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
