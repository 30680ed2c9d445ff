"""A file that came whole: kept as evidence, and a job posted that makes what eyes may see."""

from __future__ import annotations

from sqlalchemy import select

from backend.core import clock, jobs
from backend.core.db import current_unit, db
from backend.media import vault
from backend.media.derive import JOB
from backend.media.models import BlobRow
from backend.media.rules import Facts


def find(org_id: str, facts: Facts) -> BlobRow | None:
    """The finished file of this visit with this digest. "Already there" means there for this visit."""
    asked = select(BlobRow).where(
        BlobRow.org_id == org_id, BlobRow.visit == facts.visit, BlobRow.sha256 == facts.sha256
    )
    return db.session.scalar(asked)


def keep(org_id: str, person: str, facts: Facts, data: bytes, blob_id: str | None = None) -> BlobRow:
    """Keep bytes whose digest was verified. Needs a unit of work; twice is once. `blob_id` is the upload's."""
    current_unit()
    known = find(org_id, facts)
    if known is not None:
        return known
    key = vault.key_of(org_id, facts.visit)
    row = BlobRow(
        id=blob_id or clock.new_id(), org_id=org_id, visit=facts.visit, sha256=facts.sha256, size=len(data),
        filetype=facts.filetype, person=person, received_at=clock.now(), state="stored",
        original=vault.put(key, part(facts.sha256, "original"), data),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    jobs.post(org_id, JOB, {"blob": row.id}, f"media:{row.id}")
    return row


def part(sha256: str, name: str) -> str:
    """What a stored piece is: original, picture or thumbnail of the file with this digest."""
    return f"{name}:{sha256}"
