"""The keys of one installation, made at first start and kept under DATA_DIR/keys (folder 0700, files 0600).

root        ECDSA P-256, 25 years; its certificate is what a verifier pins
seal-<id>   company seal of one legal entity; a new key each year, the old one destroyed
tsa         internal time stamps (RFC 3161)
enrolment   Ed25519, signs what reports say of a device; certified by the root
statement   P-256, signs what tablets keep or obey; P-256 because every browser can check it
recovery    P-256 ECDH, opens what a tablet sealed for the organisation
master      wraps the data keys of visits (AES-256-GCM)
secret      HMAC of sessions and nonces

Nothing is needed from outside. Two processes may open the folder at once: whoever makes a key holds a
file lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from backend.core import certificates, envelopes
from backend.core.certificates import Entity, Issuer, Revoked
from backend.core.envelopes import EnvelopeInvalid, open_recovery, public_jwk, seal_recovery
from backend.core.files import replace_file

__all__ = ["Entity", "EnvelopeInvalid", "KeyRing", "SealKey", "open_recovery", "seal_recovery"]

RENEW_CRL = timedelta(days=14)
"""A revocation list nearer than this to its end is renewed when asked for."""

BARE = ("recovery", "statement")
"""P-256 keys without a certificate."""

ENTITY_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")


class KeysUnusable(Exception):
    """The key folder cannot be used: readable by others, a file without its pair, or of another kind."""


@dataclass(frozen=True)
class SealKey:
    """A key and its certificate, ready to sign; `entity` is the legal entity's id ("" for the others)."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    entity: str = ""


