"""What other slices may ask of media. Every answer is of one organisation and one visit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from flask import Response
from sqlalchemy import select

from backend.core.db import reading, unit
from backend.core.problems import NotFound
from backend.identity.actor import Actor
from backend.media import keeping, vault
from backend.media.models import BlobRow
from backend.media.problems import WrongDigest
from backend.media.rules import LARGEST, Facts

USER_FILE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
"""identity.md 5.7: what a person uploaded never runs as a page of ours."""
SIZES = ("picture", "thumbnail")


class NoSuchFile(LookupError):
    """Nothing with this digest was uploaded whole for this visit."""


def keep(actor: Actor, visit: str, sha256: str, filetype: str, data: bytes) -> None:
    """Keep a file that is here already (the demo's). Opens its own unit of work. Raises WrongDigest."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WrongDigest
    with unit():
        keeping.keep(actor.org_id, actor.person_id, Facts(visit, sha256, filetype), data)


def may_be_kept(filetype: str, size: int) -> bool:
    """Whether a file of this type may have so many bytes."""
    return 0 < size <= LARGEST.get(filetype, 0)


def read_original(org_id: str, visit: str, sha256: str) -> bytes:
    """The uploaded bytes, unchanged: evidence, for verifying and for documents. Raises NoSuchFile, KeyErased."""
    row = _row(org_id, visit, sha256)
    return vault.get(vault.read_key(org_id, visit), keeping.part(sha256, "original"), row.original)


def read_derivative(org_id: str, visit: str, sha256: str, size: str = "picture") -> bytes | None:
    """A JPEG without metadata, `picture` (longest side 2,048) or `thumbnail` (320); None when the file is unreadable
    or its derivative is not made yet. Raises NoSuchFile, KeyErased.
    """
    if size not in SIZES:
        raise ValueError(size)
    row = _row(org_id, visit, sha256)
    place: str | None = getattr(row, size)
    if place is None:
        return None
    return vault.get(vault.read_key(org_id, visit), keeping.part(sha256, size), place)


def missing(org_id: str, visit: str, digests: Iterable[str]) -> list[str]:
    """Of these digests, those that were not uploaded whole for this visit, in order."""
    asked = select(BlobRow.sha256).where(BlobRow.org_id == org_id, BlobRow.visit == visit)
    with reading() as session:
        here = set(session.scalars(asked))
    return sorted(set(digests) - here)


def photo_response(org_id: str, visit: str, sha256: str, size: str = "picture") -> Response:
    """The derivative as an answer for an <img> of our pages. The caller has checked who asks. Raises NotFound."""
    try:
        data = read_derivative(org_id, visit, sha256, size)
    except (NoSuchFile, vault.KeyErased) as gone:
        raise NotFound("This photo is not here.") from gone
    if data is None:
        raise NotFound("This photo cannot be shown.")
    answer = Response(data, content_type="image/jpeg")
    answer.headers.update(USER_FILE_HEADERS)
    answer.headers["Content-Disposition"] = f'attachment; filename="{sha256[:12]}.jpg"'
    return answer


def erase(org_id: str, visit: str) -> None:
    """Delete the visit's key: nobody can read its files any more. Opens its own unit of work."""
    with unit():
        vault.erase(org_id, visit)


def _row(org_id: str, visit: str, sha256: str) -> BlobRow:
    asked = select(BlobRow).where(BlobRow.org_id == org_id, BlobRow.visit == visit, BlobRow.sha256 == sha256)
    with reading() as session:
        row = session.scalar(asked)
    if row is None:
        raise NoSuchFile(sha256)
    return row
