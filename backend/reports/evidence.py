"""The verified bytes of one sign-off: nothing else may reach a report."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.signoff.record import (
    DocumentRef,
    RecordInvalid,
    SignatureInvalid,
    SignoffRecord,
    read_document,
    read_record,
    verify_envelope,
)


class EvidenceInvalid(Exception):
    """Record, signature or a document does not hold; the message is one sentence."""


@dataclass(frozen=True)
class Document:
    """One document whose bytes have the digest that the record names."""

    kind: str
    id: str
    sha256: str
    data: bytes
    body: Mapping[str, Any]

    @property
    def attachment_name(self) -> str:
        return f"document-{self.kind}-{self.id}.json"


@dataclass(frozen=True)
class Evidence:
    """A record with its envelope and every document it names, in the record's order."""

    record: SignoffRecord
    envelope: Mapping[str, str]
    documents: tuple[Document, ...]

    def of_kind(self, kind: str) -> tuple[Mapping[str, Any], ...]:
        return tuple(document.body for document in self.documents if document.kind == kind)

    def one(self, kind: str) -> Mapping[str, Any] | None:
        """The only document of a kind that a record names at most once."""
        found = self.of_kind(kind)
        return found[0] if found else None

    @property
    def photo_digests(self) -> tuple[str, ...]:
        """SHA-256 of the uploaded photos that the report prints, in order, each once."""
        photos = self.one("photos") or {"entries": []}
        return tuple(dict.fromkeys(e["sha256"] for e in photos["entries"] if e["visible"] == "client"))


def gather(envelope: Mapping[str, str], jwk: Mapping[str, Any], documents: Mapping[str, bytes]) -> Evidence:
    """Check everything and keep it. `documents` maps SHA-256 (hex) to bytes and may hold others besides.

    Raises EvidenceInvalid: wrong signature, broken record, or a document missing, changed or out of shape.
    """
    try:
        record = read_record(verify_envelope(envelope, jwk))
    except SignatureInvalid as fault:
        raise EvidenceInvalid(f"the tablet's signature does not hold ({fault.code})") from fault
    except RecordInvalid as fault:
        raise EvidenceInvalid(f"the record breaks its law ({fault})") from fault
    kept = tuple(_document(ref, documents.get(ref.sha256)) for ref in record.documents)
    return Evidence(record, dict(envelope), kept)


def _document(ref: DocumentRef, data: bytes | None) -> Document:
    name = f"document {ref.kind} {ref.id}"
    if data is None:
        raise EvidenceInvalid(f"{name} is missing")
    if len(data) != ref.size or hashlib.sha256(data).hexdigest() != ref.sha256:
        raise EvidenceInvalid(f"{name} is not the one that was signed")
    try:
        body = read_document(ref.kind, data)
    except RecordInvalid as fault:
        raise EvidenceInvalid(f"{name} breaks its law ({fault})") from fault
    if body["id"] != ref.id:
        raise EvidenceInvalid(f"{name} carries another id")
    return Document(ref.kind, ref.id, ref.sha256, data, body)
