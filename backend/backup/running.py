"""Whether the programs of an installation run: each holds a shared lock while it lives; a restore wants it alone.

The lock is the kernel's: a program that was killed holds nothing.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.backup.copying import RestoreRefused

NAME = "running.lock"


def say_so(data_dir: Path) -> int:
    """The installation runs until this process, and those that it becomes or begins, have ended; the handle."""
    handle = _open(data_dir)
    os.set_inheritable(handle, True)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Nothing of the installation runs meanwhile. Raises RestoreRefused."""
    handle = _open(data_dir)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as busy:
        raise RestoreRefused("Singgah is running here: stop its programs first.") from busy
    finally:
        os.close(handle)


def _open(data_dir: Path) -> int:
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(data_dir / NAME, os.O_RDWR | os.O_CREAT, 0o600)
