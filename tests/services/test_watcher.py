"""A run that is killed leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from backend.install.steps import ROOT

RUN = """
import os, signal, sys
from pathlib import Path
from tests.services import children

folder = Path(sys.argv[1])
polite = "import signal, threading; print('up', flush=True); threading.Event().wait()"
stubborn = polite.replace("print", "signal.signal(signal.SIGTERM, signal.SIG_IGN); print")
for name, program in (("polite", polite), ("stubborn", stubborn)):
    child = children.start(name, (sys.executable, "-c", program), folder / name)
    child.wait_until(lambda: "up" in child.last_words(), "its first word")
    (folder / f"{name}.pid").write_text(str(child.process.pid))
ended = children.start("ended", (sys.executable, "-c", ""), folder / "ended")
assert ended.has_ended_within(30)
os.kill(os.getpid(), getattr(signal, sys.argv[2]))
"""


@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM"])
def test_what_a_killed_run_had_started_is_stopped_for_it(tmp_path: Path, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, tmp_path, how], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == -getattr(signal, how)

    for name in ("polite", "stubborn"):
        pid = int((tmp_path / f"{name}.pid").read_text())
        wait_for(lambda pid=pid: not is_running(pid), f"the end of the {name} program")


def is_running(pid: int) -> bool:
    """Whether it still runs; a dead one that nobody has asked for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        Event().wait(0.05)
    raise AssertionError(f"{what} did not come in {seconds} s")
