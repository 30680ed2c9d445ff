"""Whether the database is the one that this installation wrote last, or an older one that somebody put in its place.

Two signs. A note in DATA_DIR says which epoch and position each organisation had reached; a database that lies behind
it, or is of another epoch, was put back by hand. And PostgreSQL says which cluster and timeline it is: another one may
be a replica that was promoted before it had everything. When in doubt the epoch changes: that costs each tablet one
full fetch, and saves the work that the older database does not know.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from backend.backup import parts
from backend.core import clock, journal, settings
from backend.core.db import reading, unit
from backend.core.files import replace_file
from backend.exchange import services as exchange

log = logging.getLogger("singgah.history")

NAME = "history.json"
DOUBT = "restore under way"
Note = dict[str, Any]


def watch() -> dict[str, str]:
    """Compare, and give a new epoch to the organisations that are in doubt; organisation → new epoch. Then note the
    present. Called when a program starts and by the worker from time to time.
    """
    with _alone():
        before, timeline = _read(settings.current().data_dir), _timeline()
        now = exchange.positions()
        if any(known[0] == DOUBT for known in before["organisations"].values()):
            _finish_restore()
        bumped = {org: _bump(org) for org in sorted(now) if _doubtful(before, timeline, org, now[org])}
        _write(timeline)
    return bumped


def note() -> None:
    """The present is right: after a restore, or a new epoch that somebody asked for."""
    with _alone():
        _write(_timeline())


def doubt(data_dir: Path, organisations: Iterable[str]) -> None:
    """Before a restore of these organisations: should it stop half way, the next start does what is left of it."""
    known = _read(data_dir)
    named = sorted({*known["organisations"], *organisations})
    _keep(data_dir / NAME, {**known, "organisations": {org: [DOUBT, 0] for org in named}})


def _finish_restore() -> None:
    """What must not live again is forgotten, whether or not the restore came so far that it was there again."""
    with unit():
        for forget in parts().forget:
            forget()
    log.warning("a restore stopped half way: sessions and uploads under way are ended, tablets begin anew")


def _doubtful(before: Note, timeline: str, org: str, now: tuple[str, int]) -> bool:
    if before["timeline"] not in (None, timeline):
        return True
    known = before["organisations"].get(org)
    return known is not None and (known[0] != now[0] or known[1] > now[1])


def _bump(org_id: str) -> str:
    with unit():
        epoch = exchange.bump_epoch(org_id)
        facts = {"epoch": epoch, "why": "another history of the database"}
        journal.append(org_id, "server.epoch", epoch, journal.salted(facts), clock.now())
    log.warning("the database is not the one of before: a new epoch", extra={"org": org_id, "epoch": epoch})
    return epoch


def _timeline() -> str:
    """Which cluster and timeline; always the same for a database that is a file."""
    with reading() as session:
        if session.get_bind().dialect.name == "sqlite":
            return "file"
        # The file name of the log carries the timeline at once; the control file only after the next checkpoint.
        asked = "SELECT system_identifier, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system()"
        cluster, timeline = session.execute(text(asked)).one()
        return f"{cluster}/{timeline}"


def _read(data_dir: Path) -> Note:
    path = data_dir / NAME
    if not path.exists():
        return {"timeline": None, "organisations": {}}
    try:
        told = json.loads(path.read_bytes())
        known = {org: tuple(at) for org, at in told["organisations"].items()}
        return {"timeline": told["timeline"], "organisations": known}
    except (ValueError, KeyError, TypeError, AttributeError):
        log.exception("the note of the database's history is damaged: every organisation is in doubt")
        return {"timeline": "damaged", "organisations": {}}


def _write(timeline: str) -> None:
    path = settings.current().data_dir / NAME
    organisations = {org: list(at) for org, at in sorted(exchange.positions().items())}
    _keep(path, {"timeline": timeline, "organisations": organisations})


def _keep(path: Path, told: Note) -> None:
    data = json.dumps(told, sort_keys=True).encode()
    if path.exists() and path.read_bytes() == data:
        return
    replace_file(path, data)


@contextmanager
def _alone() -> Iterator[None]:
    path = settings.current().data_dir / f".{NAME}.lock"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