class KeyRing:
    """All keys of the installation. Open it once per process with `KeyRing.open`."""

    def __init__(self, folder: Path, organisation: str) -> None:
        self.folder = folder
        self.organisation = organisation

    @classmethod
    def open(
        cls, folder: Path, organisation: str, legal_entities: Sequence[Entity] = (), *, now: datetime
    ) -> KeyRing:
        """The ring in `folder`, made when absent; seals of `legal_entities` exist afterwards.

        Raises KeysUnusable when others may read the folder or a pair is incomplete.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_mode & 0o077:
            raise KeysUnusable(f"{folder} must be readable by its owner alone: chmod 700 it")
        ring = cls(folder, organisation)
        with ring._locked():
            ring._make_missing(now)
        for entity in legal_entities:
            ring.seal(entity, now)
        return ring

    # What others use

    @property
    def root(self) -> x509.Certificate:
        """The certificate that verifiers pin."""
        return self._certificate("root")

    @property
    def tsa(self) -> SealKey:
        return SealKey(self._key("tsa"), self._certificate("tsa"))

    @property
    def enrolment(self) -> tuple[ed25519.Ed25519PrivateKey, x509.Certificate]:
        """The key that signs device statements, and the root's word for it."""
        return self._enrolment_key(), self._certificate("enrolment")

    @property
    def statement(self) -> ec.EllipticCurvePrivateKey:
        """The key that signs statements for tablets (identity/statement.py)."""
        return self._key("statement")

    @property
    def mark(self) -> str:
        """Tells these keys from others without telling them: what a backup of the database notes of its keys."""
        return hmac.new(self._bytes("master"), b"singgah-keys/1", hashlib.sha256).hexdigest()[:16]

    @cached_property
    def secret(self) -> bytes:
        """32 bytes for HMACs (sessions, nonces, signed cookies)."""
        return self._bytes("secret")

    @property
    def recovery_jwk(self) -> dict[str, str]:
        """Public half of the recovery key, as tablets get it."""
        return public_jwk(self._key("recovery").public_key())

    def seal(self, entity: Entity, now: datetime) -> SealKey:
        """The entity's seal. Made when absent; a key older than its year of use is destroyed and followed by
        a new one, while reports sealed before stay valid by their certificate."""
        if not ENTITY_ID.fullmatch(entity.id):
            raise KeysUnusable("a legal entity's id is letters, digits and hyphens")
        name = f"seal-{entity.id}"
        with self._locked():
            if not self._has(name) or _used_up(self._certificate(name), now):
                self._issue_seal(name, entity, now)
            return SealKey(self._key(name), self._certificate(name), entity.id)

    def crl(self, now: datetime) -> x509.CertificateRevocationList:
        """A revocation list that is good at `now` and for at least 14 days more."""
        with self._locked():
            path = self.folder / "crl.der"
            if path.exists():
                current = x509.load_der_x509_crl(path.read_bytes())
                until = current.next_update_utc
                if until and until - now >= RENEW_CRL and current.last_update_utc <= now:
                    return current
            return self._write_crl(now)

    def revoke(
        self, serial: int, now: datetime, reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise
    ) -> None:
        """Put a certificate on the revocation list from `now` on; its reports stamped earlier stay valid."""
        with self._locked():
            lines = [*self._revoked(), Revoked(serial, now, reason)]
            self._write("revoked.json", json.dumps([_as_json(line) for line in lines]).encode())
            self._write_crl(now)

    def wrap_key(self, key: bytes, context: str) -> bytes:
        """See envelopes.wrap_key; the master key stays in the ring."""
        return envelopes.wrap_key(self._bytes("master"), key, context)

    def unwrap_key(self, wrapped: bytes, context: str) -> bytes:
        """See envelopes.unwrap_key. Raises EnvelopeInvalid."""
        return envelopes.unwrap_key(self._bytes("master"), wrapped, context)

    def open_recovery(self, envelope: bytes | str | Mapping[str, Any], device: str) -> bytes:
        """What a tablet sealed for the organisation. Raises EnvelopeInvalid."""
        return open_recovery(self._key("recovery"), envelope, device)

    # Making

    def _make_missing(self, now: datetime) -> None:
        if not self._has("root"):
            root = ec.generate_private_key(ec.SECP256R1())
            self._keep("root", root, certificates.make_root(root, self.organisation, now))
        if not self._has("tsa"):
            tsa = ec.generate_private_key(ec.SECP256R1())
            made = certificates.make_tsa(self._issuer(), tsa.public_key(), self.organisation, now)
            self._keep("tsa", tsa, made)
        if not self._has("enrolment"):
            enrolment = ed25519.Ed25519PrivateKey.generate()
            made = certificates.make_enrolment(self._issuer(), enrolment.public_key(), self.organisation, now)
            self._keep("enrolment", enrolment, made)
        for name in BARE:
            if not (self.folder / f"{name}.key").exists():
                self._write(f"{name}.key", _pem(ec.generate_private_key(ec.SECP256R1())))
        for name in ("master", "secret"):
            if not (self.folder / f"{name}.key").exists():
                self._write(f"{name}.key", secrets.token_bytes(32))

    def _issue_seal(self, name: str, entity: Entity, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self._keep(name, key, certificates.make_seal(self._issuer(), key.public_key(), entity, now))

    def _write_crl(self, now: datetime) -> x509.CertificateRevocationList:
        made = certificates.make_crl(self._issuer(), self._revoked(), now)
        self._write("crl.der", made.public_bytes(Encoding.DER))
        return made

    def _revoked(self) -> list[Revoked]:
        path = self.folder / "revoked.json"
        lines = json.loads(path.read_bytes()) if path.exists() else []
        return [
            Revoked(int(r["serial"]), datetime.fromisoformat(r["at"]), x509.ReasonFlags(r["reason"]))
            for r in lines
        ]

    def _issuer(self) -> Issuer:
        return Issuer(self._key("root"), self._certificate("root"))

    # Files

    def _keep(
        self, name: str, key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, made: x509.Certificate
    ) -> None:
        # One file for the pair: a crash between two files would leave a key without its certificate.
        self._write(f"{name}.pem", _pem(key) + made.public_bytes(Encoding.PEM))
        if name == "root":
            self._write("root-certificate.pem", made.public_bytes(Encoding.PEM))

    def _has(self, name: str) -> bool:
        return (self.folder / f"{name}.pem").exists()

    def _certificate(self, name: str) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / f"{name}.pem").read_bytes())

    def _key(self, name: str) -> ec.EllipticCurvePrivateKey:
        path = self.folder / (f"{name}.key" if name in BARE else f"{name}.pem")
        key = load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise KeysUnusable(f"{path.name} holds another kind of key")
        return key

    def _enrolment_key(self) -> ed25519.Ed25519PrivateKey:
        key = load_pem_private_key((self.folder / "enrolment.pem").read_bytes(), password=None)
        if not isinstance(key, ed25519.Ed25519PrivateKey):
            raise KeysUnusable("enrolment.pem holds another kind of key")
        return key

    def _bytes(self, name: str) -> bytes:
        data = (self.folder / f"{name}.key").read_bytes()
        if len(data) != envelopes.KEY_BYTES:
            raise KeysUnusable(f"{name}.key must hold 32 bytes")
        return data

    def _write(self, name: str, data: bytes) -> None:
        replace_file(self.folder / name, data)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with os.fdopen(os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _as_json(revoked: Revoked) -> dict[str, str]:
    return {"serial": str(revoked.serial), "at": revoked.at.isoformat(), "reason": revoked.reason.value}


def _used_up(seal: x509.Certificate, now: datetime) -> bool:
    until = seal.extensions.get_extension_for_class(x509.PrivateKeyUsagePeriod).value.not_after
    return until is None or now >= until.replace(tzinfo=now.tzinfo)


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
