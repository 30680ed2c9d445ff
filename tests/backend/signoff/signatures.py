"""A client's signature on an enrolled tablet: record, documents and envelope, as the tablet sends them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from backend.core import jobs
from backend.core.envelopes import public_jwk
from backend.core.schema import wire_time
from backend.signoff.record import thumbprint
from sync import canonical
from tests.backend.signoff import signing
from tests.makers import Tablet


@dataclass
class Pen:
    """Signs visits on one tablet, one record after the other."""

    tablet: Tablet
    seq: int = 0
    prev: str = ""
    documents: list[bytes] = field(default_factory=signing.small_documents)

    def __post_init__(self) -> None:
        self.prev = hashlib.sha256(self.tablet.id.encode()).hexdigest()

    def value(self, visit: str, **changes: Any) -> dict[str, Any]:
        """A lawful record of the visit as the tablet has it now; `changes` replaces members."""
        pulled = self.tablet.pull().get_json()
        house, held = self.tablet.house, self.tablet.value("visit", visit)
        value = signing.record_value(self.documents, self._signer())
        return {
            **value,
            "record": house.new_id(),
            "org": house.org_id,
            "entity": held["legal_entity"],
            "visit": visit,
            "site": held["site"],
            "engineer": self.tablet.person.id,
            "base": self.tablet.head,
            "device": {"jkt": self.jkt, "seq": self.seq + 1, "prev": self.prev},
            "clock": {
                "device": wire_time(house.clock.now()), "offset_ms": 0, "offset_age_s": 60, "mono_ms": 1
            },
            "anchor": {"position": pulled["head"], "journal": pulled["journal"]},
            **changes,
        }  # fmt: skip

    def envelope(self, value: dict[str, Any], key: ec.EllipticCurvePrivateKey | None = None) -> dict[str, str]:
        """The record signed by the tablet's key, or by another."""
        signer = self._signer() if key is None else _Key(key)
        return signer.sign(canonical.write(value))

    def sign(self, visit: str, **changes: Any) -> dict[str, Any]:
        """Sign and push; how it ended."""
        value = self.value(visit, **changes)
        result = self.send(visit, self.envelope(value))
        self.seq, self.prev = self.seq + 1, hashlib.sha256(canonical.write(value)).hexdigest()
        return result

    def send(self, visit: str, envelope: dict[str, str]) -> dict[str, Any]:
        return self.tablet.do("visit.sign", ("visit", visit), {"envelope": envelope})

    def upload(self, visit: str) -> None:
        """Send the documents; the program makes of them what it makes of uploads."""
        for data in self.documents:
            assert self.tablet.upload(visit, data, "application/json").status_code in (201, 204)
        with self.tablet.house.app.app_context():
            jobs.run_due(limit=len(self.documents))

    @property
    def jkt(self) -> str:
        return thumbprint(public_jwk(self.tablet.key.public_key()))

    def _signer(self) -> _Key:
        return _Key(self.tablet.key)


class _Key(signing.Tablet):
    """The signing half of a tablet, with a key of its own."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        scalar = key.private_numbers().private_value
        super().__init__(scalar)
