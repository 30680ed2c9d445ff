"""One pull is one snapshot: whoever commits between two of its statements changes nothing in its answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from backend.core.db import db
from backend.exchange import pull
from tests.makers import House, Tablet


@pytest.fixture
def database_url(tmp_path: Path, fresh_database: Callable[[str, Path, ExitStack], str]) -> Iterator[str]:
    """PostgreSQL: there each statement for itself would see what was committed last."""
    with ExitStack() as stack:
        yield fresh_database("postgresql", tmp_path, stack)


@contextmanager
def after_statement(house: House, nth: int, act: Callable[[], Any]) -> Iterator[list[str]]:
    """When this thread has carried out its nth statement another one acts, and is waited for; the statements so far."""
    mine, seen = threading.get_ident(), list[str]()

    def done(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        # The snapshot is taken by the first statement that reads; what comes before only says that there shall be one.
        if threading.get_ident() != mine or statement.startswith("BEGIN"):
            return
        seen.append(statement)
        if len(seen) == nth:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(act).result(60)

    with house.app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", done)
    try:
        yield seen
    finally:
        event.remove(engine, "after_cursor_execute", done)


class Scene:
    """A tablet that begins anew, and somebody who writes in all that its pull looks at."""

    def __init__(self, house: House, tablet: Tablet) -> None:
        self.house, self.tablet = house, tablet
        self.second = house.tablet("engineer", 2)
        self.visit = house.visit(tablet.person, self.second.person)
        tablet.pull()

    def write(self) -> None:
        """The tablet's own operation, a row of its visit, and who is on the visit."""
        note = {"visit": self.visit, "text": "meanwhile"}
        self.tablet.do("note.add", ("note", self.house.new_id()), note)
        self.house.office()("note.add", ("note", self.house.new_id()), note)
        crew = [self.second.person.id]
        self.house.office()("visit.assign", ("visit", self.visit), {"engineers": crew, "lead": crew[0]})

    def restore(self) -> None:
        crew = [self.tablet.person.id, self.second.person.id]
        self.house.office()("visit.assign", ("visit", self.visit), {"engineers": crew, "lead": crew[0]})

    def answer(self, nth: int = 0) -> tuple[bytes, int]:
        """What a pull answers while somebody writes after its nth statement, and how many statements it took."""
        asked = pull.Pull(1, 1, None, self.tablet.id, None, 1_000, "n")
        with after_statement(self.house, nth, self.write) as seen, self.house.app.app_context():
            return pull.pull(self.tablet.person.actor, asked), len(seen)


@pytest.fixture
def scene(house: House, tablet: Tablet) -> Scene:
    return Scene(house, tablet)


def test_a_writer_between_its_statements_changes_nothing_in_a_pull(scene: Scene) -> None:
    _, statements = scene.answer()
    assert statements == 4
    for nth in range(1, statements + 1):
        before, _ = scene.answer()

        during, _ = scene.answer(nth)

        assert during == before, f"after statement {nth}"
        assert scene.answer()[0] != before
        scene.restore()


def test_without_one_snapshot_it_would_be_seen(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def each_statement_for_itself() -> Iterator[Connection]:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection

    monkeypatch.setattr(pull, "snapshot", each_statement_for_itself)
    _, statements = scene.answer()
    differed = []
    for nth in range(1, statements):
        before, _ = scene.answer()
        differed.append(scene.answer(nth)[0] != before)
        scene.restore()

    assert any(differed)
