"""Backups of the whole installation: made, verified, recorded; restored with a new epoch. The law is in README.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from backend.core import health, jobs
from backend.core.config import Config

KEY = "singgah.backup"

Column = tuple[str, str]
"""(table, column) whose values are keys of the blob store."""
Forget = Callable[[], None]


@dataclass(frozen=True)
class Parts:
    """What the slices hand in: where the database names files, and what of a restored database must not live again."""

    files: tuple[Column, ...]
    forget: tuple[Forget, ...]


def init_app(app: Flask, config: Config, files: Iterable[Column], forget: Iterable[Forget]) -> None:
    """Back up by itself when BACKUP_DIR is set; say in any case how old the last one is."""
    from backend.backup import services

    app.extensions[KEY] = Parts(tuple(files), tuple(forget))
    health.add(app, "backup", services.health)
    if config.backup_dir is not None:
        jobs.every(app, services.JOB, services.run, config.backup_every, services.NIGHT)
    else:
        jobs.register(app, services.JOB, services.run)


def parts() -> Parts:
    """Those of the current application."""
    return cast(Parts, current_app.extensions[KEY])
