"""A rescue file as a tablet writes it, in Python: the other half of what is tested."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.core import keys
from backend.core.envelopes import seal_recovery
from backend.identity import dpop
from backend.rescue.sealed import BYTES, END, MAGIC, RECORD
from tests.makers import Tablet, public_jwk, sign_jws

CHUNK = 512 * 1024


def rescue_file(
    tablet: Tablet,
    *,
    numbers: Iterable[int] | None = None,
    texts: Mapping[int, str] | None = None,
    photos: Iterable[tuple[str, bytes]] = (),
    signed: bool = True,
    signer: Tablet | None = None,
    **changes: Any,
) -> bytes:
    """The outbox of `tablet`, or those of its numbers, sealed for its organisation. `changes` replaces what the header
    or the manifest says; `texts` replaces operations.
    """
    wanted = sorted(range(1, len(tablet.outbox) + 1) if numbers is None else numbers)
    operations = [(n, (texts or {}).get(n, tablet.outbox[n - 1])) for n in wanted]
    photos = list(photos)
    manifest = {
        "kind": "manifest", "person": tablet.person.id, "unreadable": 0, "photos": len(photos),
        "prev": tablet.links[wanted[0] - 1] if wanted else None,
    }  # fmt: skip
    records = [manifest | {name: value for name, value in changes.items() if name in manifest}]
    if operations:
        records.append({"kind": "operations", "ops": [list(line) for line in operations]})
    frames = [_record(record) for record in records]
    if signed:
        frames.append(_record({"kind": "signature", "jws": _signature(signer or tablet, frames)}))
    for visit, data in photos:
        digest = changes.get("sha256", sha256(data).hexdigest())
        facts = {"visit": visit, "sha256": digest, "filetype": "image/jpeg", "size": len(data)}
        frames.append(_record({"kind": "blob", **facts}))
        frames += [bytes([BYTES]) + data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
    return _sealed(tablet, [*frames, bytes([END])], changes)


def _record(value: Mapping[str, Any]) -> bytes:
    return bytes([RECORD]) + json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def _signature(tablet: Tablet, frames: list[bytes]) -> str:
    digest = sha256(b"".join(sha256(frame).digest() for frame in frames)).hexdigest()
    jkt = dpop.thumbprint(public_jwk(tablet.key.public_key()))
    header = {"typ": "singgah-rescue+json", "alg": "ES256", "kid": jkt}
    return sign_jws(tablet.key, header, {"digest": digest})


def _sealed(tablet: Tablet, frames: list[bytes], changes: Mapping[str, Any]) -> bytes:
    house, key = tablet.house, b"k" * 32
    with house.app.app_context():
        envelope = json.loads(seal_recovery(keys.ring().recovery_jwk, key, tablet.id))
    header = {
        "organisation": changes.get("organisation", house.org_id), "device": changes.get("device", tablet.id),
        "made_at": int(house.clock.now().timestamp() * 1000), "key": envelope,
    }  # fmt: skip
    line = json.dumps(header, separators=(",", ":")).encode() + b"\n"
    cipher, bound = AESGCM(key), sha256(line).digest()
    parts = [cipher.encrypt(at.to_bytes(12, "big"), frame, bound) for at, frame in enumerate(frames)]
    return MAGIC + line + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
