"""Photos and documents of visits: resumable upload by digest, originals as evidence, derivatives for eyes."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete

from backend.core import jobs, settings
from backend.core.db import current_unit, db
from backend.media import derive, routes, uploads
from backend.media.models import Upload

FILES = (("blob", "original"), ("blob", "picture"), ("blob", "thumbnail"))
"""Where the database names files, for backups."""


def forget_uploads() -> None:
    """After a restore: bytes of uploads under way were not in the backup, so tablets begin them anew. Needs a unit."""
    current_unit()
    db.session.execute(delete(Upload))


def init_app(app: Flask) -> None:
    """Open the doors of uploads and do their jobs."""
    config = app.extensions[settings.KEY]
    config.uploads_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    jobs.register(app, derive.JOB, derive.run)
    jobs.every_day(app, uploads.SWEEP, uploads.sweep)
    app.register_blueprint(routes.bp)
