"""Files at rest: encrypted under the data key of their visit, so that erasure is deleting the key (decisions.md 7)."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from backend.core import blobs, clock, keys
from backend.core.db import current_unit, db, reading
from backend.media.models import VisitKey

IV = 12


class KeyErased(LookupError):
    """The visit's key was deleted: its files cannot be read by anybody."""


def key_of(org_id: str, visit: str) -> bytes:
    """The visit's data key, made at first need. Needs a unit of work."""
    current_unit()
    context = _context(org_id, visit)
    fresh = keys.ring().wrap_key(clock.random(32), context)
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    made = insert(VisitKey).values(org_id=org_id, visit=visit, wrapped=fresh)
    db.session.execute(made.on_conflict_do_nothing())
    wrapped = db.session.scalars(_asked(org_id, visit)).one()
    return keys.ring().unwrap_key(wrapped, context)


def read_key(org_id: str, visit: str) -> bytes:
    """The visit's data key. Raises KeyErased."""
    with reading() as session:
        wrapped = session.scalar(_asked(org_id, visit))
    if wrapped is None:
        raise KeyErased(visit)
    return keys.ring().unwrap_key(wrapped, _context(org_id, visit))


def put(key: bytes, part: str, data: bytes) -> str:
    """Keep bytes encrypted; their key in the blob store. `part` says what they are and must be given to read them."""
    iv = clock.random(IV)
    return blobs.store().put(iv + AESGCM(key).encrypt(iv, data, part.encode()))


def get(key: bytes, part: str, place: str) -> bytes:
    """The bytes kept at `place`. Raises InvalidTag when they were changed or are another part."""
    sealed = blobs.store().get(place)
    return AESGCM(key).decrypt(sealed[:IV], sealed[IV:], part.encode())


def erase(org_id: str, visit: str) -> None:
    """Delete the visit's key. Needs a unit of work."""
    current_unit()
    db.session.execute(delete(VisitKey).where(VisitKey.org_id == org_id, VisitKey.visit == visit))


def _asked(org_id: str, visit: str) -> Select[bytes]:
    return select(VisitKey.wrapped).where(VisitKey.org_id == org_id, VisitKey.visit == visit)


def _context(org_id: str, visit: str) -> str:
    return f"visit:{org_id}:{visit}"
