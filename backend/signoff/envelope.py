"""The device's signature over a record: a flattened JWS (RFC 7515), ES256 and nothing else.

The key comes from the enrolment, never from the envelope. A second signature (r, n - s) over the same
bytes also verifies, as ECDSA allows: identity is the SHA-256 of the record, never the signature.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from backend.core.envelopes import b64url, read_jwk, unb64url

RECORD_LIMIT = 32 * 1024
HEADER_LIMIT = 512
TYPE = "singgah-signoff+json"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
MEMBERS = frozenset({"payload", "protected", "signature"})


class SignatureInvalid(Exception):
    """The envelope does not carry this device's signature. `code` is a stable word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638 thumbprint of a P-256 public key, base64url."""
    required = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    spelled = json.dumps(required, separators=(",", ":"), sort_keys=True)
    return b64url(hashlib.sha256(spelled.encode()).digest())


def verify_envelope(envelope: Mapping[str, Any], jwk: Mapping[str, Any]) -> bytes:
    """The signed payload's bytes. Raises SignatureInvalid."""
    protected, payload, signature = _parts(envelope)
    try:
        key = read_jwk(jwk)
    except (ValueError, TypeError) as fault:
        raise SignatureInvalid("key") from fault
    _check_header(_decoded(protected, HEADER_LIMIT, "header"), thumbprint(jwk))
    data = _decoded(payload, RECORD_LIMIT, "payload")
    try:
        key.verify(_der(signature), f"{protected}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as fault:
        raise SignatureInvalid("signature") from fault
    return data


def _parts(envelope: Mapping[str, Any]) -> tuple[str, str, str]:
    if not isinstance(envelope, Mapping) or set(envelope) != MEMBERS:
        raise SignatureInvalid("members")
    protected, payload, signature = envelope["protected"], envelope["payload"], envelope["signature"]
    if not all(isinstance(part, str) for part in (protected, payload, signature)):
        raise SignatureInvalid("members")
    return protected, payload, signature


def named_key(envelope: Mapping[str, Any]) -> str | None:
    """The thumbprint that the header names, unproven; None when it cannot be read."""
    try:
        header = json.loads(_decoded(_parts(envelope)[0], HEADER_LIMIT, "header"))
    except (SignatureInvalid, ValueError, RecursionError):
        return None
    kid = header.get("kid") if isinstance(header, dict) else None
    return kid if isinstance(kid, str) else None


def _check_header(data: bytes, wanted: str) -> None:
    try:
        header = json.loads(data)
    except (ValueError, RecursionError) as fault:
        raise SignatureInvalid("header") from fault
    if not isinstance(header, dict) or header.get("alg") != "ES256":
        raise SignatureInvalid("algorithm")
    if set(header) != {"alg", "typ", "kid"} or header["typ"] != TYPE:
        raise SignatureInvalid("header")
    if header["kid"] != wanted:
        raise SignatureInvalid("key")


def _decoded(part: str, limit: int, code: str) -> bytes:
    if len(part) > limit * 4 // 3 + 4:
        raise SignatureInvalid("too_large")
    try:
        data = unb64url(part)
    except ValueError as fault:
        raise SignatureInvalid(code) from fault
    if len(data) > limit:
        raise SignatureInvalid("too_large")
    return data


def _der(signature: str) -> bytes:
    raw = _decoded(signature, 64, "signature")
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if len(raw) != 64 or not (0 < r < P256_ORDER and 0 < s < P256_ORDER):
        raise SignatureInvalid("signature")
    return encode_dss_signature(r, s)
