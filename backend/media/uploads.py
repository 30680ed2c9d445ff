"""Uploads under way: created, continued, finished, forgotten (tus 1.0)."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.core import clock, settings
from backend.core.db import db, reading, unit
from backend.core.jobs import Job
from backend.core.problems import Invalid, NotFound, TooLarge, WrongMediaType
from backend.exchange import services as exchange
from backend.identity import services as identity
from backend.identity.actor import Actor
from backend.media import keeping, quota
from backend.media.models import BlobRow, Upload
from backend.media.problems import UploadGone, WrongChecksum, WrongDigest, WrongOffset
from backend.media.rules import KEPT, LARGEST, Facts

SWEEP = "media.sweep"


@dataclass(frozen=True)
class State:
    """Where an upload is: bytes that are here, of how many; until when it waits for more, None when it is finished."""

    id: str
    offset: int
    length: int
    expires: datetime | None = None


def create(actor: Actor, facts: Facts, length: int) -> State:
    """A new upload, or the one that was begun, or the finished file when it is there already.

    Raises WrongMediaType, TooLarge, Invalid; NotFound for a visit that the person may not send for.
    """
    _check(facts, length)
    if not _may_send(actor, facts.visit):
        raise NotFound("There is no such visit for you.")
    with unit():
        finished = keeping.find(actor.org_id, facts)
        if finished is not None:
            return State(finished.id, finished.size, finished.size)
        return _state(_begun(actor, facts, length) or _begin(actor, facts, length))


def _check(facts: Facts, length: int) -> None:
    most = LARGEST.get(facts.filetype)
    if most is None:
        raise WrongMediaType(f"Send one of {', '.join(sorted(LARGEST))}.", field="Upload-Metadata.filetype")
    if length > most:
        raise TooLarge(f"A file of this type may have {most} bytes.", field="Upload-Length")
    if length == 0:
        raise Invalid("A file has at least one byte.", field="Upload-Length")


def _may_send(actor: Actor, visit: str) -> bool:
    """Whoever is on the visit or ever was: an operation from before the leaving is taken or held, however late it
    comes, and its photo belongs to it. A barred device may bring anything: it waits beside the operations that are
    held, and nobody sees it before they are looked at.
    """
    may = exchange.has_had(actor.org_id, actor.person_id, f"v:{visit}")
    return may or identity.is_barred(str(actor.device_id))


def _begun(actor: Actor, facts: Facts, length: int) -> Upload | None:
    """The same file under way from the same device; one of another length or too old is begun anew."""
    known = db.session.scalar(_same(actor, facts).with_for_update())
    if known is not None and (known.length != length or known.expires_at <= clock.now()):
        _forget(known)
        return None
    return known


def _begin(actor: Actor, facts: Facts, length: int) -> Upload:
    row = {
        "id": clock.new_id(), "org_id": actor.org_id, "device": actor.device_id, "person": actor.person_id,
        "visit": facts.visit, "sha256": facts.sha256, "filetype": facts.filetype, "length": length, "offset": 0,
        "expires_at": clock.now() + KEPT,
    }  # fmt: skip
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    # The same device may ask twice at once, when the first answer was slow.
    db.session.execute(insert(Upload).values(row).on_conflict_do_nothing())
    return db.session.scalars(_same(actor, facts)).one()


def _same(actor: Actor, facts: Facts) -> Select[Upload]:
    return select(Upload).where(
        Upload.org_id == actor.org_id,
        Upload.device == actor.device_id,
        Upload.visit == facts.visit,
        Upload.sha256 == facts.sha256,
    )


def find(actor: Actor, upload_id: str) -> State:
    """The upload of this device, or its finished file. Raises NotFound, UploadGone."""
    with reading() as session:
        upload = session.get(Upload, upload_id)
        if upload is not None and (upload.org_id, upload.device) == (actor.org_id, actor.device_id):
            if upload.expires_at <= clock.now():
                raise UploadGone
            return _state(upload)
        blob = session.get(BlobRow, upload_id)
    if blob is None or blob.org_id != actor.org_id or not _may_send(actor, blob.visit):
        raise NotFound("There is no such upload.")
    return State(blob.id, blob.size, blob.size)


def append(actor: Actor, upload_id: str, offset: int, checksum: bytes | None, data: bytes) -> State:
    """Add a chunk. With the last one the file is kept, and what it names has arrived.

    Raises NotFound, UploadGone, WrongOffset, WrongChecksum, WrongDigest, TooLarge, QuotaSpent.
    """
    at = find(actor, upload_id)
    if offset != at.offset:
        raise WrongOffset(at.offset)
    if checksum is not None and hashlib.sha256(data).digest() != checksum:
        raise WrongChecksum
    if offset + len(data) > at.length:
        raise TooLarge(f"The upload has {at.length} bytes.", field="Upload-Length")
    if at.offset == at.length:
        return at
    write_at(place(upload_id), offset, data)
    return _advance(upload_id, offset, offset + len(data))


def _advance(upload_id: str, before: int, after: int) -> State:
    """Note the bytes that are on disk. Of two who sent the same chunk at once one is told of the other."""
    wrong: WrongDigest | None = None
    with unit():
        upload = db.session.scalar(select(Upload).where(Upload.id == upload_id).with_for_update())
        if upload is None:
            raise UploadGone
        if upload.offset != before:
            raise WrongOffset(upload.offset)
        quota.spend(upload.org_id, upload.device, after - before)
        upload.offset, upload.expires_at = after, clock.now() + KEPT
        state = _state(upload)
        if after == upload.length:
            wrong = _finish(upload)
    if after == state.length:
        place(upload_id).unlink(missing_ok=True)
    if wrong is not None:
        raise wrong
    return state


def _finish(upload: Upload) -> WrongDigest | None:
    """Keep the file under the upload's id if it is what its digest says; in either case nothing is under way."""
    data = place(upload.id).read_bytes()[: upload.length]
    facts = Facts(upload.visit, upload.sha256, upload.filetype)
    org_id, person, upload_id = upload.org_id, upload.person, upload.id
    db.session.delete(upload)
    db.session.flush()
    if hashlib.sha256(data).hexdigest() != facts.sha256:
        return WrongDigest()
    keeping.keep(org_id, person, facts, data, blob_id=upload_id)
    return None


def write_at(path: Path, offset: int, data: bytes) -> None:
    """Bytes on the disk for good before their offset is noted; what a crash left behind the offset is overwritten."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, data, offset)
        os.fsync(handle)
    finally:
        os.close(handle)


def place(upload_id: str) -> Path:
    """Where an upload's bytes lie. Ids come from our own rows, never from a path."""
    return settings.current().uploads_dir / upload_id


def sweep(_: Job) -> None:
    """Forget uploads that waited too long for their next chunk, files that no upload names any more, and counts of
    days that are over.
    """
    # Listed before the rows are asked for: a file that comes later belongs to an upload that is not known here.
    files = list(settings.current().uploads_dir.iterdir())
    with unit():
        for upload in db.session.scalars(select(Upload).where(Upload.expires_at <= clock.now())):
            _forget(upload)
        quota.forget()
        known = set(db.session.scalars(select(Upload.id)))
    for file in files:
        if file.name not in known:
            file.unlink(missing_ok=True)


def _forget(upload: Upload) -> None:
    place(upload.id).unlink(missing_ok=True)
    db.session.delete(upload)
    db.session.flush()


def _state(upload: Upload) -> State:
    return State(upload.id, upload.offset, upload.length, upload.expires_at)
