"""Makes tablets that sign: keys, documents, records and envelopes as a tablet makes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from backend.core.envelopes import b64url, public_jwk
from backend.signoff.record import thumbprint
from sync import canonical

ORG = "01936000-0000-7000-8000-000000000001"
ENTITY = "01936000-0000-7000-8000-0000000000e1"
VISIT = "01936000-0000-7000-8000-0000000000a1"
SITE = "01936000-0000-7000-8000-0000000000b1"
ENGINEER = "01936000-0000-7000-8000-0000000000c1"
DEVICE = "01936000-0000-7000-8000-0000000000d1"
RECORD = "01936000-0000-7000-8000-0000000000f1"


def uuid_of(name: str) -> str:
    """A UUID that is always the same for a name."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"01936000-{digits[:4]}-7{digits[4:7]}-8{digits[7:10]}-{digits[10:22]}"


@dataclass(frozen=True)
class Tablet:
    """A device with its key (fixed, so that a record is the same in every run)."""

    scalar: int = 0x1F2E3D4C5B6A79887766554433221100FFEEDDCCBBAA99887766554433221101

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(self.scalar, ec.SECP256R1())

    @property
    def jwk(self) -> dict[str, str]:
        return public_jwk(self.key.public_key())

    @property
    def jkt(self) -> str:
        return thumbprint(self.jwk)

    def sign(self, payload: bytes, **header: Any) -> dict[str, str]:
        """The envelope of these bytes; `header` replaces members of the protected header."""
        members = {"alg": "ES256", "kid": self.jkt, "typ": "singgah-signoff+json", **header}
        protected = b64url(json.dumps(members, separators=(",", ":"), sort_keys=True).encode())
        signed = f"{protected}.{b64url(payload)}".encode()
        r, s = decode_dss_signature(self.key.sign(signed, ec.ECDSA(hashes.SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return {"payload": b64url(payload), "protected": protected, "signature": b64url(raw)}


def document(kind: str, name: str = "", /, **body: Any) -> bytes:
    """Canonical bytes of one document with its id and salt."""
    name = f"{kind}/{name}"
    salt = hashlib.sha256(f"salt of {name}".encode()).hexdigest()[:32]
    return canonical.write({"kind": kind, "id": uuid_of(name), "salt": salt, **body})


def reference(data: bytes) -> dict[str, Any]:
    """A document as a record names it."""
    body = json.loads(data)
    return {
        "kind": body["kind"],
        "id": body["id"],
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
    }


INK = {
    "w": 600,
    "h": 240,
    "strokes": [
        [
            [60, 150],
            [80, 90],
            [110, 60],
            [130, 70],
            [120, 130],
            [100, 180],
            [120, 175],
            [160, 120],
            [190, 110],
        ],
        [[190, 110], [185, 160], [210, 165], [240, 115], [250, 150], [280, 155], [310, 110], [305, 150]],
        [
            [305, 150],
            [340, 150],
            [380, 80],
            [400, 60],
            [395, 120],
            [380, 170],
            [420, 160],
            [470, 120],
            [540, 110],
        ],
    ],
}


def small_documents() -> list[bytes]:
    """The fewest documents of an accepted visit."""
    return [
        document(
            "visit",
            number="V-7K3-9",
            client="Kallang Freight Pte Ltd",
            site="Warehouse 3",
            address="12 Kallang Way\nSingapore 349212".replace("\n", ", "),
            engineers=[{"id": ENGINEER, "name": "Farid bin Osman"}],
            legal_entity={
                "name": "Tanjong IT Services Pte Ltd",
                "registration": "201912345K",
                "address": "80 Robinson Road #10-01, Singapore 068898",
            },
            marks=[{"mark": "working", "at": "2026-11-23T01:22:00.000Z"}],
            outcome="completed",
        ),
        document(
            "shown", locale="en", template="signoff-en@1", lines=[{"role": "h", "text": "Your visit today"}]
        ),
        document("signer", name="Tan Mei Ling", capacity="Facilities Manager", contact=None, reference=""),
        document("ink", **INK),
    ]


def record_value(documents: list[bytes], tablet: Tablet, **changes: Any) -> dict[str, Any]:
    """A lawful record of these documents; `changes` replaces its members."""
    value: dict[str, Any] = {
        "schema": "singgah.signoff/1",
        "record": RECORD,
        "org": ORG,
        "entity": ENTITY,
        "visit": VISIT,
        "site": SITE,
        "engineer": ENGINEER,
        "base": 90412,
        "device": {"jkt": tablet.jkt, "seq": 42, "prev": hashlib.sha256(DEVICE.encode()).hexdigest()},
        "visit_outcome": "completed",
        "outcome": "accepted",
        "declined": None,
        "authorised": True,
        "identified_by": "seen_in_person",
        "notice": "privacy-sg@1",
        "locale": "en",
        "template": "signoff-en@1",
        "documents": [reference(data) for data in documents],
        "clock": {
            "device": "2026-11-23T03:40:12.512Z",
            "offset_ms": -812,
            "offset_age_s": 86400,
            "mono_ms": 123456,
        },
        "anchor": {"position": 90412, "journal": "ab" * 32},
        "app": {"version": "1.8.2", "build": "2026.11"},
    }
    return {**value, **changes}


@dataclass(frozen=True)
class Signed:
    """A signed record: envelope, key and documents by digest."""

    tablet: Tablet
    payload: bytes
    envelope: Mapping[str, str]
    documents: Mapping[str, bytes] = field(default_factory=dict)


def sign_off(documents: list[bytes] | None = None, tablet: Tablet | None = None, **changes: Any) -> Signed:
    """A sign-off as the server receives it."""
    documents = small_documents() if documents is None else documents
    tablet = tablet or Tablet()
    payload = canonical.write(record_value(documents, tablet, **changes))
    by_digest = {hashlib.sha256(data).hexdigest(): data for data in documents}
    return Signed(tablet, payload, tablet.sign(payload), by_digest)
