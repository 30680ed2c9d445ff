"""What must hold after processes have died and come back: nothing lost, doubled or out of order, no broken chain."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from backend.core import journal
from backend.exchange import audit
from sync import chain
from tests.kill.wire import FarTablet
from tests.makers import House
from tests.services.cluster import Cluster


class FeedWatcher:
    """Reads the feed behind a cursor without a pause, as a pull does; remembers every entity that it saw (I1, I2)."""

    def __init__(self, cluster: Cluster, org_id: str) -> None:
        self.cluster = cluster
        self.org_id = org_id
        self.cursor = 0
        self.seen: set[tuple[str, str]] = set()
        self.looks = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed-watcher")

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Look once more, from a server that is there."""
        self._done.set()
        self._thread.join(60)
        with self.cluster.connect() as connection:
            self._look(connection)

    def _run(self) -> None:
        while not self._done.is_set():
            try:
                with self.cluster.connect() as connection:
                    while not self._done.wait(0.01):
                        self._look(connection)
            except psycopg.OperationalError:
                self._done.wait(0.1)

    def _look(self, connection: psycopg.Connection[Any]) -> None:
        asked = "SELECT seq, kind, entity_id FROM sync_head WHERE org_id = %s AND seq > %s ORDER BY seq"
        rows = connection.execute(asked, (self.org_id, self.cursor)).fetchall()
        self.seen |= {(kind, entity) for _, kind, entity in rows}
        self.cursor = max([self.cursor, *(row[0] for row in rows)])
        self.looks += 1


def faults(house: House, cluster: Cluster, tablets: Sequence[FarTablet], watcher: FeedWatcher | None) -> list[str]:
    """Everything that is wrong, in words; nothing is right."""
    with cluster.connect() as connection:
        found = [fault for tablet in tablets for fault in _of_tablet(connection, house.org_id, tablet)]
        found += _of_feed(connection, house.org_id, watcher)
    with house.app.app_context():
        entry = journal.first_fault(house.org_id)
        found += [f"the journal's chain breaks at entry {entry}"] if entry is not None else []
        found += [f"tables and feed differ: {one}" for one in audit.differences(house.org_id)[:5]]
    return found


def _of_tablet(connection: psycopg.Connection[Any], org_id: str, tablet: FarTablet) -> list[str]:
    """The ledger: what the tablet made, what the server logged, what the tablet was told, what became of it."""
    name, found = f"tablet {tablet.nth}", []
    logged = connection.execute(
        "SELECT n, sha256, link, outcome, body FROM sync_op WHERE org_id = %s AND device = %s ORDER BY n",
        (org_id, tablet.id),
    ).fetchall()
    numbers = [row[0] for row in logged]
    if numbers != list(range(1, len(tablet.outbox) + 1)):
        missing = sorted(set(range(1, len(tablet.outbox) + 1)) - set(numbers))
        found.append(f"{name}: the log has {len(numbers)} of {len(tablet.outbox)} operations, without {missing[:5]}")
    for n, sha256, link, outcome, body in logged:
        if n > len(tablet.outbox):
            continue
        text = chain.operation_bytes(tablet.outbox[n - 1])
        if bytes(body) != text or sha256 != chain.sha256_hex(text):
            found.append(f"{name}: operation {n} is not what was sent")
        if link != tablet.links[n]:
            found.append(f"{name}: the chain breaks at operation {n}")
        if tablet.results.get(n) != json.loads(bytes(outcome)):
            found.append(f"{name}: operation {n} was answered {tablet.results.get(n)} and is logged {bytes(outcome)!r}")
    place = connection.execute("SELECT next_n, last_link FROM device WHERE id = %s", (tablet.id,)).fetchone()
    if place != (len(tablet.outbox) + 1, tablet.links[-1]):
        found.append(f"{name}: the server expects {place}, the tablet is at {len(tablet.outbox) + 1}")
    seqs = [tablet.results[n]["seq"] for n in sorted(tablet.results) if tablet.results[n]["seq"] is not None]
    if seqs != sorted(seqs):
        found.append(f"{name}: operations took effect out of order")
    return found + _of_effects(connection, org_id, tablet)


def _of_effects(connection: psycopg.Connection[Any], org_id: str, tablet: FarTablet) -> list[str]:
    """Each note once, with its words; each mark once."""
    wanted = {op["entity"][1]: op["args"]["text"] for op in map(json.loads, tablet.outbox) if op["type"] == "note.add"}
    rows = connection.execute(
        "SELECT id, text FROM note WHERE org_id = %s AND id = ANY(%s)", (org_id, list(wanted))
    ).fetchall()
    lost = wanted.keys() - {row[0] for row in rows}
    found = [f"tablet {tablet.nth}: {len(lost)} notes were acknowledged and are not there"] if lost else []
    return found + [f"note {entity} has other words" for entity, text in rows if wanted[entity] != text]


def _of_feed(connection: psycopg.Connection[Any], org_id: str, watcher: FeedWatcher | None) -> list[str]:
    asked = "SELECT kind, entity_id, audience, seq FROM sync_head WHERE org_id = %s"
    heads = connection.execute(asked, (org_id,)).fetchall()
    top = connection.execute("SELECT seq FROM sync_org WHERE org_id = %s", (org_id,)).fetchone()
    found = [f"position {seq} was given twice" for seq, times in Counter(row[3] for row in heads).items() if times > 1]
    if heads and (top is None or max(row[3] for row in heads) > top[0]):
        found.append("a head lies beyond the counter")
    marks = connection.execute("SELECT id, marks FROM visit WHERE org_id = %s", (org_id,)).fetchall()
    for visit, kept in marks:
        ops = Counter(mark.get("n") for mark in kept if mark.get("n"))
        found += [f"visit {visit} has a mark twice" for times in ops.values() if times > 1]
    if watcher is not None:
        unseen = {(row[0], row[1]) for row in heads} - watcher.seen
        found += [f"a reader behind a cursor never saw {len(unseen)} rows: {sorted(unseen)[:3]}"] if unseen else []
    return found
