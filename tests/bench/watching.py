"""What a server costs: memory and processor time of a process and all below it, read from /proc."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
EVERY = 0.25


def tree(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for one in found:
        children = Path(f"/proc/{one}/task/{one}/children")
        if children.exists():
            found += [int(word) for word in children.read_text("ascii").split()]
    return found


def memory_mb(pid: int) -> float:
    """Proportional set size: pages that several of the processes share are counted once in all."""
    total = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines()
        except OSError:  # it has ended meanwhile
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def busy_seconds(pid: int) -> float:
    """Processor time that the processes that now live have used so far."""
    total = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / TICK


class Peak:
    """The most memory seen."""

    mb = 0.0


@contextmanager
def peak_memory(pid: int) -> Iterator[Peak]:
    """Look every quarter of a second until the block ends."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(EVERY):
            peak.mb = max(peak.mb, memory_mb(pid))

    peak.mb = memory_mb(pid)
    thread = threading.Thread(target=look, name="memory", daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()
