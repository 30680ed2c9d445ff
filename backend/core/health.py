"""Whether the installation is well, for people, monitors and `singgah health`."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend import __version__
from backend.core import clock, jobs, settings
from backend.core.db import reading
from backend.core.schema import wire_time

log = logging.getLogger("singgah.health")
bp = Blueprint("health", __name__)

LEAST_FREE_MB = 500
"""Less than this on the disk of DATA_DIR is said to be too little."""
MB = 1 << 20


KEY = "singgah.health"
Question = Callable[[], dict[str, Any]]


def add(app: Flask, name: str, question: Question) -> None:
    """Let a part of the program answer too: `ok` False only when people cannot work."""
    app.extensions.setdefault(KEY, {})[name] = question


@bp.get("/health")
def health() -> ResponseReturnValue:
    """200 when database and storage work, 503 otherwise. Numbers and words only: anybody may ask."""
    found = check()
    return found, 200 if found["ok"] else 503


def check() -> dict[str, Any]:
    """The state of database, jobs and storage; `ok` says whether people can work."""
    more: dict[str, Question] = current_app.extensions.get(KEY, {})
    parts = {"database": _asked(_database), "jobs": _asked(_jobs), "storage": _asked(_storage)}
    parts |= {name: _asked(question) for name, question in more.items()}
    return {"ok": all(part["ok"] for part in parts.values()), "version": __version__, **parts}


def _asked(question: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return question()
    except (SQLAlchemyError, OSError) as fault:
        log.exception("not well")
        return {"ok": False, "why": type(fault).__name__}


def _database() -> dict[str, Any]:
    with reading() as session:
        session.execute(text("SELECT 1"))
        return {"ok": True, "kind": session.get_bind().dialect.name}


def _jobs() -> dict[str, Any]:
    """Dead and waiting jobs need a person, not a restart: they do not make the program unwell."""
    found = jobs.state()
    oldest = wire_time(found.oldest_due) if found.oldest_due else None
    late = found.oldest_due is not None and clock.now() - found.oldest_due > jobs.LEASE
    counts = {"dead": found.dead, "waiting": found.waiting, "later": found.later}
    return {"ok": True, **counts, "oldest": oldest, "late": late}


def _storage() -> dict[str, Any]:
    folder = settings.current().data_dir
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"well")
    free = shutil.disk_usage(folder).free // MB
    return {"ok": free >= LEAST_FREE_MB, "free_mb": free}
