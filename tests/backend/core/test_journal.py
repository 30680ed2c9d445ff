"""The journal: gapless, chained, and silent about what it is about (decisions.md 13)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from backend.core import clock, journal
from backend.core.db import db, reading, unit
from backend.core.journal import JournalEntry, JournalHead, Line

ORG, OTHER = "org-a", "org-b"
WITHIN = 30.0


def write(count: int = 1, org: str = ORG) -> None:
    with unit():
        lines = [Line("thing.done", f"ref-{number}", journal.salted({"n": number})) for number in range(count)]
        journal.append_all(org, lines, clock.now())


def test_lines_count_from_one_and_hold(app: Flask) -> None:
    with app.app_context():
        write(3)
        write(2)

        with reading() as session:
            entries = list(session.scalars(select(JournalEntry.entry).order_by(JournalEntry.entry)))
        assert entries == [1, 2, 3, 4, 5]
        assert journal.head(ORG)[0] == 5
        assert journal.first_fault(ORG) is None


def test_each_organisation_has_its_own(app: Flask) -> None:
    with app.app_context():
        write(2)
        write(1, OTHER)

        assert (journal.head(ORG)[0], journal.head(OTHER)[0]) == (2, 1)
        assert journal.head(ORG)[1] != journal.head(OTHER)[1]
        assert journal.first_fault("nobody") is None


def test_many_writers_leave_no_gap_and_no_fork(app: Flask) -> None:
    def writer(_: int) -> None:
        with app.app_context():
            for _turn in range(5):
                write()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(writer, range(6), timeout=WITHIN))

    with app.app_context():
        assert journal.head(ORG)[0] == 30
        assert journal.first_fault(ORG) is None


def test_a_unit_that_fails_leaves_no_line(app: Flask) -> None:
    with app.app_context():
        write(1)
        with pytest.raises(KeyError), unit():
            journal.append(ORG, "thing.done", "ref", "0" * 64, clock.now())
            raise KeyError

        assert journal.head(ORG)[0] == 1
        assert journal.first_fault(ORG) is None


def test_outside_a_unit_nothing_is_written(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="needs a unit"):
        journal.append(ORG, "thing.done", "ref", "0" * 64, clock.now())


@pytest.mark.parametrize("column", ["at", "kind", "ref", "digest", "prev", "hash"])
def test_a_changed_line_is_found_at_its_place(app: Flask, column: str) -> None:
    with app.app_context():
        write(4)
        with unit():
            db.session.execute(update(JournalEntry).where(JournalEntry.entry == 3).values({column: "0" * 20}))

        assert journal.first_fault(ORG) == 3


@pytest.mark.parametrize("gone", [1, 2, 4])
def test_a_missing_line_is_found_even_at_the_end(app: Flask, gone: int) -> None:
    with app.app_context():
        write(4)
        with unit():
            db.session.execute(delete(JournalEntry).where(JournalEntry.entry == gone))

        assert journal.first_fault(ORG) == gone


def test_a_lost_head_is_found(app: Flask) -> None:
    with app.app_context():
        write(2)
        with unit():
            db.session.execute(delete(JournalHead))

        assert journal.first_fault(ORG) == 3


def test_the_same_facts_never_have_the_same_digest(app: Flask) -> None:
    with app.app_context():
        assert journal.salted({"person": "p1"}) != journal.salted({"person": "p1"})
