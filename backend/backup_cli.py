"""`singgah backup`, `singgah restore`, `singgah bump-epoch`: keeping an installation, and putting it back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from backend import schema_version
from backend.backup import history
from backend.backup import make as making
from backend.backup import restore as restoring
from backend.backup.copying import BackupFailed, RestoreRefused
from backend.core.config import Config
from backend.core.db import db
from backend.exchange import services as exchange

MB = 1_000_000
ROOT = Path(__file__).parents[1]


@click.command()
@click.option("--to", "to", type=click.Path(file_okay=False, path_type=Path), help="Where; without it BACKUP_DIR.")
@click.option("--keep", type=click.IntRange(1), help="How many stay; without it all, or BACKUP_KEEP.")
@click.option("--json", "as_json", is_flag=True, help="What was made, as JSON.")
def backup(to: Path | None, keep: int | None, as_json: bool) -> None:
    """Make a verified backup of database and files (not of the keys), while the program runs."""
    config = Config.from_env(os.environ)
    place, count = to or config.backup_dir, keep or (None if to else config.backup_keep)
    if place is None:
        raise click.ClickException("say where with --to FOLDER, or set BACKUP_DIR")
    try:
        with _app(config).app_context():
            if not schema_version.is_current():
                raise click.ClickException("the database is not of this version: run `singgah migrate` first")
            made = making.make(place.absolute(), count)
            db.engine.dispose()
    except BackupFailed as failed:
        raise click.ClickException(str(failed)) from failed
    told = _told(made.manifest) | {"folder": str(made.folder), "forgotten": made.forgotten}
    click.echo(json.dumps(told, indent=2) if as_json else _made_line(made))


@click.command()
@click.argument("source", metavar="FROM", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Also where there is a database already. Never while the program runs.")
@click.option("--json", "as_json", is_flag=True, help="What was put back, as JSON.")
def restore(source: Path, force: bool, as_json: bool) -> None:
    """Put a backup back: one backup's folder, or the folder of all, of which the newest is taken."""
    try:
        done = restoring.restore(Config.from_env(os.environ), source.absolute(), _app, force=force)
    except RestoreRefused as refused:
        raise click.ClickException(str(refused)) from refused
    told = _told(done.manifest) | {"epochs": done.epochs, "files_copied": done.files}
    click.echo(json.dumps(told, indent=2) if as_json else _restored_line(done))


@click.command("bump-epoch")
@click.option("--json", "as_json", is_flag=True, help="The new epochs as JSON.")
def bump_epoch(as_json: bool) -> None:
    """Say that the server's history may have been cut: tablets fetch everything anew and send what is missing."""
    with _app(Config.from_env(os.environ)).app_context():
        epochs = {org: restoring.bump(org, "the operator asked for it") for org in sorted(exchange.positions())}
        history.note()
    click.echo(json.dumps(epochs, indent=2) if as_json else f"{len(epochs)} organisation(s) have a new epoch")


@click.group()
def drill() -> None:
    """Proofs that the installation could be put back. Need a checkout with the tests' packages."""


@drill.command("restore")
@click.option("--database", help="An empty PostgreSQL database, which is filled and emptied; else a throw-away file.")
@click.option("--json", "as_json", is_flag=True, help="What was compared, as JSON.")
def drill_restore(database: str | None, as_json: bool) -> None:
    """Destroy a throw-away installation, restore yesterday's backup, let its tablets come back; 1 on any loss."""
    if not (ROOT / "tests" / "drill").is_dir():
        raise click.ClickException("this needs the source tree: run it in a checkout")
    words = [sys.executable, "-m", "tests.drill", "restore"]
    words += (["--database", database] if database else []) + (["--json"] if as_json else [])
    sys.exit(subprocess.run(words, cwd=ROOT, check=False).returncode)


def _app(config: Config) -> Flask:
    from backend.app import create_app

    return create_app(config)


def _told(manifest: Any) -> dict[str, Any]:
    snapshot = manifest.snapshot
    return {
        "id": manifest.id, "made_at": manifest.made_at, "kind": manifest.kind, "schema": snapshot.schema,
        "database_bytes": manifest.bytes, "rows": sum(tally.rows for tally in snapshot.tables.values()),
        "files": len(snapshot.files), "file_bytes": manifest.file_bytes, "files_added": manifest.added,
        "durable_seq": {organisation.id: organisation.seq for organisation in snapshot.organisations},
    }  # fmt: skip


def _made_line(made: making.Made) -> str:
    told = _told(made.manifest)
    gone = f"; {made.forgotten} older forgotten" if made.forgotten else ""
    return (
        f"{made.folder}: verified, {told['rows']} rows ({told['database_bytes'] / MB:.1f} MB), {told['files']} files"
        f" ({told['file_bytes'] / MB:.1f} MB, {told['files_added']} of them new){gone}. The keys are not in it."
    )


def _restored_line(done: restoring.Restored) -> str:
    told = _told(done.manifest)
    return (
        f"restored {told['id']}: {told['rows']} rows, {told['files']} files ({done.files} copied)."
        " Everybody signs in anew; tablets send what they still hold at their next contact."
    )
