"""How much of everything: the published run, and a tiny one by which tests see that all of it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Counts of one run of the benchmark.

    `batches`: batch size -> requests in one run. `runs`: of each measurement. `idle_seconds`: the watched window.
    `writers`, `poller_rows`: the lost-row poller. `kept`, `lost_work`: records before and after the backup.
    """

    runs: int
    batches: dict[int, int]
    pulled: int
    page: int
    visits: int
    rows_of_a_visit: int
    empty_pulls: int
    tablets: int
    operations_each: int
    consoles: int
    idle_seconds: float
    day: int
    writers: int
    poller_rows: int
    kept: int
    lost_work: int


FULL = Sizes(
    runs=5, batches={1: 200, 25: 40, 100: 15, 200: 10}, pulled=10_000, page=1_000, visits=200, rows_of_a_visit=100,
    empty_pulls=200, tablets=500, operations_each=100, consoles=30, idle_seconds=60.0, day=300, writers=8,
    poller_rows=800, kept=50, lost_work=50,
)  # fmt: skip
TINY = Sizes(
    runs=2, batches={1: 2, 5: 2}, pulled=20, page=10, visits=2, rows_of_a_visit=4, empty_pulls=3, tablets=4,
    operations_each=3, consoles=2, idle_seconds=0.5, day=50, writers=2, poller_rows=12, kept=3, lost_work=3,
)  # fmt: skip
