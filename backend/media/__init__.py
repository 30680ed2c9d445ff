"""Photos and documents of visits: resumable upload by digest, originals as evidence, derivatives for eyes."""

from __future__ import annotations

from flask import Flask

from backend.core import jobs, settings
from backend.media import derive, routes, uploads


def init_app(app: Flask) -> None:
    """Open the doors of uploads and do their jobs."""
    config = app.extensions[settings.KEY]
    config.uploads_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    jobs.register(app, derive.JOB, derive.run)
    jobs.every_day(app, uploads.SWEEP, uploads.sweep)
    app.register_blueprint(routes.bp)
