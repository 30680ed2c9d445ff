"""The company seal: one revision, nothing may follow it, with its time stamp and its revocation list inside.

PAdES B-LT as a certification signature that allows no change (DocMDP P=1). The DSS lies in the same revision as
the signature, because readers call a P=1 signature broken after any appended byte. No token, no seal: the seal is
never made weaker than this.
"""

from __future__ import annotations

import io
import logging
from datetime import datetime
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import keys, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSigningSession, SigDSSPlacementPreference
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from backend.core.keyring import KeyRing, SealKey
from backend.reports.timestamps import InternalTimeStamper

# It warns at every seal that nothing may be fetched, which is what we want, and logs a traceback for every
# certificate that leads nowhere, which our check says in words.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

FIELD = "Seal"


class SealFailed(Exception):
    """No seal was made; the message is one sentence. The report waits, it is never sealed more weakly."""


class _SignerAt(signers.PdfSigner):
    """pyHanko's signer with the time as an argument instead of the machine's."""

    def __init__(self, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._now
        return session


def seal_pdf(pdf: bytes, ring: KeyRing, seal: SealKey, now: datetime, reason: str = "") -> bytes:
    """The sealed file: `pdf` is its unchanged beginning. `now` is aware UTC. Raises SealFailed."""
    out = io.BytesIO()
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
        _signer(ring, seal, now, reason).sign_pdf(writer, output=out)
    except Exception as fault:  # whatever goes wrong in there, there is no seal
        raise SealFailed(f"{type(fault).__name__}: {fault}") from fault
    return out.getvalue()


def _signer(ring: KeyRing, seal: SealKey, now: datetime, reason: str) -> signers.PdfSigner:
    now = now.replace(microsecond=0)
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        subfilter=fields.SigSeedSubFilter.PADES,
        embed_validation_info=True,
        validation_context=_trust(ring, now),
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
        cades_signed_attr_spec=CAdESSignedAttrSpec(),
        name=_organisation(seal.certificate),
        reason=reason or None,
    )
    return _SignerAt(
        now,
        metadata,
        signer=_simple(seal),
        timestamper=InternalTimeStamper(ring.tsa, now),
        new_field_spec=fields.SigFieldSpec(FIELD, box=None, on_page=0),
    )


def _trust(ring: KeyRing, now: datetime) -> ValidationContext:
    return ValidationContext(
        trust_roots=[as_asn1(ring.root)],
        crls=[asn1_crl.CertificateList.load(ring.crl(now).public_bytes(Encoding.DER))],
        allow_fetching=False,
        moment=now,
        revocation_mode="require",
    )


def _simple(seal: SealKey) -> signers.SimpleSigner:
    der = seal.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=as_asn1(seal.certificate),
        signing_key=keys.PrivateKeyInfo.load(der),
        # Empty: the root stays out of the file, a verifier pins its own copy.
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call] # pyHanko types it half
    )


def as_asn1(certificate: Certificate) -> x509.Certificate:
    """The same certificate in the type of asn1crypto."""
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _organisation(certificate: Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else ""
