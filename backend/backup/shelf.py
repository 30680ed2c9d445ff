"""The folder of all backups: one folder each, and one store of files that they share.

    2026-11-25T180000Z/   manifest.json, files.txt, singgah.db or singgah.dump
    files/ab/cdef…        by digest: a photo of last year is there once, however many backups name it

A backup is made in a folder whose name begins with a dot and renamed when it is whole and verified.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.backup.copying import BackupFailed, RestoreRefused
from backend.backup.manifest import NAME, Manifest
from backend.core.blobs import FolderBlobs
from backend.core.files import sync_folder

BACKUP = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
UNFINISHED = ".unfinished-"


class Shelf:
    """Backups under one folder, which is made when it is absent, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.files = FolderBlobs(folder / "files")
        except OSError as fault:
            raise BackupFailed(f"{folder} cannot be used for backups: {fault.strerror}.") from fault
        self.folder = folder

    def all(self) -> list[Path]:
        """Whole backups, the oldest first."""
        return sorted(path for path in self.folder.iterdir() if BACKUP.fullmatch(path.name) and (path / NAME).is_file())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes a backup here meanwhile. Raises BackupFailed."""
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as busy:
                raise BackupFailed("Another backup is being made in this folder.") from busy
            yield

    @contextmanager
    def fresh(self, name: str) -> Iterator[Path]:
        """A folder to make a backup in; it appears under its name when the work is done, else nothing is left."""
        for left in self.folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        making, final = self.folder / f"{UNFINISHED}{name}", self.folder / name
        if final.exists():
            raise BackupFailed(f"There is a backup {name} already.")
        making.mkdir(mode=0o700)
        try:
            yield making
            settle(making)
            making.rename(final)
            sync_folder(self.folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)

    def keep(self, count: int) -> int:
        """Forget all but the newest `count` backups, and files that none of the rest names; backups forgotten."""
        old = self.all()[:-count]
        if not old:
            return 0
        for folder in old:
            shutil.rmtree(folder)
        named = {key for folder in self.all() for key in Manifest.read(folder).snapshot.files}
        for key in list(self.files.keys()):
            if key not in named:
                self.files.delete(key)
        return len(old)


def find(place: Path) -> Path:
    """The backup in `place`, or the newest of those in it. Raises RestoreRefused."""
    if (place / NAME).is_file() or BACKUP.fullmatch(place.name):
        return place
    found = sorted(path for path in place.glob("*") if BACKUP.fullmatch(path.name) and (path / NAME).is_file())
    if not found:
        raise RestoreRefused(f"There is no backup in {place}.")
    return found[-1]


def settle(folder: Path) -> None:
    """Force everything in the folder to the disk."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    sync_folder(folder)
