"""What the rest of the program may ask of backups: how old the last is; and the job that makes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backend.backup import make
from backend.core import clock, settings
from backend.core.jobs import Job
from backend.core.schema import wire_time
from backend.exchange import services as exchange

JOB = "backup.make"
NIGHT = timedelta(hours=18)
"""Two in the morning in Singapore and Kuala Lumpur."""


@dataclass(frozen=True)
class State:
    """`at`: when the last verified backup was made, None before the first. `late`: it is older than two periods, or one
    is wanted and there is none. `wanted`: BACKUP_DIR is set.
    """

    at: datetime | None
    late: bool
    wanted: bool


def state() -> State:
    """How old the last verified backup is."""
    config, at = settings.current(), exchange.last_backup()
    late = config.backup_dir is not None and (at is None or clock.now() - at > 2 * config.backup_every)
    return State(at, late, config.backup_dir is not None)


def health() -> dict[str, Any]:
    """Work goes on without a backup, so it makes nobody unwell; but it says so."""
    now = state()
    return {"ok": True, "last": wire_time(now.at) if now.at else None, "late": now.late, "wanted": now.wanted}


def run(_: Job) -> None:
    """The backup of this period, unless there is one already: a job may be run twice."""
    config, at = settings.current(), exchange.last_backup()
    if config.backup_dir is None or (at is not None and clock.now() - at < config.backup_every / 2):
        return
    make.make(config.backup_dir, config.backup_keep)
