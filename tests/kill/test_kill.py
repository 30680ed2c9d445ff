"""A few deaths with every run of the tests; `make prove` does hundreds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kill.oracles import FeedWatcher, faults
from tests.kill.run import DEATHS, kill_run, scene
from tests.services.cluster import running_cluster


def test_whatever_process_dies_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    told = kill_run(tmp_path, seed=3, kills=len(DEATHS), rounds=2)

    assert told.faults == []
    assert set(told.deaths) == set(DEATHS)
    assert told.statuses[0] > 0, "no request met a death"
    assert told.statuses[200] >= 8
    assert told.operations >= 4 * 2 * 6


BREAKS = {
    "a lost operation": ("DELETE FROM sync_op WHERE n = 2", "without [2]"),
    "a changed operation": ("UPDATE sync_op SET body = 'x' WHERE n = 1", "not what was sent"),
    "a lost effect": ("DELETE FROM note", "acknowledged and are not there"),
    "a second answer": ("UPDATE sync_op SET outcome = '{}' WHERE n = 2", "operation 2 was answered"),
    "a broken chain": ("UPDATE sync_op SET link = repeat('0', 64) WHERE n = 3", "the chain breaks at operation 3"),
    "a counter that went back": ("UPDATE sync_org SET seq = seq - 3", "beyond the counter"),
    "a row that came late": ("UPDATE sync_head SET entity_id = 'late' || seq WHERE kind = 'note'", "never saw"),
    "a journal line that changed": ("UPDATE journal SET ref = 'x' WHERE entry = 4", "breaks at entry 4"),
    "a number given twice": ("UPDATE device SET next_n = next_n - 1 WHERE kind = 'tablet'", "the server expects"),
}  # fmt: skip


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory):
    """A scene in which one tablet has worked and all is well."""
    with running_cluster() as cluster, scene(tmp_path_factory.mktemp("settled"), cluster) as made:
        tablet = made.tablets[0]
        for nth in range(4):
            tablet.act("note.add", ("note", made.house.new_id()), {"visit": made.visit, "text": f"note {nth}"})
        tablet.settle_all(4)
        watcher = FeedWatcher(cluster, made.house.org_id)
        watcher.begin()
        watcher.end()
        yield made, watcher


@pytest.mark.parametrize("name", BREAKS)
def test_the_oracles_see_what_they_are_for(settled, name: str) -> None:
    made, watcher = settled
    statement, words = BREAKS[name]
    assert faults(made.house, made.cluster, made.tablets[:1], watcher) == []
    with made.cluster.connect() as connection:
        connection.execute("SET singgah.feed = 'migration'")
        connection.execute("CREATE TEMP TABLE kept (name text, rows jsonb)")
        tables = ("note", "sync_op", "sync_org", "sync_head", "journal", "device")
        copies = {table: connection.execute(f"TABLE {table}").fetchall() for table in tables}
        connection.execute(statement)
        try:
            found = faults(made.house, made.cluster, made.tablets[:1], watcher)
        finally:
            restore(connection, copies)
    assert any(words in fault for fault in found), found


def restore(connection, copies) -> None:
    for table, rows in copies.items():
        connection.execute(f"DELETE FROM {table}")
        marks = ", ".join(["%s"] * len(rows[0]))
        packed = [[json.dumps(value) if isinstance(value, dict | list) else value for value in row] for row in rows]
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", packed)
