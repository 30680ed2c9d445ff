"""What tablets were told has arrived, and what the server really has: the two lists that a drill compares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select

from backend.core.db import reading
from backend.exchange.models import SyncOp
from backend.media.models import BlobRow
from backend.media.services import NoSuchFile, read_original
from backend.media.vault import KeyErased
from sync import chain
from tests.makers import Tablet


@dataclass(frozen=True)
class Photo:
    """A file that a tablet still holds."""

    visit: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass
class Ledger:
    """`operations`: id → (SHA-256 of its bytes, how it ended). `photos`: (visit, SHA-256)."""

    operations: dict[str, tuple[str, str]] = field(default_factory=dict)
    photos: set[tuple[str, str]] = field(default_factory=set)


def told(tablets: Iterable[Tablet], photos: Iterable[Photo]) -> Ledger:
    """What these tablets hold an outcome of, and the photos that they were told are whole."""
    ledger = Ledger(photos={(photo.visit, photo.sha256) for photo in photos})
    for tablet in tablets:
        for n, result in tablet.results.items():
            text = tablet.outbox[n - 1]
            digest = chain.sha256_hex(chain.operation_bytes(text))
            ledger.operations[json.loads(text)["id"]] = (digest, result["status"])
    return ledger


def kept(app: Flask, org_id: str) -> Ledger:
    """What the server has, every photo opened and digested."""
    ledger = Ledger()
    with app.app_context(), reading() as session:
        asked = select(SyncOp.op_id, SyncOp.sha256, SyncOp.status).where(SyncOp.org_id == org_id)
        ledger.operations = {row.op_id: (row.sha256, row.status) for row in session.execute(asked) if row.op_id}
        files = [(row.visit, row.sha256) for row in session.execute(select(BlobRow.visit, BlobRow.sha256))]
    with app.app_context():
        ledger.photos = {one for one in files if _opens(org_id, *one)}
    return ledger


def _opens(org_id: str, visit: str, sha256: str) -> bool:
    try:
        return hashlib.sha256(read_original(org_id, visit, sha256)).hexdigest() == sha256
    except (NoSuchFile, KeyErased, LookupError):
        return False


def lost(before: Ledger, after: Ledger) -> list[str]:
    """One sentence for each thing that is not as it was."""
    missing = [f"operation {id_} is gone" for id_ in sorted(before.operations.keys() - after.operations.keys())]
    changed = [
        f"operation {id_} has become {after.operations[id_][1]}, or other bytes"
        for id_ in sorted(before.operations.keys() & after.operations.keys())
        if before.operations[id_] != after.operations[id_]
    ]
    photos = [f"photo {sha256[:12]} of visit {visit} is gone" for visit, sha256 in sorted(before.photos - after.photos)]
    return missing + changed + photos
