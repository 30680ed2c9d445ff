import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backend.core.certificates import DOCUMENT_SIGNING
from backend.core.envelopes import EnvelopeInvalid, public_jwk, seal_recovery
from backend.core.keyring import Entity, KeyRing, KeysUnusable

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ENTITY = Entity("01936000-0000-7000-8000-0000000000e1", "Tanjong IT Services Pte Ltd", "201912345K")


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.open(tmp_path / "keys", "Tanjong IT", [ENTITY], now=NOW)


def test_everything_is_readable_by_its_owner_alone(ring: KeyRing) -> None:
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in ring.folder.iterdir()} == {0o600}


def test_a_folder_that_others_may_read_is_refused(ring: KeyRing) -> None:
    ring.folder.chmod(0o750)
    with pytest.raises(KeysUnusable, match="chmod 700"):
        KeyRing.open(ring.folder, "Tanjong IT", now=NOW)


def test_opening_again_finds_the_same_keys(ring: KeyRing) -> None:
    again = KeyRing.open(ring.folder, "Tanjong IT", [ENTITY], now=NOW + timedelta(days=3))
    assert again.root == ring.root
    assert again.secret == ring.secret
    assert again.seal(ENTITY, NOW).certificate == ring.seal(ENTITY, NOW).certificate


def test_many_that_open_at_once_agree_on_one_root(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.open(tmp_path / "k", "T", [ENTITY], now=NOW), range(8)))
    assert len({ring.root.serial_number for ring in rings}) == 1
    assert len({ring.seal(ENTITY, NOW).certificate.serial_number for ring in rings}) == 1


def test_the_seal_names_the_legal_entity_and_its_purposes(ring: KeyRing) -> None:
    seal = ring.seal(ENTITY, NOW).certificate
    [name] = seal.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    purposes = set(seal.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    uses = seal.extensions.get_extension_for_class(x509.KeyUsage).value
    assert name.value == "Tanjong IT Services Pte Ltd"
    assert purposes == {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}
    assert (uses.digital_signature, uses.content_commitment, uses.key_cert_sign) == (True, True, False)
    seal.verify_directly_issued_by(ring.root)


def test_certificates_outlive_each_other_in_the_right_order(ring: KeyRing) -> None:
    ends = [
        c.not_valid_after_utc for c in (ring.seal(ENTITY, NOW).certificate, ring.tsa.certificate, ring.root)
    ]
    assert ends == sorted(ends)
    assert ends[0] - NOW >= timedelta(days=10 * 365)


def test_the_time_stamping_purpose_is_critical_and_alone(ring: KeyRing) -> None:
    purpose = ring.tsa.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert purpose.critical
    assert list(purpose.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def test_a_seal_key_is_used_for_a_year_and_then_destroyed(ring: KeyRing) -> None:
    before = ring.seal(ENTITY, NOW + timedelta(days=364))
    after = ring.seal(ENTITY, NOW + timedelta(days=366))
    kept = b"".join(path.read_bytes() for path in ring.folder.glob("seal-*"))
    assert after.certificate.serial_number != before.certificate.serial_number
    assert kept.count(b"BEGIN PRIVATE KEY") == 1


def test_the_revocation_list_is_renewed_before_it_runs_out(ring: KeyRing) -> None:
    first, same, later = (ring.crl(NOW + timedelta(days=days)) for days in (0, 10, 20))
    assert same == first
    assert later.last_update_utc > first.last_update_utc
    assert later.is_signature_valid(ring.root.public_key())  # type: ignore[arg-type] # the root is EC


def test_a_revoked_seal_is_on_the_list_for_ever(ring: KeyRing) -> None:
    serial = ring.seal(ENTITY, NOW).certificate.serial_number
    ring.revoke(serial, NOW)
    listed = ring.crl(NOW + timedelta(days=100)).get_revoked_certificate_by_serial_number(serial)
    assert listed is not None
    assert listed.revocation_date_utc == NOW


@pytest.mark.parametrize("name", ["../root", "", "a/b", ".hidden", "x" * 65])
def test_an_entity_id_is_never_a_path(ring: KeyRing, name: str) -> None:
    with pytest.raises(KeysUnusable):
        ring.seal(Entity(name, "x"), NOW)


def test_a_long_name_is_cut_to_what_a_certificate_holds(ring: KeyRing) -> None:
    seal = ring.seal(Entity("long", "L" * 200), NOW).certificate
    assert seal.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "L" * 64


def test_a_tablet_seals_for_the_ring_and_nobody_else_opens(ring: KeyRing, tmp_path: Path) -> None:
    envelope = seal_recovery(ring.recovery_jwk, b"the tablet's key", "device-1")
    other = KeyRing.open(tmp_path / "other", "Other", now=NOW)
    assert set(json.loads(envelope)) == {"epk", "iv", "ct"}
    assert ring.open_recovery(envelope, "device-1") == b"the tablet's key"
    with pytest.raises(EnvelopeInvalid):
        other.open_recovery(envelope, "device-1")
    with pytest.raises(EnvelopeInvalid, match="another device"):
        ring.open_recovery(envelope, "device-2")


@pytest.mark.parametrize(
    "change",
    [
        {"iv": "AAAA"},
        {"ct": "!"},
        {"epk": {}},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}},
        {"epk": 5},
    ],
)
def test_a_malformed_recovery_envelope_is_refused_by_name(ring: KeyRing, change: dict[str, object]) -> None:
    envelope = {**json.loads(seal_recovery(ring.recovery_jwk, b"x", "d")), **change}
    with pytest.raises(EnvelopeInvalid):
        ring.open_recovery(envelope, "d")


def test_a_wrapped_data_key_belongs_to_its_visit(ring: KeyRing) -> None:
    key = os.urandom(32)
    wrapped = ring.wrap_key(key, "visit:a")
    assert ring.unwrap_key(wrapped, "visit:a") == key
    for bad, context in ((wrapped, "visit:b"), (wrapped[:-1], "visit:a"), (bytes(60), "visit:a")):
        with pytest.raises(EnvelopeInvalid):
            ring.unwrap_key(bad, context)


def test_a_private_key_is_not_taken_for_a_public_one(ring: KeyRing) -> None:
    jwk = {**public_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()), "d": "AA"}
    with pytest.raises(ValueError, match="public"):
        seal_recovery(jwk, b"x", "d")
