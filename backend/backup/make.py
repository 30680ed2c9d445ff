"""Making a backup: copy, files, reading all of it back, and only then the name and the record.

What counts is what was read back: a backup whose copy differs from its snapshot by one row is none.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from backend import __version__
from backend.backup import parts
from backend.backup.contents import differences
from backend.backup.copying import BackupFailed, Copier
from backend.backup.manifest import FILES, Manifest, digest_of, name_of
from backend.backup.postgres_copy import PostgresCopier
from backend.backup.shelf import Shelf
from backend.backup.sqlite_copy import SqliteCopier
from backend.core import clock, keys, settings
from backend.core.blobs import FolderBlobs, NoSuchBlob, store
from backend.core.config import Config
from backend.core.db import unit
from backend.core.schema import wire_time
from backend.exchange import services as exchange

log = logging.getLogger("singgah.backup")

READ_AGAIN_DAYS = 30
"""A file of earlier backups is read again, digest and all, once in so many daily backups."""


@dataclass(frozen=True)
class Made:
    """A verified backup and how many older ones were forgotten for it."""

    folder: Path
    manifest: Manifest
    forgotten: int


def copier_of(config: Config) -> Copier:
    """Of the database that the settings name."""
    return SqliteCopier(config.database_url) if config.sqlite else PostgresCopier(config.database_url)


def make(place: Path, keep: int | None = None) -> Made:
    """A verified backup of the current application under `place`, recorded in the database: from now on its devices
    are told that what it holds is durable. `keep`: how many stay. Raises BackupFailed; then nothing is recorded, and
    nothing is left unless the sentence says so: a photo that was lost must not keep the rest from being kept.
    """
    shelf = Shelf(place)
    with shelf.alone():
        manifest = _made(shelf)
        if manifest.missing:
            raise BackupFailed(
                f"{len(manifest.missing)} of the files that the database names are missing, "
                f"{manifest.missing[0][:12]}… first: the backup {manifest.id} is kept without them, and counts as none."
            )
        record(manifest)
        forgotten = shelf.keep(keep) if keep else 0
    log.info("backup verified", extra={"backup": manifest.id, "bytes": manifest.bytes, "added": manifest.added})
    return Made(shelf.folder / manifest.id, manifest, forgotten)


def _made(shelf: Shelf) -> Manifest:
    copier, at = copier_of(settings.current()), clock.now()
    with shelf.fresh(name_of(at)) as folder:
        copy = folder / copier.file
        snapshot = copier.copy(copy, parts().files)
        copy.chmod(0o600)
        again = _to_read_again(snapshot.files, at.toordinal())
        _drop_spoiled(shelf.files, again)
        added, missing = _keep_files(shelf.files, snapshot.files)
        snapshot = replace(snapshot, files=[name for name in snapshot.files if name not in missing])
        (folder / FILES).write_text("".join(f"{key}\n" for key in snapshot.files), encoding="ascii")
        manifest = Manifest(
            id=name_of(at), made_at=wire_time(at), program=__version__, kind=copier.kind, database=copier.file,
            sha256=digest_of(copy), bytes=copy.stat().st_size, files_sha256=digest_of(folder / FILES),
            file_bytes=sum(shelf.files.size(key) for key in snapshot.files), added=len(added),
            keys=keys.ring().mark, snapshot=snapshot, missing=missing,
        )  # fmt: skip
        manifest.write(folder)
        verify(folder, copier, shelf.files, [*added, *again])
    return manifest


def _keep_files(kept: FolderBlobs, names: list[str]) -> tuple[list[str], list[str]]:
    """Copy the files that are not there yet; which they were, and which are missing or damaged in the installation."""
    new = [name for name in names if not kept.has(name)]
    missing = {name for name in new if not _keep_file(kept, name)}
    return [name for name in new if name not in missing], sorted(missing)


def _keep_file(kept: FolderBlobs, name: str) -> bool:
    """Photos have at most 25 MiB: one at a time fits into memory."""
    try:
        data = store().get(name)
    except NoSuchBlob:
        return False
    return hashlib.sha256(data).hexdigest() == name and kept.put(data) == name


def _to_read_again(names: list[str], day: int) -> list[str]:
    """A thirtieth, another one each day."""
    return [name for name in names if int(name[:8], 16) % READ_AGAIN_DAYS == day % READ_AGAIN_DAYS]


def _drop_spoiled(kept: FolderBlobs, names: list[str]) -> None:
    """A file that changed on the backup's disk is taken anew while the installation still has it."""
    for name in names:
        if kept.has(name) and digest_of(kept.path(name)) != name:
            log.warning("a file of earlier backups was damaged and is taken anew", extra={"file": name})
            kept.delete(name)


def verify(folder: Path, copier: Copier, files: FolderBlobs, names: list[str]) -> None:
    """Read the backup back: the manifest, the database's every row, all files' presence, and the bytes of `names`.
    Raises BackupFailed.
    """
    manifest = Manifest.read(folder)
    manifest.check_database(folder)
    wrong = differences(manifest.snapshot.tables, copier.read(folder / manifest.database))
    if wrong:
        raise BackupFailed(f"The copy is not what the database held: {wrong[0]}.")
    for name in manifest.snapshot.files:
        if not files.has(name):
            raise BackupFailed(f"The file {name[:12]}… is missing in the backup.")
    for name in names:
        if digest_of(files.path(name)) != name:
            raise BackupFailed(f"The file {name[:12]}… is damaged in the backup.")


def record(manifest: Manifest) -> None:
    """Let devices know. Opens its own unit of work."""
    with unit():
        for one in manifest.snapshot.organisations:
            exchange.note_durable(one.id, one.epoch, one.seq, one.received, manifest.at)
