"""What the server adds to a sign-off in a report: number, receipt, device, address of the public page.

These facts travel inside the PDF (manifest.json), so that anyone with the program can print the same page again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class DeviceStatement:
    """Whose the signing key was, since when: the enrolment as the server knows it. `since` is RFC 3339 UTC."""

    device: str
    jkt: str
    jwk: Mapping[str, str]
    person: str
    org: str
    since: str
    code: str
    person_name: str

    def as_json(self) -> dict[str, Any]:
        return {
            "device": self.device,
            "jkt": self.jkt,
            "jwk": {name: self.jwk[name] for name in ("kty", "crv", "x", "y")},
            "person": self.person,
            "org": self.org,
            "from": self.since,
            "code": self.code,
            "person_name": self.person_name,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> DeviceStatement:
        same = {
            name: value[name] for name in ("device", "jkt", "jwk", "person", "org", "code", "person_name")
        }
        return cls(**same, since=value["from"])


@dataclass(frozen=True)
class Receipt:
    """When the server got the record (upper bound) and when it had issued the record's anchor (lower bound)."""

    seq: int
    received_at: str
    anchor_at: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """The server's part of a report. Times RFC 3339 UTC; `zone` is the IANA zone in which the page shows them."""

    number: str
    revision: int
    public_id: str
    public_url: str
    seal_name: str
    receipt: Receipt
    device: DeviceStatement
    demo: bool = False
    zone: str = "Asia/Singapore"

    @property
    def link(self) -> str:
        """The public page that the QR code opens: no visit number, no personal data."""
        return f"{self.public_url.rstrip('/')}/r/{self.public_id}"

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def as_json(self) -> dict[str, Any]:
        """Everything but the device, which has an attachment of its own."""
        receipt = self.receipt
        return {
            "number": self.number,
            "revision": self.revision,
            "public_id": self.public_id,
            "public_url": self.public_url,
            "seal_name": self.seal_name,
            "demo": self.demo,
            "zone": self.zone,
            "receipt": {
                "seq": receipt.seq,
                "received_at": receipt.received_at,
                "anchor_at": receipt.anchor_at,
                "flags": list(receipt.flags),
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any], device: DeviceStatement) -> Facts:
        receipt = value["receipt"]
        same = ("number", "revision", "public_id", "public_url", "seal_name", "demo", "zone")
        return cls(
            **{name: value[name] for name in same},
            device=device,
            receipt=Receipt(
                receipt["seq"], receipt["received_at"], receipt["anchor_at"], tuple(receipt["flags"])
            ),
        )
