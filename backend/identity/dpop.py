"""Device proofs: JWS in the format of RFC 9449, ES256 by the enrolled key (decisions.md 9).

The server's nonce replaces the tablet's clock: an HMAC of a five-minute slot, good in its slot and the next.
No store of `jti`: sync and blob doors are idempotent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from backend.core.envelopes import read_jwk, unb64url
from sync import strict_json

SLOT_SECONDS = 300
LONGEST_PROOF = 4_096
LONGEST_JTI = 128
HEADER_KEYS = {"typ", "alg", "jwk"}
CLAIM_KEYS = {"htm", "htu", "jti", "iat", "nonce", "ath"}
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of P-256: a signature's numbers lie between 0 and it."""


class BadProof(Exception):
    """The proof proves nothing; the message is for the log."""


class StaleNonce(BadProof):
    """A good proof otherwise, but its nonce is missing or too old: send it again with the one that is answered."""


@dataclass(frozen=True)
class Proof:
    """A proof whose shape and signature hold. Compare `jkt` with an enrolled device; then call `check`."""

    jwk: dict[str, str]
    jkt: str
    htm: str
    htu: str
    nonce: str | None
    ath: str | None


def hash_of(token: str) -> str:
    """SHA-256 in base64url: of a session's cookie it is `session_hash`, the proof's `ath`."""
    return _b64url(hashlib.sha256(token.encode()).digest())


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """RFC 7638 of a P-256 key."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return hash_of(json.dumps(members, separators=(",", ":"), sort_keys=True))


def public_key(jwk: object) -> dict[str, str]:
    """The four public members of a P-256 JWK. Raises BadProof for any other kind, a private key, or a bad point."""
    if not isinstance(jwk, dict) or "d" in jwk:
        raise BadProof("the key is not a public P-256 key")
    try:
        read_jwk(jwk)
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadProof("the key is not a public P-256 key") from wrong
    return {name: jwk[name] for name in ("crv", "kty", "x", "y")}


def nonce_of(secret: bytes, now: datetime) -> str:
    """The nonce to hand out at `now`."""
    return _nonce(secret, int(now.timestamp()) // SLOT_SECONDS)


def read(text: str) -> Proof:
    """The proof in a DPoP header. Raises BadProof."""
    if len(text) > LONGEST_PROOF:
        raise BadProof("too long")
    parts = text.split(".")
    if len(parts) != 3:
        raise BadProof("not a compact JWS")
    jwk, jkt = _signer(parts[0])
    claims = _said(parts[1])
    _verify(jwk, f"{parts[0]}.{parts[1]}".encode(), parts[2])
    return Proof(dict(jwk), jkt, *_claims(claims))


@lru_cache(maxsize=1_024)
def _signer(header: str) -> tuple[Mapping[str, str], str]:
    """The key in a proof's header and its thumbprint. Remembered, because a tablet's header is the same in every proof;
    a bad one is never remembered: it raises.
    """
    said = _members(header, HEADER_KEYS)
    if said.get("typ") != "dpop+jwt" or said.get("alg") != "ES256":
        raise BadProof("not an ES256 proof")
    jwk = public_key(said.get("jwk"))
    return MappingProxyType(jwk), thumbprint(jwk)


@lru_cache(maxsize=64)
def _said(claims: str) -> Mapping[str, Any]:
    """The claims of a proof, signed or not. Remembered, because a guard looks twice at the proof of one request."""
    return MappingProxyType(_members(claims, CLAIM_KEYS))


def check(proof: Proof, *, method: str, url: str, ath: str | None, secret: bytes, now: datetime) -> None:
    """Whether the proof is for this request and this session; with `ath` None it must name no session at all.

    Raises BadProof, StaleNonce.
    """
    if proof.htm != method or proof.htu != url:
        raise BadProof("the proof is for another request")
    if (proof.ath is None) is not (ath is None) or not hmac.compare_digest(proof.ath or "", ath or ""):
        raise BadProof("the proof is for another session")
    slot = int(now.timestamp()) // SLOT_SECONDS
    good = (_nonce(secret, slot), _nonce(secret, slot - 1))
    if not any(hmac.compare_digest(proof.nonce or "", nonce) for nonce in good):
        raise StaleNonce("the nonce is missing or too old")


def names_no_session(text: str) -> bool:
    """Whether a proof says that it goes without a session; nothing of it is checked yet."""
    parts = text.split(".")
    try:
        return len(text) <= LONGEST_PROOF and len(parts) == 3 and _said(parts[1]).get("ath") is None
    except BadProof:
        return False


def read_signed(jwk: dict[str, str], text: str, typ: str, longest: int = LONGEST_PROOF) -> dict[str, Any]:
    """The claims of a compact JWS of this type that the holder of `jwk` signed. Raises BadProof."""
    parts = text.split(".")
    if len(text) > longest or len(parts) != 3:
        raise BadProof("not a compact JWS, or too long")
    header = _members(parts[0], {"typ", "alg", "kid"})
    if (header.get("typ"), header.get("alg"), header.get("kid")) != (typ, "ES256", thumbprint(jwk)):
        raise BadProof("another kind of statement, or by another key")
    _verify(jwk, f"{parts[0]}.{parts[1]}".encode(), parts[2])
    return _members(parts[1], None)


def _claims(claims: Mapping[str, Any]) -> tuple[str, str, str | None, str | None]:
    jti, iat = claims.get("jti"), claims.get("iat")
    if not isinstance(jti, str) or not 1 <= len(jti) <= LONGEST_JTI:
        raise BadProof("jti is missing or too long")
    # The tablet's clock may be days wrong: iat must be there and a number, and is believed in nothing.
    if not isinstance(iat, int) or isinstance(iat, bool):
        raise BadProof("iat is not a number")
    return _text(claims, "htm"), _text(claims, "htu"), _optional(claims, "nonce"), _optional(claims, "ath")


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise BadProof(f"{name} is missing")
    return value


def _optional(claims: Mapping[str, Any], name: str) -> str | None:
    return None if claims.get(name) is None else _text(claims, name)


def _members(part: str, allowed: set[str] | None) -> dict[str, Any]:
    """The object in one part of a JWS, with no other members than these; None takes any."""
    try:
        value = strict_json.read(unb64url(part).decode("utf-8"), 3)
    except (ValueError, UnicodeDecodeError) as wrong:
        raise BadProof("not JSON in base64url") from wrong
    if not isinstance(value, dict) or (allowed is not None and set(value) - allowed):
        raise BadProof("unexpected members")
    return value


def _verify(jwk: Mapping[str, str], signed: bytes, signature: str) -> None:
    try:
        raw = unb64url(signature)
    except ValueError as wrong:
        raise BadProof("the signature is not base64url") from wrong
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if len(raw) != 64 or not 0 < r < ORDER or not 0 < s < ORDER:
        raise BadProof("the signature is not 64 bytes r‖s")
    try:
        read_jwk(jwk).verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as wrong:
        raise BadProof("the signature does not hold") from wrong


def _nonce(secret: bytes, slot: int) -> str:
    return _b64url(hmac.digest(secret, f"dpop-nonce/{slot}".encode(), "sha256")[:18])


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
