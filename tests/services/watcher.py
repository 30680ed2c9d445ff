"""Stands beside a test run and outlives it by a moment: what the run started and could not stop, it stops.

As a program it reads lines `+<process group> <signal>` and `-<process group>`. When its input ends, the run is over,
however that came: each group that is left gets its signal, and a moment later SIGKILL.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Lock

GRACE = 5.0
"""Seconds between the farewell and SIGKILL."""


class Watch:
    """This process's watcher, started with the first child."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def begin(self, group: int, farewell: signal.Signals) -> None:
        self._say(f"+{group} {int(farewell)}\n")

    def end(self, group: int) -> None:
        self._say(f"-{group}\n")

    def _say(self, line: str) -> None:
        with self._lock:
            if self._process is None or self._owner != os.getpid():
                self._process, self._owner = _started(), os.getpid()
            said = self._process.stdin
            assert said is not None
            said.write(line.encode())
            said.flush()


WATCH = Watch()


def _started() -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C is for the run, which stops its children itself.
    return subprocess.Popen(
        [sys.executable, Path(__file__)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )


def main() -> None:
    """Follow the run to its end."""
    left: dict[int, int] = {}
    for line in sys.stdin:
        group, _, farewell = line[1:].strip().partition(" ")
        if line.startswith("+"):
            left[int(group)] = int(farewell)
        else:
            left.pop(int(group), None)
    stop(left)


def stop(groups: dict[int, int]) -> None:
    """End these groups: politely, then for certain."""
    for group, farewell in groups.items():
        _send(group, farewell)
    limit = time.monotonic() + GRACE
    while groups and time.monotonic() < limit:
        Event().wait(0.05)
        groups = {group: farewell for group, farewell in groups.items() if _send(group, 0)}
    for group in groups:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
