"""Putting a backup back: checked whole before anything is changed, never over a running program, always a new epoch.

A restored database must not go on where it left off: its tablets know more than it does. So the epoch, the sessions and
the uploads under way end with the restore, in the restored database itself, before anybody is served from it.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask

from backend import schema_version
from backend.backup import history, parts, running
from backend.backup.contents import differences
from backend.backup.copying import BackupFailed, Copier, RestoreRefused
from backend.backup.make import copier_of, record
from backend.backup.manifest import Manifest, digest_of
from backend.backup.postgres_copy import PostgresCopier, put_back
from backend.backup.shelf import find
from backend.backup.sqlite_copy import SqliteCopier
from backend.core import clock, journal, keys
from backend.core.blobs import FolderBlobs
from backend.core.config import Config
from backend.core.db import db, unit
from backend.core.files import sync_folder
from backend.core.keyring import KeyRing
from backend.exchange import services as exchange

log = logging.getLogger("singgah.backup")

OpenApp = Callable[[Config], Flask]
"""Makes the program for one installation; the command line brings it, because slices do not know the application."""
BEFORE = ".before-restore"


@dataclass(frozen=True)
class Restored:
    """What was put back. `epochs`: organisation → its new epoch; `files`: those that had to be copied."""

    manifest: Manifest
    epochs: dict[str, str]
    files: int


def restore(config: Config, place: Path, open_app: OpenApp, *, force: bool = False) -> Restored:
    """Put the backup in `place` (or the newest of those in it) where the settings say. `force`: also over an
    installation that has data, never over one that runs. Raises RestoreRefused; then the database is as it was.
    """
    folder = find(place)
    manifest = Manifest.read(folder)
    copier = copier_of(config)
    files = FolderBlobs(folder.parent / "files")
    with running.alone(config.data_dir):
        check(config, folder, manifest, copier, files)
        _check_place(config, copier, force)
        added = _put_files(config, files, manifest)
        history.doubt(config.data_dir, [one.id for one in manifest.snapshot.organisations])
        epochs = _put_database(config, folder, manifest, copier, open_app)
    log.info("restored", extra={"backup": manifest.id, "files": added})
    return Restored(manifest, epochs, added)


def check(config: Config, folder: Path, manifest: Manifest, copier: Copier, files: FolderBlobs) -> None:
    """Whether all of the backup is there, fits the settings and these keys, and is not newer than the program. Raises
    RestoreRefused.
    """
    if manifest.kind != copier.kind:
        raise RestoreRefused(f"The backup is of a {manifest.kind} database; the settings name a {copier.kind} one.")
    if manifest.snapshot.schema not in _known_versions():
        raise RestoreRefused(
            f"The backup is of a newer Singgah ({manifest.program}, database {manifest.snapshot.schema}): "
            "install that first."
        )
    manifest.check_database(folder)
    try:
        wrong = differences(manifest.snapshot.tables, copier.read(folder / manifest.database))
    except BackupFailed as fault:
        raise RestoreRefused(str(fault)) from fault
    if wrong:
        raise RestoreRefused(f"The backup is damaged: {wrong[0]}.")
    for name in manifest.snapshot.files:
        if not files.has(name) or digest_of(files.path(name)) != name:
            raise RestoreRefused(f"The backup is not whole: the file {name[:12]}… is missing or damaged.")
    _check_keys(config, manifest)


def _check_keys(config: Config, manifest: Manifest) -> None:
    """Without its keys nothing of it could be read, and a fresh ring would be made in their place."""
    if not (config.keys_dir / "master.key").exists():
        raise RestoreRefused(f"The keys are not there: put your copy of them into {config.keys_dir} first.")
    if KeyRing(config.keys_dir, keys.OWNER).mark != manifest.keys:
        raise RestoreRefused(f"The keys in {config.keys_dir} are not those with which the backup's files were stored.")


def _known_versions() -> set[str]:
    return {script.revision for script in ScriptDirectory(str(schema_version.FOLDER)).walk_revisions()}


def _check_place(config: Config, copier: Copier, force: bool) -> None:
    if copier.others():
        raise RestoreRefused(f"{copier.others()} other programs are connected to the database: stop them first.")
    if copier.is_empty():
        return
    if not force:
        raise RestoreRefused(f"There is a database already ({_shown(config)}): --force puts the backup in its place.")
    if isinstance(copier, SqliteCopier):
        _one_file(copier.path)


def _shown(config: Config) -> str:
    return config.database_url.rpartition("@")[2].removeprefix("sqlite:///")


def _put_files(config: Config, files: FolderBlobs, manifest: Manifest) -> int:
    """Files of later work stay: they are named by nothing until a tablet brings its work again, and harm nobody."""
    here = FolderBlobs(config.blobs_dir)
    absent = [name for name in manifest.snapshot.files if not here.has(name) or digest_of(here.path(name)) != name]
    for name in absent:
        here.delete(name)
        here.put_file(files.path(name))
    return len(absent)


def _put_database(
    config: Config, folder: Path, manifest: Manifest, copier: Copier, open_app: OpenApp
) -> dict[str, str]:
    if isinstance(copier, PostgresCopier):
        put_back(copier, folder / manifest.database)
        return _begin_anew(open_app(config), manifest)
    assert isinstance(copier, SqliteCopier)
    return _put_file(config, folder / manifest.database, copier.path, manifest, open_app)


def _put_file(config: Config, copy: Path, target: Path, manifest: Manifest, open_app: OpenApp) -> dict[str, str]:
    """The new epoch is in the file before the file has its name, and the old file loses its name in the same moment:
    a crash before has restored nothing, and there is a database at any time.
    """
    aside = target.with_name(f"{target.name}.restoring")
    _remove(aside)
    aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside.write_bytes(b"")
    aside.chmod(0o600)
    with copy.open("rb") as source, aside.open("wb") as place:
        while block := source.read(1 << 20):
            place.write(block)
    epochs = _begin_anew(open_app(replace(config, database_url=f"sqlite:///{aside}")), manifest)
    _set_aside(target)
    for journal_file in _beside(target):
        journal_file.unlink(missing_ok=True)
    aside.replace(target)
    sync_folder(target.parent)
    return epochs


def _set_aside(target: Path) -> None:
    """The old file gets a second name, which stays; where a disk has no such names, a copy."""
    before = target.with_name(target.name + BEFORE)
    _remove(before)
    if not target.exists():
        return
    try:
        before.hardlink_to(target)
    except OSError:
        shutil.copy2(target, before)


def _one_file(database: Path) -> None:
    """Bring what lies in its journal into the file itself. Raises RestoreRefused while anybody has it open."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as busy:
        raise RestoreRefused(f"Another program has {database} open ({busy}): stop it first.") from busy


def _remove(database: Path) -> None:
    for path in (database, *_beside(database)):
        path.unlink(missing_ok=True)


def _beside(database: Path) -> list[Path]:
    return [database.with_name(database.name + end) for end in ("-wal", "-shm", "-journal")]


def _begin_anew(app: Flask, manifest: Manifest) -> dict[str, str]:
    """In the restored database: the newest version, what must not live again forgotten, a new epoch, a journal line."""
    with app.app_context():
        schema_version.migrate()
        if not manifest.missing:
            record(manifest)
        with unit():
            for forget in parts().forget:
                forget()
        epochs = {one.id: bump(one.id, f"restored {manifest.id}") for one in manifest.snapshot.organisations}
        history.note()
        db.session.remove()
        db.engine.dispose()
        if db.engine.dialect.name == "sqlite":
            _one_file(Path(db.engine.url.database or ""))
    return epochs


def bump(org_id: str, why: str) -> str:
    """A new epoch with a line in the journal, in a unit of its own."""
    with unit():
        epoch = exchange.bump_epoch(org_id)
        journal.append(org_id, "server.epoch", epoch, journal.salted({"epoch": epoch, "why": why}), clock.now())
    return epoch
