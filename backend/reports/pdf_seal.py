"""The cryptography of the seal: signature, certificate to the pinned root, time stamp, revocation, coverage.

The signature's container is taken apart by hand first (container.py), so that no byte outside the signed digest can
be changed unseen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl as asn1_crl
from asn1crypto import tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from backend.core.certificates import DOCUMENT_SIGNING
from backend.reports.container import take_apart
from backend.reports.pdf_structure import Sealed
from backend.reports.sign import as_asn1
from backend.reports.verification import Failed

REVISIONS = 2  # what was printed, and the seal


@dataclass(frozen=True)
class Seal:
    """What the signature says once it is taken apart; nothing here is trusted before the checks below."""

    status: PdfSignatureStatus
    certificate: x509.Certificate
    stamped_at: datetime

    @property
    def organisation(self) -> str:
        """The legal entity that the seal's certificate names."""
        names = self.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        return str(names[0].value) if names else ""


def check_seal(
    sealed: Sealed, roots: Sequence[x509.Certificate], crls: Sequence[x509.CertificateRevocationList] = ()
) -> Seal:
    """CMS valid over SHA-256, certificate to a pinned root with its key uses, not revoked before the stamp."""
    container = take_apart(sealed.contents)
    stamped_at: datetime = tsp.TSTInfo.load(container.stamp.info)["gen_time"].native
    leaf = x509.load_der_x509_certificate(container.certificate)
    _check_uses(leaf)
    _check_not_revoked(leaf, roots, crls, stamped_at)
    status = asyncio.run(_validated(sealed, roots, stamped_at))
    if not (status.intact and status.valid):
        raise Failed("the sealed bytes were changed")
    if not status.trusted:
        raise Failed("the seal's certificate does not lead to the pinned root")
    if status.md_algorithm != "sha256":
        raise Failed("the seal uses another digest than SHA-256")
    return Seal(status, leaf, stamped_at)


def check_time_stamp(seal: Seal) -> None:
    """The token is valid to the same root and lies within the year in which the seal's key was used."""
    stamp = seal.status.timestamp_validity
    if stamp is None or not (stamp.intact and stamp.valid and stamp.trusted):
        raise Failed("the time stamp does not hold")
    use = seal.certificate.extensions.get_extension_for_class(x509.PrivateKeyUsagePeriod).value
    first, last = use.not_before, use.not_after
    at = seal.stamped_at.replace(tzinfo=None)
    if first is None or last is None or not first.replace(tzinfo=None) <= at <= last.replace(tzinfo=None):
        raise Failed("the file was stamped outside the seal key's period of use")


def check_coverage(sealed: Sealed, seal: Seal) -> None:
    """The signature covers the entire file, nothing was modified, and there is no revision but the two."""
    if seal.status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise Failed("the seal does not cover the entire file")
    if seal.status.modification_level != ModificationLevel.NONE or not seal.status.bottom_line:
        raise Failed("the file was modified after sealing")
    if sealed.reader.xrefs.total_revisions != REVISIONS:
        raise Failed("the file has other revisions than the printed one and the seal")


async def _validated(sealed: Sealed, roots: Sequence[x509.Certificate], at: datetime) -> PdfSignatureStatus:
    def context() -> ValidationContext:
        return ValidationContext(
            trust_roots=[as_asn1(root) for root in roots],
            crls=_inner_lists(sealed),
            allow_fetching=False,
            moment=at,
            revocation_mode="require",
        )

    uses = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
    return await async_validate_pdf_signature(
        sealed.signature,
        signer_validation_context=context(),
        ts_validation_context=context(),
        key_usage_settings=uses,
    )


def _inner_lists(sealed: Sealed) -> list[asn1_crl.CertificateList]:
    lists = sealed.reader.root["/DSS"]["/CRLs"]
    return [asn1_crl.CertificateList.load(lists[index].data) for index in range(len(lists))]


def _check_uses(leaf: x509.Certificate) -> None:
    try:
        granted = set(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound as fault:
        raise Failed("the seal's certificate names no purpose") from fault
    if granted != {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}:
        raise Failed("the seal's certificate was not made for documents")


def _check_not_revoked(
    leaf: x509.Certificate,
    roots: Sequence[x509.Certificate],
    crls: Sequence[x509.CertificateRevocationList],
    at: datetime,
) -> None:
    """Lists given from outside may be newer than the one inside."""
    for revocations in crls:
        if not any(revocations.is_signature_valid(root.public_key()) for root in roots):  # type: ignore[arg-type] # a root is EC
            raise Failed("the revocation list given was not signed by the pinned root")
        line = revocations.get_revoked_certificate_by_serial_number(leaf.serial_number)
        if line is not None and line.revocation_date_utc <= at:
            raise Failed("the seal's certificate was revoked before the time stamp")
