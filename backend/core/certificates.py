"""X.509 for the embedded default: one root, its leaves and its revocation list.

All keys are ECDSA P-256 except the enrolment key (Ed25519). A seal carries EKU documentSigning *and*
emailProtection because poppler knows only the second, and its certificate lives longer than the reports
it seals while its key is used for one year (PrivateKeyUsagePeriod says so).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""RFC 9336."""

YEAR = timedelta(days=365)
ROOT_LIFE = 25 * YEAR
SEAL_LIFE = 11 * YEAR
SEAL_USE = YEAR
TSA_LIFE = 13 * YEAR
ENROLMENT_LIFE = 13 * YEAR
CRL_LIFE = timedelta(days=30)
SKEW = timedelta(minutes=5)
"""How far before its making a certificate or list is valid, for clocks that disagree."""

NAME_LIMIT = 64  # X.520 upper bounds of commonName and organizationName

USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True)
class Entity:
    """A legal entity as the seal's subject names it: a UUID and two free texts."""

    id: str
    name: str
    registration: str = ""


@dataclass(frozen=True)
class Revoked:
    """One line of the revocation list: decimal serial, when, and the reason of RFC 5280 5.3.1."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags


@dataclass(frozen=True)
class Issuer:
    """The root's key and certificate: whoever holds it can issue."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def make_root(key: ec.EllipticCurvePrivateKey, organisation: str, now: datetime) -> x509.Certificate:
    """The organisation's own root, 25 years, signing certificates and lists only."""
    name = _name(organisation, f"{organisation} Root")
    return (
        _builder(name, name, key.public_key(), now, ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .sign(key, hashes.SHA256())
    )


def make_seal(issuer: Issuer, key: PublicKey, entity: Entity, now: datetime) -> x509.Certificate:
    """The company seal of one legal entity: 11 years valid, its key used for one."""
    name = _name(entity.name, f"{entity.name} Company Seal", entity.registration)
    use = x509.PrivateKeyUsagePeriod(not_before=_whole(now - SKEW), not_after=_whole(now + SEAL_USE))
    return (
        _leaf(issuer, name, key, now, SEAL_LIFE)
        .add_extension(_usage("digital_signature", "content_commitment"), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(use, critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def make_tsa(issuer: Issuer, key: PublicKey, organisation: str, now: datetime) -> x509.Certificate:
    """The internal time-stamping authority: timeStamping alone, critical (RFC 3161 2.3)."""
    return (
        _leaf(issuer, _name(organisation, f"{organisation} Time Stamping"), key, now, TSA_LIFE)
        .add_extension(_usage("digital_signature"), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )


ENROLMENT_UNIT = "Device Enrolment"


def make_enrolment(issuer: Issuer, key: PublicKey, organisation: str, now: datetime) -> x509.Certificate:
    """Certifies the Ed25519 key that signs device statements, so that the pinned root covers them too."""
    subject = _name(organisation, f"{organisation} Device Enrolment", unit=ENROLMENT_UNIT)
    return (
        _leaf(issuer, subject, key, now, ENROLMENT_LIFE)
        .add_extension(_usage("digital_signature"), critical=True)
        .sign(issuer.key, hashes.SHA256())
    )


def make_crl(issuer: Issuer, revoked: Sequence[Revoked], now: datetime) -> x509.CertificateRevocationList:
    """The root's revocation list, good for 30 days. Its number is the second of its making."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(_whole(now - SKEW))
        .next_update(_whole(now + CRL_LIFE))
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(_authority(issuer), critical=False)
    )
    for line in revoked:
        builder = builder.add_revoked_certificate(_line(line))
    return builder.sign(issuer.key, hashes.SHA256())


def _line(revoked: Revoked) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(revoked.serial)
        .revocation_date(_whole(revoked.at))
        .add_extension(x509.CRLReason(revoked.reason), critical=False)
        .build()
    )


def _leaf(
    issuer: Issuer, subject: x509.Name, key: PublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    end = min(now + life, issuer.certificate.not_valid_after_utc)
    return (
        _builder(subject, issuer.certificate.subject, key, now, end - now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_authority(issuer), critical=False)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_whole(now - SKEW))
        .not_valid_after(_whole(now + life))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _name(organisation: str, common: str, registration: str = "", unit: str = "") -> x509.Name:
    parts = [
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        (NameOID.ORGANIZATION_IDENTIFIER, registration),
        (NameOID.COMMON_NAME, common),
    ]
    return x509.Name([x509.NameAttribute(oid, text[:NAME_LIMIT]) for oid, text in parts if text])


def _usage(*granted: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{name: name in granted for name in USES})


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
