"""The job behind each upload: make the derivative, then tell the visit by the system operation `media.stored`."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import update

from backend.core.db import db, reading, unit
from backend.core.jobs import Job
from backend.exchange import services as exchange
from backend.media import vault
from backend.media.models import BlobRow
from backend.media.picture import Derivative, Unreadable, derive
from backend.media.rules import PICTURES

JOB = "media"


def run(job: Job) -> None:
    """May run twice: what is made again has the same digest, and the operation changes nothing the second time."""
    with reading() as session:
        blob = session.get_one(BlobRow, job.args["blob"])
    readable, made = True, None
    if blob.filetype in PICTURES:
        made = _derivative(blob)
        readable = made is not None
        _note(blob, made)
    args: dict[str, Any] = {"visit": blob.visit, "sha256": blob.sha256, "readable": readable}
    if made is not None:
        args |= {"w": made.w, "h": made.h}
    exchange.submit(exchange.program(blob.org_id), [("media.stored", ("visit", blob.visit), args)])


def _derivative(blob: BlobRow) -> Derivative | None:
    key = vault.read_key(blob.org_id, blob.visit)
    try:
        return derive(vault.get(key, f"original:{blob.sha256}", blob.original))
    except Unreadable:
        return None


def _note(blob: BlobRow, made: Derivative | None) -> None:
    values: dict[str, Any] = {"state": "unreadable"}
    with unit():
        if made is not None:
            key = vault.key_of(blob.org_id, blob.visit)
            values = {
                "state": "ready",
                "picture": vault.put(key, f"picture:{blob.sha256}", made.picture),
                "picture_sha256": hashlib.sha256(made.picture).hexdigest(),
                "thumbnail": vault.put(key, f"thumbnail:{blob.sha256}", made.thumbnail),
                "w": made.w,
                "h": made.h,
            }
        db.session.execute(update(BlobRow).where(BlobRow.id == blob.id).values(**values))
