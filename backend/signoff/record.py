"""The law of `singgah.signoff/1`: what a tablet signs when a client has signed (evidence.md 4.2).

The record holds random ids, digests, codes and clocks only. Whatever a person wrote, said or drew is a
document, named here by its digest. Bytes are signed, not objects: `read_record` takes the very bytes and
accepts one spelling.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.signoff.canonical import read_canonical
from backend.signoff.documents import (
    DOCUMENT_LIMIT,
    DOCUMENTS,
    LOCALES,
    REASONS,
    REPEATED,
    VISIT_OUTCOMES,
    read_document,
)
from backend.signoff.envelope import RECORD_LIMIT, SignatureInvalid, thumbprint, verify_envelope
from backend.signoff.shapes import (
    SHA256,
    THUMBPRINT,
    TIME,
    UUID,
    RecordInvalid,
    fields,
    list_of,
    one_of,
    or_null,
    text,
    truth,
    whole,
)

__all__ = [
    "DocumentRef",
    "RecordInvalid",
    "SignatureInvalid",
    "SignoffRecord",
    "read_document",
    "read_record",
    "thumbprint",
    "verify_envelope",
]

SCHEMA = "singgah.signoff/1"
DOCUMENTS_LIMIT = 300
SIGNED_OUTCOMES = ("accepted", "accepted_with_open_items", "attendance_only", "goods_received")
"""The meanings of a client's signature (field.md D3)."""
OUTCOMES = (*SIGNED_OUTCOMES, "declined", "absent", "remote")

_SHAPE = fields(
    schema=one_of(SCHEMA),
    record=UUID,
    org=UUID,
    entity=UUID,
    visit=UUID,
    site=UUID,
    engineer=UUID,
    base=whole(0),
    device=fields(jkt=THUMBPRINT, seq=whole(1), prev=SHA256),
    visit_outcome=one_of(*VISIT_OUTCOMES),
    outcome=one_of(*OUTCOMES),
    declined=or_null(one_of(*REASONS)),
    authorised=or_null(truth),
    identified_by=or_null(one_of("seen_in_person", "staff_pass", "otp_email", "otp_sms")),
    notice=or_null(text(80, 1)),
    locale=one_of(*LOCALES),
    template=text(80, 1),
    documents=list_of(
        fields(kind=one_of(*DOCUMENTS), id=UUID, sha256=SHA256, bytes=whole(1, DOCUMENT_LIMIT)),
        DOCUMENTS_LIMIT,
        1,
    ),
    clock=fields(device=TIME, offset_ms=or_null(whole()), offset_age_s=or_null(whole(0)), mono_ms=whole(0)),
    anchor=fields(position=whole(0), journal=or_null(SHA256)),
    app=fields(version=text(40, 1), build=text(80)),
)


_SAME = (
    *("record", "org", "entity", "visit", "site", "engineer", "base", "visit_outcome", "outcome"),
    *("declined", "authorised", "identified_by", "notice", "locale", "template"),
)


@dataclass(frozen=True)
class DocumentRef:
    """One document as the record names it; `size` in bytes."""

    kind: str
    id: str
    sha256: str
    size: int


@dataclass(frozen=True)
class SignoffRecord:
    """A record that keeps the law. UUIDs, lower-case hex digests, RFC 3339 UTC times with milliseconds."""

    data: bytes
    record: str
    org: str
    entity: str
    visit: str
    site: str
    engineer: str
    base: int
    jkt: str
    seq: int
    prev: str
    visit_outcome: str
    outcome: str
    declined: str | None
    authorised: bool | None
    identified_by: str | None
    notice: str | None
    locale: str
    template: str
    documents: tuple[DocumentRef, ...]
    signed_at: str
    offset_ms: int | None
    offset_age_s: int | None
    mono_ms: int
    anchor_position: int
    anchor_journal: str | None
    app_version: str
    app_build: str

    @property
    def sha256(self) -> str:
        """The record's identity."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def receipt_code(self) -> str:
        """The short code on the client's receipt: the first 40 bits of the digest in base32, as XXXX-XXXX."""
        code = base64.b32encode(hashlib.sha256(self.data).digest()[:5]).decode("ascii")
        return f"{code[:4]}-{code[4:]}"

    @property
    def is_signed_by_client(self) -> bool:
        return self.outcome in SIGNED_OUTCOMES

    def of_kind(self, kind: str) -> tuple[DocumentRef, ...]:
        return tuple(document for document in self.documents if document.kind == kind)


def read_record(data: bytes) -> SignoffRecord:
    """The record that `data` spells. Raises RecordInvalid(code, field)."""
    if len(data) > RECORD_LIMIT:
        raise RecordInvalid("too_large")
    value = read_canonical(data)
    _SHAPE(value, "")
    assert isinstance(value, dict)  # the shape said so
    record = _made(data, value)
    _check_documents(record)
    _check_outcome(record)
    return record


def _made(data: bytes, value: Mapping[str, Any]) -> SignoffRecord:
    device, clock, anchor, app = value["device"], value["clock"], value["anchor"], value["app"]
    return SignoffRecord(
        data=data,
        **{name: value[name] for name in _SAME},
        jkt=device["jkt"],
        seq=device["seq"],
        prev=device["prev"],
        documents=tuple(DocumentRef(d["kind"], d["id"], d["sha256"], d["bytes"]) for d in value["documents"]),
        signed_at=clock["device"],
        offset_ms=clock["offset_ms"],
        offset_age_s=clock["offset_age_s"],
        mono_ms=clock["mono_ms"],
        anchor_position=anchor["position"],
        anchor_journal=anchor["journal"],
        app_version=app["version"],
        app_build=app["build"],
    )


def _check_documents(record: SignoffRecord) -> None:
    kinds = [document.kind for document in record.documents]
    for kind in set(kinds) - REPEATED:
        if kinds.count(kind) > 1:
            raise RecordInvalid("too_many", f"documents.{kind}")
    for name in ("id", "sha256"):
        if len({getattr(document, name) for document in record.documents}) != len(kinds):
            raise RecordInvalid("document_twice", f"documents.{name}")
    for kind in _needed(record):
        if kind not in kinds:
            raise RecordInvalid("missing_document", f"documents.{kind}")


def _needed(record: SignoffRecord) -> tuple[str, ...]:
    return ("visit", "shown", "signer", "ink") if record.is_signed_by_client else ("visit",)


def _check_outcome(record: SignoffRecord) -> None:
    if (record.outcome == "declined") != (record.declined is not None):
        raise RecordInvalid(
            "declined_without_reason" if record.declined is None else "reason_without_decline", "declined"
        )
