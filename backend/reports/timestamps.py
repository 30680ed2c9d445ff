"""The internal time-stamping authority: RFC 3161 tokens made in this process with the ring's TSA key.

A token of one's own authority orders reports and bounds the seal's time; it is not an independent witness.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper

from backend.core.keyring import SealKey

POLICY = "2.25.239181440203877116571904522683114208617"
"""A policy of our own under the UUID arc: "stamped by the installation's clock"."""

ALGORITHM = "sha256"


class InternalTimeStamper(TimeStamper):
    """Stamps at `now` (aware UTC): the time is an argument, like everywhere."""

    def __init__(self, authority: SealKey, now: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # pyHanko types it half
        self._authority = authority
        self._now = now.replace(microsecond=0)
        der = authority.certificate.public_bytes(Encoding.DER)
        self._certificate = x509.Certificate.load(der)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer to a request over a SHA-256 digest; anything else is refused."""
        imprint = req["message_imprint"]
        if imprint["hash_algorithm"]["algorithm"].native != ALGORITHM:
            return tsp.TimeStampResp({"status": {"status": "rejection", "fail_info": {"bad_alg"}}})
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self._token(req)})

    def _token(self, req: tsp.TimeStampReq) -> cms.ContentInfo:
        info = self._info(req).dump()
        attributes = signed_attributes("tst_info", info, self._certificate)
        signature = self._authority.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        return token_of(info, self._certificate, attributes, signature)

    def _info(self, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        values = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(63) | 1 << 62,
            "gen_time": core.GeneralizedTime(self._now),
            "accuracy": {"seconds": 1},
            "tsa": x509.GeneralName("directory_name", self._certificate.subject),
        }
        if req["nonce"].native is not None:
            values["nonce"] = req["nonce"]
        return tsp.TSTInfo(values)


def signed_attributes(kind: str, content: bytes, certificate: x509.Certificate) -> cms.CMSAttributes:
    """Content type, digest, and the binding to one certificate (RFC 5035)."""
    essential = tsp.SigningCertificateV2(
        {
            "certs": [
                {
                    "hash_algorithm": {"algorithm": ALGORITHM},
                    "cert_hash": hashlib.sha256(certificate.dump()).digest(),
                    "issuer_serial": {
                        "issuer": x509.GeneralNames([x509.GeneralName("directory_name", certificate.issuer)]),
                        "serial_number": certificate.serial_number,
                    },
                }
            ]
        }
    )
    return cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": [kind]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(content).digest()]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [essential]}),
        ]
    )


def token_of(
    info: bytes, certificate: x509.Certificate, attributes: cms.CMSAttributes, signature: bytes
) -> cms.ContentInfo:
    """The one form in which our tokens are written (container.py holds them to it)."""
    digest = algos.DigestAlgorithm({"algorithm": ALGORITHM})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                )
            },
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signature,
        }
    )
    content = cms.EncapsulatedContentInfo(
        {"content_type": "tst_info", "content": cms.ParsableOctetString(info)}
    )
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [digest],
            "encap_content_info": content,
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})
