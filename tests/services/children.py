"""Child processes of the tests: started in a group of their own, watched while they come up, stopped for certain, also
when the run itself is killed (watcher.py).
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.services.watcher import WATCH

READY_WITHIN = 90.0  # seconds; a start with imports takes 5 alone and 40 where several suites run beside it
STOP_WITHIN = 10.0


class DidNotStart(Exception):
    """The program ended, or was not ready in time; the message holds the end of what it said."""


@dataclass
class Child:
    """A running program. `said` is the file with everything that it wrote, `farewell` the signal that ends it."""

    name: str
    process: subprocess.Popen[bytes]
    said: Path
    farewell: signal.Signals = signal.SIGTERM

    def last_words(self, lines: int = 30) -> str:
        return "\n".join(self.said.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Ask `ready` until it holds; DidNotStart when the program ends first or after READY_WITHIN seconds."""
        limit = time.monotonic() + READY_WITHIN
        while not ready():
            if self.has_ended_within(0.05):
                raise DidNotStart(f"{self.name} ended with {self.process.returncode}:\n{self.last_words()}")
            if time.monotonic() > limit:
                self.stop()
                raise DidNotStart(
                    f"{self.name}: {what} did not come in {READY_WITHIN} s:\n{self.last_words()}"
                )

    def has_ended_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        WATCH.end(self.process.pid)
        return True

    def stop(self) -> int:
        """Ask it to stop and wait; AssertionError when it does not within STOP_WITHIN, after killing it."""
        self._signal(self.farewell)
        if not self.has_ended_within(STOP_WITHIN):
            self.kill()
            raise AssertionError(f"{self.name} did not stop within {STOP_WITHIN} s:\n{self.last_words()}")
        return self.process.returncode

    def kill(self) -> None:
        """What a power cut does: the whole group at once, no farewell."""
        self._signal(signal.SIGKILL)
        self.process.wait(STOP_WITHIN)
        WATCH.end(self.process.pid)

    def _signal(self, number: int) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)


def start(
    name: str,
    command: Sequence[str | Path],
    said: Path,
    env: Mapping[str, str] | None = None,
    farewell: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start `command`; its output is appended to `said`. `env` is the whole environment, the test run's own if None."""
    with said.open("ab") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=None if env is None else dict(env),
            start_new_session=True,
        )
    WATCH.begin(process.pid, farewell)
    return Child(name, process, said, farewell)
