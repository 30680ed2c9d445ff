"""Statements: what the server signs for a tablet to keep or to obey, as compact JWS (ES256).

Each names its `kind` ("enrolment", "wipe" …), so that none can be shown as another. The key lies in the key ring,
outside every backup of the database: a server restored from yesterday's backup still knows its own word of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from backend.core import keys
from backend.core.envelopes import b64url, public_jwk, unb64url
from sync import canonical, strict_json

TYPE = "singgah-statement+jwt"
HEADER = {"alg": "ES256", "typ": TYPE}
LONGEST = 4_096
DEPTH = 4
SIDE = 32
"""Bytes of each of a signature's two numbers."""


class BadStatement(Exception):
    """Not a statement of this installation, or of another kind; the message is for the log."""


def sign(claims: Mapping[str, Any]) -> str:
    """The claims as a compact JWS. ValueError without a `kind`, or for claims that are too long to be shown again."""
    if not isinstance(claims.get("kind"), str):
        raise ValueError("a statement names its kind")
    signed = f"{b64url(canonical.loose(HEADER))}.{b64url(canonical.loose(dict(claims)))}"
    r, s = decode_dss_signature(keys.ring().statement.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    text = f"{signed}.{b64url(r.to_bytes(SIDE, 'big') + s.to_bytes(SIDE, 'big'))}"
    if len(text) > LONGEST:
        raise ValueError("too long for a statement")
    return text


def verify(text: str, kind: str | None = None) -> dict[str, Any]:
    """The claims of a statement that this installation signed; with `kind`, of that kind only. Raises BadStatement."""
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3:
        raise BadStatement("not a compact JWS of ours")
    if _read(parts[0]) != HEADER:
        raise BadStatement("not a statement")
    _check(f"{parts[0]}.{parts[1]}".encode(), parts[2])
    claims = _read(parts[1])
    if kind is not None and claims.get("kind") != kind:
        raise BadStatement(f"not of the kind {kind}")
    return claims


def public_key() -> dict[str, str]:
    """The JWK with which a tablet checks what it is told to obey."""
    return public_jwk(keys.ring().statement.public_key())


def _read(part: str) -> dict[str, Any]:
    try:
        value = strict_json.read(unb64url(part).decode("utf-8"), DEPTH)
    except (ValueError, UnicodeDecodeError) as wrong:
        raise BadStatement("not JSON in base64url") from wrong
    if not isinstance(value, dict):
        raise BadStatement("not an object")
    return value


def _check(signed: bytes, signature: str) -> None:
    try:
        raw = unb64url(signature)
    except ValueError as wrong:
        raise BadStatement("the signature is not base64url") from wrong
    if len(raw) != 2 * SIDE:
        raise BadStatement("the signature is not 64 bytes r‖s")
    r, s = int.from_bytes(raw[:SIDE], "big"), int.from_bytes(raw[SIDE:], "big")
    try:
        keys.ring().statement.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as wrong:
        raise BadStatement("the signature does not hold") from wrong
