"""What lies inside a sealed report: attachments, record, device signature, enrolment, and the printed page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from backend.core.certificates import NAME_LIMIT
from backend.reports.building import PhotoMissing, build_view
from backend.reports.enclosures import (
    ENROLMENT,
    ENVELOPE,
    MANIFEST,
    RECORD,
    SCHEMA,
    EnrolmentInvalid,
    described,
    environment,
    read_enrolment,
)
from backend.reports.evidence import Evidence, EvidenceInvalid, gather
from backend.reports.facts import DeviceStatement, Facts
from backend.reports.fonts import FontSet, FontsMissing
from backend.reports.pdf_seal import Seal
from backend.reports.pdf_structure import Sealed, file_bytes
from backend.reports.phrasing import instant
from backend.reports.render import Enclosure, render_report
from backend.reports.renderer import Renderer, RenderFailed
from backend.reports.verification import Failed, NotApplicable
from backend.signoff.record import (
    RecordInvalid,
    SignatureInvalid,
    SignoffRecord,
    read_document,
    read_record,
    thumbprint,
    verify_envelope,
)


@dataclass(frozen=True)
class Inside:
    """The attachments, each with the digest that the manifest names."""

    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]

    def json_of(self, name: str) -> Mapping[str, Any]:
        value = json.loads(self.files[name])
        if not isinstance(value, dict):
            raise Failed(f"{name} is not an object")
        return value


def check_attachments(sealed: Sealed) -> Inside:
    """Exactly the files that manifest.json names, each with its digest."""
    raw = file_bytes(sealed, MANIFEST)
    manifest = json.loads(raw)
    if manifest.get("schema") != SCHEMA:
        raise Failed("the manifest is of another kind")
    listed = {entry["name"]: entry["sha256"] for entry in manifest["attachments"]}
    if len(listed) != len(manifest["attachments"]) or {*listed, MANIFEST} != set(sealed.files):
        raise Failed("the attachments are not exactly those of the manifest")
    files = {name: file_bytes(sealed, name) for name in listed}
    for name, digest in listed.items():
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise Failed(f"{name} is not the file that the manifest names")
    return Inside(manifest, {**files, MANIFEST: raw})


def check_record(inside: Inside, seal: Seal) -> SignoffRecord:
    """The record keeps its law, every document is there with its digest and shape, and nothing besides."""
    for name in (RECORD, ENVELOPE, ENROLMENT):
        if name not in inside.files:
            raise Failed(f"the attachment {name} is missing")
    try:
        record = read_record(inside.files[RECORD])
        names = {RECORD, ENVELOPE, ENROLMENT, MANIFEST}
        for ref in record.documents:
            name = f"document-{ref.kind}-{ref.id}.json"
            names.add(name)
            data = inside.files.get(name, b"")
            if hashlib.sha256(data).hexdigest() != ref.sha256:
                raise Failed(f"{name} is not the document that was signed")
            read_document(ref.kind, data)
    except RecordInvalid as fault:
        raise Failed(f"the record breaks its law ({fault})") from fault
    if set(inside.files) != names:
        raise Failed("a file is attached that the record does not name")
    if inside.manifest["facts"]["seal_name"][:NAME_LIMIT] != seal.organisation:
        raise Failed("the seal is that of another legal entity than the report names")
    return record


def check_device_signature(inside: Inside, record: SignoffRecord) -> None:
    """The envelope is that record, signed by the key of the enrolment statement."""
    jwk = inside.json_of(ENROLMENT)["statement"]["jwk"]
    try:
        payload = verify_envelope(inside.json_of(ENVELOPE), jwk)
    except SignatureInvalid as fault:
        raise Failed(f"the tablet's signature does not hold ({fault.code})") from fault
    if payload != record.data:
        raise Failed("the tablet signed another record")


def check_enrolment(
    inside: Inside, record: SignoffRecord, seal: Seal, roots: Sequence[x509.Certificate]
) -> DeviceStatement:
    """The key belonged to this engineer's tablet, by the word of the enrolment key."""
    try:
        statement = read_enrolment(inside.json_of(ENROLMENT), roots)
    except EnrolmentInvalid as fault:
        raise Failed(str(fault)) from fault
    if thumbprint(statement.jwk) != statement.jkt or statement.jkt != record.jkt:
        raise Failed("the enrolment is that of another key")
    if (statement.person, statement.org) != (record.engineer, record.org):
        raise Failed("the enrolment is that of another person")
    if instant(statement.since) > seal.stamped_at:
        raise Failed("the tablet was enrolled after the report was sealed")
    return statement


def check_page(sealed: Sealed, inside: Inside, device: DeviceStatement, renderer: Renderer | None) -> None:
    """Print the page again from the file alone and compare every byte before the seal."""
    if renderer is None:
        raise NotApplicable("the page was not printed again here")
    try:
        fonts = FontSet.load()
    except FontsMissing as fault:
        raise NotApplicable(f"the page cannot be printed again here: {fault}") from fault
    if inside.manifest["printed_with"] != environment(fonts):
        raise NotApplicable("the page was printed with another version of the template, fonts or program")
    try:
        evidence = gather(inside.json_of(ENVELOPE), device.jwk, _documents(inside))
        facts = Facts.from_json(inside.manifest["facts"], device)
        view = build_view(evidence, _photos(sealed, inside, evidence), facts)
        again = render_report(view, _enclosed(inside), renderer, fonts)
    except (EvidenceInvalid, PhotoMissing, RenderFailed) as fault:
        raise Failed(f"the page cannot be printed again: {fault}") from fault
    if not sealed.data.startswith(again.pdf):
        raise Failed("the page does not say what the record says")


def _documents(inside: Inside) -> dict[str, bytes]:
    return {hashlib.sha256(data).hexdigest(): data for data in inside.files.values()}


def _photos(sealed: Sealed, inside: Inside, evidence: Evidence) -> dict[str, bytes | None]:
    shown = {entry["sha256"]: entry["shown"] for entry in inside.manifest["photos"]}
    drawn = {
        hashlib.sha256(picture.encoded_data).hexdigest(): picture.encoded_data for picture in sealed.pictures
    }
    found: dict[str, bytes | None] = {}
    for digest in evidence.photo_digests:
        if digest in shown and shown[digest] is None:
            found[digest] = None
        elif shown.get(digest) in drawn:
            found[digest] = drawn[shown[digest]]
    return found


def _enclosed(inside: Inside) -> list[Enclosure]:
    """The attachments as they were given to the printer; descriptions follow from the names."""
    order = [entry["name"] for entry in inside.manifest["attachments"]]
    return [described(name, inside.files[name]) for name in [*order, MANIFEST]]
