"""A seal's container (CMS) and its time stamp, taken apart by hand and held to the one form in which they are written.

Versions, algorithm names and embedded certificates lie outside the signed digest, and a library reads many spellings
of them. Here every part that is not signed has one permitted spelling.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.reports.der import NotDer, children, content
from backend.reports.verification import Failed


def _oid(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


SIGNED_DATA = _oid("06092a864886f70d010702")
DATA = _oid("06092a864886f70d010701")
TST_INFO = _oid("060b2a864886f70d0109100104")
STAMP = _oid("060b2a864886f70d010910020e")
CONTENT_TYPE = _oid("06092a864886f70d010903")
MESSAGE_DIGEST = _oid("06092a864886f70d010904")
SIGNING_CERTIFICATE = _oid("060b2a864886f70d010910022f")
SHA256 = _oid("300d06096086480165030402010500")
ECDSA_SHA256 = _oid("300a06082a8648ce3d040302")
ONE, THREE = b"\x02\x01\x01", b"\x02\x01\x03"
SEQUENCE, SET, OCTETS, FIRST, SECOND = 0x30, 0x31, 0x04, 0xA0, 0xA1


@dataclass(frozen=True)
class Stamp:
    """A token: the DER of its TSTInfo and of the authority's certificate."""

    info: bytes
    certificate: bytes


@dataclass(frozen=True)
class Container:
    """A seal's container: the DER of the certificate, and the token inside."""

    certificate: bytes
    stamp: Stamp


def take_apart(data: bytes) -> Container:
    """The parts of a container. Raises Failed for every spelling but that of a seal."""
    try:
        certificate, signer = _signed_data(data, ONE, [DATA])
        unsigned = _signer(signer, certificate)
        if len(unsigned) != 1:
            raise Failed("the signature carries no time stamp")
        [attribute] = children(_tagged(unsigned[0], SECOND))
        kind, values = children(_tagged(attribute, SEQUENCE))
        [token] = children(_tagged(values, SET))
        if kind != STAMP:
            raise Failed("the signature carries no time stamp")
        return Container(certificate, _stamp(token))
    except (NotDer, ValueError) as fault:
        raise Failed("the signature is not spelled as a seal is") from fault


def _stamp(token: bytes) -> Stamp:
    [_, outer] = children(token)
    [signed] = children(outer)
    kind, wrapped = children(children(signed)[2])
    [octets] = children(_tagged(wrapped, FIRST))
    certificate, signer = _signed_data(token, THREE, [TST_INFO, wrapped])
    _same(bool(_signer(signer, certificate)), False)
    _same(kind, TST_INFO)
    return Stamp(content(_tagged(octets, OCTETS)), certificate)


def _signed_data(data: bytes, version: bytes, inner: list[bytes]) -> tuple[bytes, bytes]:
    """The certificate and the signer of a SignedData with one of each, over `inner`."""
    kind, outer = children(_tagged(data, SEQUENCE))
    [signed] = children(_tagged(outer, FIRST))
    found, digests, encapsulated, certificates, signers = children(_tagged(signed, SEQUENCE))
    _same((kind, found), (SIGNED_DATA, version))
    _same(children(_tagged(digests, SET)), [SHA256])
    _same(children(_tagged(encapsulated, SEQUENCE)), inner)
    [certificate] = children(_tagged(certificates, FIRST))
    [signer] = children(_tagged(signers, SET))
    return certificate, signer


def _signer(signer: bytes, certificate: bytes) -> list[bytes]:
    """Holds the signer to its form and gives what follows the signature."""
    version, name, digest, attributes, algorithm, signature, *rest = children(_tagged(signer, SEQUENCE))
    _same((version, digest, algorithm), (ONE, SHA256, ECDSA_SHA256))
    _same(children(_tagged(name, SEQUENCE)), _issuer_and_serial(certificate))
    kinds = [children(_tagged(attribute, SEQUENCE))[0] for attribute in children(_tagged(attributes, FIRST))]
    _same(sorted(kinds), sorted([CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_CERTIFICATE]))
    r_and_s = children(_tagged(content(_tagged(signature, OCTETS)), SEQUENCE))
    _same([number[0] for number in r_and_s], [ONE[0], ONE[0]])
    return rest


def _issuer_and_serial(certificate: bytes) -> list[bytes]:
    body = children(_tagged(certificate, SEQUENCE))[0]
    _, serial, _, issuer = children(body)[:4]
    return [issuer, serial]


def _tagged(element: bytes, tag: int) -> bytes:
    if element[:1] != bytes([tag]):
        raise NotDer("an element of another kind")
    return element


def _same(found: object, wanted: object) -> None:
    if found != wanted:
        raise Failed("the signature is not spelled as a seal is")
