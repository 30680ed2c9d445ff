"""Writers at the same moment (sync.md P1, P3, P4): the feed shows every row, and no change is lost under another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from backend.core.db import db, reading
from backend.exchange import services
from backend.exchange.models import HEADS, LOG, ORGS
from tests.makers import House

WRITERS = 6
EACH = 15


class Watcher:
    """A reader at a cursor: asks again and again for what is behind it, as a pull does."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.cursor = 0
        self.seen: set[str] = set()
        self.done = threading.Event()

    def watch(self) -> None:
        with self.house.app.app_context():
            while not self.done.is_set():
                self.look()
            self.look()

    def look(self) -> None:
        asked = select(HEADS.c.seq, HEADS.c.entity_id).where(
            HEADS.c.org_id == self.house.org_id, HEADS.c.seq > self.cursor
        )
        with reading() as session:
            rows = session.execute(asked.order_by(HEADS.c.seq)).all()
        self.seen |= {row.entity_id for row in rows}
        self.cursor = max([self.cursor, *(row.seq for row in rows)])


def together(tasks: list[Callable[[], Any]]) -> list[Any]:
    """Run all at once; their results, or the first exception."""
    start = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        start.wait(30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [future.result(120) for future in [pool.submit(run, task) for task in tasks]]


def patiently(act: Callable[[], Any]) -> Any:
    """As a person does who is told that the program is busy: nothing was taken, so ask again (at most ten times)."""
    for _ in range(9):
        try:
            return act()
        except OperationalError as busy:
            assert isinstance(busy.orig, LockNotAvailable), busy
    return act()


def test_a_reader_behind_a_cursor_misses_no_row_of_writers_at_the_same_moment(house: House):
    visit = house.visit()
    people = [house.person("dispatcher", nth) for nth in range(1, WRITERS + 1)]
    watcher = Watcher(house)
    made: list[str] = []

    def write(person) -> None:
        for size in range(EACH):
            notes = [house.new_id() for _ in range(1 + size % 3)]
            asked = [("note.add", ("note", note), {"visit": visit, "text": "x"}) for note in notes]
            results = patiently(lambda asked=asked: house.submit(person.actor, asked))
            assert {one["status"] for one in results} == {"applied"}
            made.extend(notes)

    thread = threading.Thread(target=watcher.watch)
    thread.start()
    try:
        together([lambda person=person: write(person) for person in people])
    finally:
        watcher.done.set()
        thread.join(30)

    assert len(made) == len(set(made)) == WRITERS * sum(1 + size % 3 for size in range(EACH))
    assert set(made) - watcher.seen == set()
    with house.app.app_context():
        top = db.session.scalar(select(ORGS.c.seq).where(ORGS.c.org_id == house.org_id))
    assert watcher.cursor == top


def test_changes_of_one_row_at_the_same_moment_are_all_kept(house: House):
    """Each writer reads the list of marks and writes it longer by one: whoever was outrun must do it again."""
    engineer = house.person("engineer")
    visit = house.visit(engineer)
    people = [house.person("dispatcher", nth) for nth in range(1, WRITERS + 1)]
    args = {"mark": "travelling"}

    def write(person) -> None:
        for _ in range(EACH):
            [result] = patiently(lambda: house.submit(person.actor, [("visit.mark", ("visit", visit), args)]))
            assert result["status"] in {"applied", "merged"}, result

    together([lambda person=person: write(person) for person in people])

    tablet = house.tablet("engineer")
    tablet.pull()
    assert len(tablet.value("visit", visit)["marks"]) == WRITERS * EACH


def test_a_question_about_many_rows_is_asked_again_when_one_came_in_between(house: House):
    """Numbers of tickets are unique: two tablets' worth of writers that look before they write never make two."""
    people = [house.person("dispatcher", nth) for nth in range(1, 4)]
    asset = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service", "tag": "SG-0001"}

    def write(person) -> str:
        asked = [("asset.create", ("asset", house.new_id()), asset)]
        [result] = patiently(lambda: house.submit(person.actor, asked))
        return result["status"]

    statuses = together([lambda person=person: write(person) for person in people])

    assert sorted(statuses) == ["applied", "rejected", "rejected"]


def test_tablets_that_push_at_the_same_moment_each_get_their_own_outcomes(house: House):
    engineer = house.person("engineer")
    visit = house.visit(engineer)
    tablets = [house.tablet("engineer") for _ in range(2)]
    for tablet in tablets:
        tablet.pull()
        for n in range(40):
            tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": str(n)})

    together([lambda tablet=tablet: [tablet.push(8) for _ in range(5)] for tablet in tablets])

    for tablet in tablets:
        assert [tablet.results[n]["status"] for n in range(1, 41)] == ["applied"] * 40
        tablet.pull()
    assert tablets[0].rows == tablets[1].rows
    with house.app.app_context():
        assert len(db.session.execute(select(LOG.c.n).where(LOG.c.type == "note.add")).all()) == 80
        assert services.head(house.org_id) == tablets[0].head


def test_a_push_that_waits_too_long_for_the_counter_is_sent_away_with_nothing_taken(house: House):
    """PostgreSQL alone has such locks; on SQLite writers queue (decisions.md 21)."""
    tablet = house.tablet("engineer")
    visit = house.visit(tablet.person)
    tablet.pull()
    n = tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "x"})

    with house.app.app_context():
        if db.engine.dialect.name == "sqlite":
            assert tablet.push().status_code == 200
            return
        with db.engine.begin() as other:
            other.execute(select(ORGS).where(ORGS.c.org_id == house.org_id).with_for_update())
            answer = ThreadPoolExecutor(1).submit(tablet.push).result(60)

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert tablet.push().status_code == 200
    assert tablet.result(n)["status"] == "applied"
