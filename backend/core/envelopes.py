"""Sealed envelopes: bytes for the holder of the recovery key, and visit data keys wrapped at rest.

Recovery: ephemeral P-256 ECDH, HKDF-SHA256 with info "singgah-recovery/1" and an empty salt, AES-256-GCM with a 12-byte
iv and the device's id as additional data, so that a stolen envelope opens through no other device; JSON {"epk": JWK,
"iv", "ct"} in base64url without padding. The tablet makes the same with WebCrypto.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

RECOVERY_INFO = b"singgah-recovery/1"
IV_BYTES = 12
KEY_BYTES = 32
COORDINATE_BYTES = 32


class EnvelopeInvalid(Exception):
    """The envelope is malformed, was made for another key, or was changed."""


def b64url(data: bytes) -> str:
    """base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str) -> bytes:
    """The bytes of unpadded base64url. Raises ValueError unless it is the one spelling of these bytes."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as fault:
        raise ValueError("not base64url") from fault
    if b64url(data) != text:
        raise ValueError("not canonical base64url")
    return data


def public_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The public half as a JWK (RFC 7518 6.2): kty, crv, x, y."""
    numbers = key.public_numbers()
    x, y = (b64url(value.to_bytes(COORDINATE_BYTES, "big")) for value in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def read_jwk(jwk: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    """A P-256 public key. Raises ValueError for any other kind, a private key, or a point off the curve."""
    if set(jwk) - {"ext", "key_ops"} != {"kty", "crv", "x", "y"}:
        raise ValueError("not a public key")
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError("not a public P-256 key")
    if not all(isinstance(jwk[name], str) for name in "xy"):
        raise ValueError("coordinates are text")
    return _point(jwk["x"], jwk["y"])


@lru_cache(maxsize=1_024)
def _point(x: str, y: str) -> ec.EllipticCurvePublicKey:
    """Remembered, because each request of a tablet brings its key. A bad point is never remembered: it raises."""
    points = unb64url(x), unb64url(y)
    if any(len(point) != COORDINATE_BYTES for point in points):
        raise ValueError("coordinates have 32 bytes")
    at_x, at_y = (int.from_bytes(point, "big") for point in points)
    return ec.EllipticCurvePublicNumbers(at_x, at_y, ec.SECP256R1()).public_key()


def seal_recovery(jwk: Mapping[str, Any], data: bytes, device: str) -> bytes:
    """`data` of a device so that only the holder of `jwk`'s private half reads it. Raises ValueError for a bad key."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    iv = secrets.token_bytes(IV_BYTES)
    sealed = AESGCM(_agreed(ephemeral, read_jwk(jwk))).encrypt(iv, data, device.encode())
    envelope = {"epk": public_jwk(ephemeral.public_key()), "iv": b64url(iv), "ct": b64url(sealed)}
    return json.dumps(envelope, separators=(",", ":"), sort_keys=True).encode()


def open_recovery(key: ec.EllipticCurvePrivateKey, envelope: bytes | str | Mapping[str, Any], device: str) -> bytes:
    """The sealed bytes of this device. Raises EnvelopeInvalid."""
    try:
        fields = envelope if isinstance(envelope, Mapping) else json.loads(envelope)
        iv, sealed = unb64url(fields["iv"]), unb64url(fields["ct"])
        if len(iv) != IV_BYTES:
            raise EnvelopeInvalid("iv has 12 bytes")
        return AESGCM(_agreed(key, read_jwk(fields["epk"]))).decrypt(iv, sealed, device.encode())
    except InvalidTag as fault:
        raise EnvelopeInvalid("sealed for another key, by another device, or changed") from fault
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise EnvelopeInvalid("malformed envelope") from fault


def wrap_key(master: bytes, key: bytes, context: str) -> bytes:
    """A data key of 32 bytes wrapped under the master key and bound to `context` (say "visit:<id>")."""
    if len(key) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    iv = secrets.token_bytes(IV_BYTES)
    return iv + AESGCM(master).encrypt(iv, key, context.encode())


def unwrap_key(master: bytes, wrapped: bytes, context: str) -> bytes:
    """The data key again. Raises EnvelopeInvalid when wrapped elsewhere, for another context, or changed."""
    if len(wrapped) != IV_BYTES + KEY_BYTES + 16:
        raise EnvelopeInvalid("wrong length")
    try:
        return AESGCM(master).decrypt(wrapped[:IV_BYTES], wrapped[IV_BYTES:], context.encode())
    except InvalidTag as fault:
        raise EnvelopeInvalid("wrapped for another context, or changed") from fault


def _agreed(mine: ec.EllipticCurvePrivateKey, theirs: ec.EllipticCurvePublicKey) -> bytes:
    shared = mine.exchange(ec.ECDH(), theirs)
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=RECOVERY_INFO).derive(shared)
