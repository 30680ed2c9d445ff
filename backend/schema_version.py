"""The database's own version: migrating, and refusing to serve one that is not migrated."""

from __future__ import annotations

from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, upgrade

from backend.core.db import db

FOLDER = Path(__file__).parent / "migrations"


def init_app(app: Flask) -> None:
    """Let Flask-Migrate find the migrations."""
    Migrate(app, db, directory=str(FOLDER))


def migrate() -> None:
    """Bring the database of the current application to the newest version; nothing happens when it is there."""
    upgrade(directory=str(FOLDER))


def is_current() -> bool:
    """Whether the database has the version that this program was made for."""
    with db.engine.connect().execution_options(read_only=True) as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest()


def newest() -> str | None:
    """The newest version's name."""
    return ScriptDirectory(str(FOLDER)).get_current_head()
