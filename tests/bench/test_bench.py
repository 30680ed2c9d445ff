"""The bench measures what it says: it runs whole in a tiny size, its floor writes the run's own rows, its poller sees a
loss, and the published page is made from published figures. No test here looks at a speed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.bench import correctness, publish, run
from tests.bench.figures import Figure, Goal, Report, table
from tests.bench.floors import LOG, Pushed, count_rows, insert_floor, opened, written_by
from tests.bench.peers import Missing
from tests.bench.sizes import TINY


def test_a_tiny_run_measures_everything_and_meets_no_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    report = run.run(TINY, frozenset(run.PARTS), lambda _: None, kinds=["sqlite"], peers=False)

    found = {(figure.who, figure.what) for figure in report.figures}
    assert {who for who, _ in found} == {
        "Singgah, SQLite", "floor: bare inserts, sqlite", "floor: bare Flask route, sqlite",
        "floor: no-op Flask route, sqlite", "zstd -19, one file",
    }  # fmt: skip
    assert all(value > 0 for figure in report.figures for value in figure.seen if figure.unit != "% of two cores")
    unmeasured = {goal.text.split(": ")[1] for goal in report.goals if goal.value is None}
    assert unmeasured == {"push at 5 over Kinto", "push at 5 over PouchDB", "pull over PouchDB"}
    assert [one["script"] for one in report.correctness] == [
        "poller", "lost answer", "restore, this client first", "restore, another client first",
    ]  # fmt: skip
    assert {(one["lost"], one["doubled"]) for one in report.correctness} == {(0, 0)}
    assert all(one["wrote"] > 0 for one in report.correctness)


def test_the_floor_inserts_exactly_the_rows_that_a_push_wrote(
    house, tablet, request: pytest.FixtureRequest, database_url: str, fresh_database: Callable[..., str], tmp_path: Path
) -> None:
    visit = house.visit(tablet.person)
    for n in range(3):
        tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": f"note {n}"})
    assert tablet.push().status_code == 200
    (tmp_path / "floor").mkdir()
    with ExitStack() as stack:
        floor = fresh_database(database_url.partition(":")[0].partition("+")[0], tmp_path / "floor", stack)
        with opened(database_url) as engine, engine.connect() as connection:
            written = written_by(connection, house.org_id, Pushed(tablet.id, 1, 3, 1.0))
            log = connection.execute(select(LOG).where(LOG.c.device == tablet.id)).all()

        (rate,) = insert_floor(floor, tmp_path, [[written]])

        counts = count_rows(floor)
        with opened(floor) as engine, engine.connect() as connection:
            copied = connection.execute(select(LOG)).all()
    assert rate > 0
    assert {name: counts[name] for name in counts if name != "alembic_version"} == {
        "note": 3, "sync_head": 3, "sync_op": 3, "journal": 1,
    }  # fmt: skip
    assert sorted(copied) == sorted(log)


def test_the_poller_counts_what_a_feed_never_gives() -> None:
    shelf: list[str] = []

    def poller(skips: Callable[[str], bool]) -> Callable[[], set[str]]:
        return lambda: {one for one in shelf if not skips(one)}

    writers = [lambda: shelf.extend(["a", "b"]), lambda: shelf.append("c")]

    assert correctness.followed(writers, poller(lambda _: False)) == {"a", "b", "c"}
    assert correctness.followed(writers, poller(lambda one: one == "b")) == {"a", "c"}


def test_a_peer_that_cannot_be_set_up_is_named_and_nothing_is_made_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def absent(_: Path) -> Iterator[run.Peer]:
        raise Missing("Kinto cannot be installed: no index.")
        yield

    report, heard = Report(), list[str]()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").mkdir()
    run.Run(report, TINY, frozenset(run.PARTS), heard.append).peer(absent, correctness.kinto)

    assert report.missing == ["Kinto cannot be installed: no index."]
    assert (report.figures, report.correctness) == ([], [])
    assert heard == ["missing: Kinto cannot be installed: no index."]


def test_a_goal_is_met_missed_or_not_measured() -> None:
    assert Goal("more", 2.0, 1.5).met is True
    assert Goal("more", 1.0, 1.5).met is False
    assert Goal("less", 1.0, 1.5, least=False).met is True
    assert Goal("less", 2.0, 1.5, least=False).met is False
    assert Goal("none", None, 1.5).met is None


def test_ratios_are_of_medians_of_the_same_thing() -> None:
    report = Report(figures=[Figure("we", "push", "/s", (9.0, 10.0, 90.0)), Figure("they", "push", "/s", (5.0,))])

    assert report.ratio(("we", "push"), ("they", "push")) == 2.0
    assert report.ratio(("we", "push"), ("nobody", "push")) is None


def test_a_table_has_one_width_for_a_column() -> None:
    assert table(("who", "n"), [["we", "12"], ["others", "3"]]) == [
        "| who    | n  |",
        "|--------|----|",
        "| we     | 12 |",
        "| others |  3 |",
    ]


def test_the_published_page_is_made_from_the_published_figures(tmp_path: Path) -> None:
    figures, words = (publish.DOCS / name for name in ("benchmarks.json", "benchmarks.md"))
    report = Report(machine=run.machine(), goals=[Goal("push", 2.0, 1.5)], missing=["A peer is missing."])
    result = tmp_path / "bench.json"
    result.write_text(json.dumps(report.to_json()), encoding="utf-8")

    publish.publish(result, tmp_path)

    assert "A peer is missing." in (tmp_path / "benchmarks.md").read_text("utf-8")
    assert figures.exists() == words.exists()
    for folder in (tmp_path, *([publish.DOCS] if figures.exists() else [])):
        published = json.loads((folder / "benchmarks.json").read_text("utf-8"))
        assert (folder / "benchmarks.md").read_text("utf-8") == publish.page(published)
    with pytest.raises(ValueError, match="format 0"):
        publish.page({**report.to_json(), "format": 0})

