"""The files inside a report: the signed record, its envelope, whose key it was, every document, and the list of them.

`manifest.json` also holds what the server added, and names template, fonts and program, so that the page can be
printed again from the file alone and compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from backend.core.certificates import ENROLMENT_UNIT
from backend.core.envelopes import b64url, unb64url
from backend.core.keyring import KeyRing
from backend.reports.evidence import Evidence
from backend.reports.facts import DeviceStatement, Facts
from backend.reports.fonts import FontSet
from backend.reports.render import TEMPLATE, Enclosure

MANIFEST = "manifest.json"
RECORD, ENVELOPE, ENROLMENT = "record.json", "envelope.json", "enrolment.json"
SCHEMA = "singgah.manifest/1"

_FIXED = {
    RECORD: ("The signed record", "Source"),
    ENVELOPE: ("The tablet's signature over the record", "Data"),
    ENROLMENT: ("Whose key the tablet's was", "Data"),
    MANIFEST: ("What is inside", "Data"),
}


class EnrolmentInvalid(Exception):
    """The statement about the device's key does not hold; the message is one sentence."""


def enclose(
    evidence: Evidence, photos: Mapping[str, bytes | None], facts: Facts, ring: KeyRing, fonts: FontSet
) -> tuple[Enclosure, ...]:
    """Every attachment of the report, the manifest last. Photos are named by digest, not attached again."""
    files = [
        described(RECORD, evidence.record.data),
        described(ENVELOPE, rfc8785.dumps(dict(evidence.envelope))),
        described(ENROLMENT, state_enrolment(facts.device, ring)),
        *(described(document.attachment_name, document.data) for document in evidence.documents),
    ]
    return (*files, described(MANIFEST, _manifest(files, evidence, photos, facts, fonts)))


def described(name: str, data: bytes) -> Enclosure:
    """An attachment with the description and relationship that its name implies."""
    kind = name.removeprefix("document-").split("-", 1)[0]
    description, relationship = _FIXED.get(name, (f"Document: {kind}", "Data"))
    return Enclosure(name, data, description, relationship)


def environment(fonts: FontSet) -> dict[str, str]:
    """What decides how a view prints: template, fonts, program."""
    digest = hashlib.sha256(b"".join(hashlib.sha256(font.data).digest() for font in fonts.fonts))
    return {"template": TEMPLATE, "fonts": digest.hexdigest(), "weasyprint": version("weasyprint")}


def _manifest(
    files: Sequence[Enclosure],
    evidence: Evidence,
    photos: Mapping[str, bytes | None],
    facts: Facts,
    fonts: FontSet,
) -> bytes:
    shown = {digest: photos[digest] for digest in evidence.photo_digests}
    return rfc8785.dumps(
        {
            "schema": SCHEMA,
            "attachments": [{"name": f.name, "sha256": f.sha256, "bytes": len(f.data)} for f in files],
            "photos": [
                {"sha256": digest, "shown": hashlib.sha256(data).hexdigest() if data is not None else None}
                for digest, data in shown.items()
            ],
            "facts": facts.as_json(),
            "printed_with": environment(fonts),
            "log": None,
        }
    )


def state_enrolment(device: DeviceStatement, ring: KeyRing) -> bytes:
    """{statement, signature, certificate}: the enrolment key's word, itself certified by the root."""
    key, certificate = ring.enrolment
    statement = device.as_json()
    return rfc8785.dumps(
        {
            "statement": statement,
            "signature": b64url(key.sign(rfc8785.dumps(statement))),
            "certificate": b64url(certificate.public_bytes(Encoding.DER)),
        }
    )


def read_enrolment(value: Mapping[str, Any], roots: Sequence[x509.Certificate]) -> DeviceStatement:
    """The statement, once its signature and its certificate hold to a pinned root. Raises EnrolmentInvalid."""
    if set(value) != {"statement", "signature", "certificate"}:
        raise EnrolmentInvalid("the enrolment statement has other parts")
    certificate = x509.load_der_x509_certificate(unb64url(value["certificate"]))
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    if [unit.value for unit in units] != [ENROLMENT_UNIT] or not _issued(certificate, roots):
        raise EnrolmentInvalid("the enrolment key was not certified by the pinned root")
    key = certificate.public_key()
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise EnrolmentInvalid("the enrolment key is of another kind")
    try:
        key.verify(unb64url(value["signature"]), rfc8785.dumps(value["statement"]))
    except InvalidSignature as fault:
        raise EnrolmentInvalid("the enrolment statement was changed") from fault
    return DeviceStatement.from_json(value["statement"])


def _issued(certificate: x509.Certificate, roots: Sequence[x509.Certificate]) -> bool:
    for root in roots:
        try:
            certificate.verify_directly_issued_by(root)
        except (InvalidSignature, ValueError, TypeError):
            continue
        return True
    return False
