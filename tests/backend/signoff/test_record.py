"""The law of the record: hostile spellings, foreign signatures, ink that is none."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec

from backend.core.envelopes import b64url, unb64url
from backend.signoff import record
from backend.signoff.envelope import P256_ORDER
from backend.signoff.record import (
    RecordInvalid,
    SignatureInvalid,
    read_document,
    read_record,
    thumbprint,
    verify_envelope,
)
from tests.backend.signoff.signing import INK, Tablet, document, record_value, sign_off, small_documents

SIGNOFF = Path(record.__file__).parent
TABLET = Tablet()
GOOD = record_value(small_documents(), TABLET)
BYTES = rfc8785.dumps(GOOD)


def spelled(change: Callable[[dict[str, Any]], object]) -> bytes:
    value = json.loads(BYTES)
    change(value)
    return rfc8785.dumps(value)


def refusal(data: bytes) -> RecordInvalid:
    with pytest.raises(RecordInvalid) as caught:
        read_record(data)
    return caught.value


def test_a_lawful_record_is_read_with_its_identity() -> None:
    found = read_record(BYTES)
    assert found.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert found.is_signed_by_client
    assert [ref.kind for ref in found.documents] == ["visit", "shown", "signer", "ink"]
    assert (len(found.receipt_code), found.receipt_code[4]) == (9, "-")


SPELLINGS = {
    "a key twice": BYTES.replace(b'"base":90412', b'"base":90412,"base":90412'),
    "unsorted keys": json.dumps(dict(reversed(GOOD.items())), separators=(",", ":")).encode(),
    "spaces": json.dumps(GOOD, sort_keys=True).encode(),
    "1.0": BYTES.replace(b"90412", b"90412.0"),
    "1e2": BYTES.replace(b'"base":90412', b'"base":1e2'),
    "-0": BYTES.replace(b'"base":90412', b'"base":-0'),
    "2^53 + 2": BYTES.replace(b'"base":90412', b'"base":9007199254740994'),
    "NaN": BYTES.replace(b'"base":90412', b'"base":NaN'),
    "Infinity": BYTES.replace(b'"base":90412', b'"base":Infinity'),
    "a lone surrogate": BYTES.replace(b'"1.8.2"', b'"\\ud800"'),
    "a BOM": b"\xef\xbb\xbf" + BYTES,
    "a trailing newline": BYTES + b"\n",
    "a deep nest": b"[" * 100_000 + b"]" * 100_000,
    "a long integer": BYTES.replace(b'"base":90412', b'"base":' + b"9" * 5_000),
    "NUL": BYTES.replace(b'"1.8.2"', b'"1.8\\u00002"'),
    "an escaped letter": BYTES.replace(b'"1.8.2"', b'"\\u0031.8.2"'),
    "not UTF-8": BYTES.replace(b'"1.8.2"', b'"\xff"'),
    "nothing": b"",
    "too large": BYTES + b" " * 32 * 1024,
}


@pytest.mark.parametrize("data", SPELLINGS.values(), ids=SPELLINGS)
def test_one_spelling_only(data: bytes) -> None:
    assert refusal(data).code


@pytest.mark.parametrize("name", ["is_admin", "status", "org_id", "__proto__"])
def test_an_unknown_key_is_refused_by_name(name: str) -> None:
    fault = refusal(spelled(lambda value: value.update({name: True})))
    assert (fault.code, fault.field) == ("unknown_key", name)


#    change                                                            code               field
FIELDS: list[tuple[Callable[[dict[str, Any]], object], str, str]] = [
    (lambda v: v.update(base=True), "wrong_type", "base"),
    (lambda v: v.update(base="5"), "wrong_type", "base"),
    (lambda v: v.update(base=-1), "out_of_range", "base"),
    (lambda v: v.pop("site"), "missing_key", "site"),
    (lambda v: v.update(schema="singgah.signoff/2"), "not_a_choice", "schema"),
    (lambda v: v.update(visit="V-7K3-9"), "not_an_id", "visit"),
    (lambda v: v.update(org=v["org"].upper().replace("0193", "ABCD")), "not_an_id", "org"),
    (lambda v: v["device"].update(jkt="short"), "not_a_thumbprint", "device.jkt"),
    (lambda v: v["device"].update(seq=0), "out_of_range", "device.seq"),
    (lambda v: v["clock"].update(device="2026-11-23T03:40:12Z"), "not_a_time", "clock.device"),
    (lambda v: v["clock"].update(device="2026-02-30T03:40:12.000Z"), "not_a_time", "clock.device"),
    (lambda v: v["clock"].update(offset_age_s=-1), "out_of_range", "clock.offset_age_s"),
    (lambda v: v.update(outcome="delighted"), "not_a_choice", "outcome"),
    (lambda v: v.update(outcome="declined"), "declined_without_reason", "declined"),
    (lambda v: v.update(declined="busy"), "reason_without_decline", "declined"),
    (lambda v: v.update(locale="fr"), "not_a_choice", "locale"),
    (lambda v: v["documents"].pop(), "missing_document", "documents.ink"),
    (lambda v: v["documents"].append(v["documents"][0]), "too_many", "documents.visit"),
    (lambda v: v["documents"][1].update(id=v["documents"][0]["id"]), "document_twice", "documents.id"),
    (lambda v: v["documents"][0].update(bytes=256 * 1024 + 1), "out_of_range", "documents.0.bytes"),
    (lambda v: v["documents"][0].update(kind="diary"), "not_a_choice", "documents.0.kind"),
    (lambda v: v["documents"][0].update(sha256="AB" * 32), "not_a_digest", "documents.0.sha256"),
    (lambda v: v.update(documents=[]), "too_few", "documents"),
    (lambda v: v["app"].update(version="1\u202e2"), "bidi", "app.version"),
    (lambda v: v["app"].update(version="e\u0301"), "nfc", "app.version"),
    (lambda v: v["app"].update(version="1\x07"), "control", "app.version"),
]


@pytest.mark.parametrize(("change", "code", "field"), FIELDS, ids=[f"{c} {f}" for _, c, f in FIELDS])
def test_a_wrong_field_is_refused_by_name(
    change: Callable[[dict[str, Any]], object], code: str, field: str
) -> None:
    fault = refusal(spelled(change))
    assert (fault.code, fault.field) == (code, field)


def test_a_record_holds_as_many_documents_as_fit_into_its_size() -> None:
    """About 190: the 32 KiB bind before the count of 300 does."""

    def with_more(count: int) -> bytes:
        more = [
            {"kind": "run", "id": f"01936000-0000-7000-8000-{n:012x}", "sha256": f"{n:064x}", "bytes": 9}
            for n in range(count)
        ]
        return spelled(lambda value: value["documents"].extend(more))

    assert len(read_record(with_more(150)).documents) == 154
    assert refusal(with_more(297)).code == "too_large"


@pytest.mark.parametrize("outcome", ["absent", "remote"])
def test_an_outcome_without_the_client_needs_no_ink(outcome: str) -> None:
    signed = sign_off(small_documents()[:1], outcome=outcome, identified_by=None, authorised=None)
    assert not read_record(signed.payload).is_signed_by_client


# Signatures


def swapped(envelope: Mapping[str, str], **parts: str) -> dict[str, str]:
    return {**envelope, **parts}


def raw(r: int, s: int) -> str:
    return b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def signature_refusal(envelope: Any, jwk: Mapping[str, str] = TABLET.jwk) -> str:
    with pytest.raises(SignatureInvalid) as caught:
        verify_envelope(envelope, jwk)
    return caught.value.code


ENVELOPE = TABLET.sign(BYTES)


def test_the_signed_bytes_come_back() -> None:
    assert verify_envelope(ENVELOPE, TABLET.jwk) == BYTES


def test_another_enrolled_tablet_did_not_sign_it() -> None:
    assert signature_refusal(Tablet(scalar=12345).sign(BYTES)) == "key"
    assert signature_refusal(Tablet(scalar=12345).sign(BYTES, kid=TABLET.jkt)) == "signature"


def test_a_key_inside_the_envelope_is_never_trusted() -> None:
    stranger = Tablet(scalar=777)
    assert signature_refusal(stranger.sign(BYTES, jwk=stranger.jwk)) == "header"
    assert signature_refusal(stranger.sign(BYTES, jwk=stranger.jwk, kid=TABLET.jkt)) == "header"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES384", "ES256K", "RS256", "es256", None, ""])
def test_one_algorithm_only(algorithm: str | None) -> None:
    assert signature_refusal(TABLET.sign(BYTES, alg=algorithm)) == "algorithm"


def test_the_public_key_is_no_secret_to_sign_with() -> None:
    header = b64url(rfc8785.dumps({"alg": "HS256", "kid": TABLET.jkt, "typ": "singgah-signoff+json"}))
    mac = hmac.HMAC(rfc8785.dumps(TABLET.jwk), hashes.SHA256())
    mac.update(f"{header}.{b64url(BYTES)}".encode())
    forged = {"protected": header, "payload": b64url(BYTES), "signature": b64url(mac.finalize())}
    assert signature_refusal(forged) == "algorithm"


def test_only_r_and_s_of_32_bytes_each() -> None:
    good = unb64url(ENVELOPE["signature"])
    signed = f"{ENVELOPE['protected']}.{ENVELOPE['payload']}".encode()
    der = TABLET.key.sign(signed, ec.ECDSA(hashes.SHA256()))
    for bad in (der, good[:63], good + b"\0", b"", bytes(64)):
        assert signature_refusal(swapped(ENVELOPE, signature=b64url(bad))) in ("signature", "too_large")


def test_r_and_s_lie_between_nought_and_the_order() -> None:
    good = unb64url(ENVELOPE["signature"])
    r, s = int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
    for pair in ((0, s), (r, 0), (r, P256_ORDER), (P256_ORDER, s), (2**256 - 1, s)):
        assert signature_refusal(swapped(ENVELOPE, signature=raw(*pair))) == "signature"


def test_the_twin_of_a_signature_is_the_same_record() -> None:
    good = unb64url(ENVELOPE["signature"])
    r, s = int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
    twin = swapped(ENVELOPE, signature=raw(r, P256_ORDER - s))
    assert read_record(verify_envelope(twin, TABLET.jwk)).sha256 == read_record(BYTES).sha256


def test_one_changed_bit_of_the_payload_breaks_it() -> None:
    changed = bytes([BYTES[0] ^ 1]) + BYTES[1:]
    assert signature_refusal(swapped(ENVELOPE, payload=b64url(changed))) == "signature"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"signature": ENVELOPE["signature"] + "="}, "signature"),
        ({"payload": ENVELOPE["payload"] + "\n"}, "payload"),
        ({"payload": b64url(b"x" * (32 * 1024 + 1))}, "too_large"),
        ({"protected": b64url(b"[]")}, "algorithm"),
        ({"protected": b64url(b"\xff")}, "header"),
        ({"protected": b64url(b"[" * 400)}, "header"),
        ({"header": "{}"}, "members"),
        ({"payload": 5}, "members"),
    ],
)
def test_a_malformed_envelope_is_refused_by_name(parts: dict[str, Any], code: str) -> None:
    assert signature_refusal({**ENVELOPE, **parts}) == code


def test_the_thumbprint_is_that_of_the_standard() -> None:
    """RFC 7638 over the required members alone, whatever else a key carries."""
    spelled_out = '{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.format(**TABLET.jwk)
    assert thumbprint({**TABLET.jwk, "ext": True}) == b64url(hashlib.sha256(spelled_out.encode()).digest())


# Documents


def composed() -> list[tuple[str, bytes]]:
    """Every document of the vectors that tablet and server compose alike."""
    cases = json.loads((SIGNOFF / "vectors" / "compose.json").read_text("utf-8"))["cases"]
    written = [text for case in cases for text in case["expect"]["documents"]]
    return [(json.loads(text)["kind"], text.encode()) for text in written]


def test_whatever_is_composed_is_accepted() -> None:
    kinds = [read_document(kind, data)["kind"] for kind, data in composed()]
    assert {"visit", "shown", "signer", "ink", "run", "ticket", "times", "photos", "waivers"} <= set(kinds)


def document_refusal(kind: str, data: bytes) -> tuple[str, str]:
    with pytest.raises(RecordInvalid) as caught:
        read_document(kind, data)
    return caught.value.code, caught.value.field


def ink(**changes: Any) -> bytes:
    return document("ink", **{**INK, **changes})


ZIGZAG = [[n % 600, n * 7 % 240] for n in range(4_000)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ink(strokes=[]), "too_few"),
        (ink(strokes=[[]]), "too_few"),
        (ink(strokes=[[[300, 120]]]), "too_little_ink"),
        (ink(strokes=[[[300, 120], [310, 120]]]), "too_little_ink"),
        (ink(strokes=[[[0, 0], [601, 0]]]), "out_of_range"),
        (ink(strokes=[[[0, 0], [-1, 0], [300, 0]]]), "out_of_range"),
        (ink(strokes=[[["0", "0"], ["99", "0"]]]), "wrong_type"),
        (ink(strokes=[[[0, 0, 5], [99, 0, 5]]]), "too_many"),
        (ink(strokes=[ZIGZAG[:100]] * 41), "too_many"),
        (ink(strokes=[ZIGZAG, [[0, 0]]]), "too_many"),
        (ink(strokes="<svg/>"), "wrong_type"),
        (document("ink", svg="<svg/>"), "unknown_key"),
    ],
)
def test_ink_is_strokes_and_enough_of_them(data: bytes, code: str) -> None:
    assert document_refusal("ink", data)[0] == code


def test_forty_strokes_and_four_thousand_points_are_a_signature() -> None:
    strokes = [ZIGZAG[n * 100 : n * 100 + 100] for n in range(40)]
    assert len(read_document("ink", ink(strokes=strokes))["strokes"]) == 40


def test_a_document_of_another_kind_is_refused() -> None:
    assert document_refusal("remark", document("reason", code="busy", text="")) == ("unknown_key", "code")
    assert document_refusal("diary", b"{}") == ("unknown_kind", "diary")


def test_a_name_may_not_be_a_tower_of_marks() -> None:
    def named(name: str) -> bytes:
        return document("signer", name=name, capacity="", contact=None, reference="")

    assert document_refusal("signer", named("x" + "\u0316" * 150)) == ("combining_marks", "name")
    assert document_refusal("signer", named("x" * 201)) == ("too_long", "name")
    assert read_document("signer", named("x" + "\u0316" * 3))["name"]


def test_documents_have_limits_of_size() -> None:
    assert document_refusal("remark", b" " * (256 * 1024 + 1)) == ("too_large", "remark")
    lines = [{"role": "p", "text": "x" * 8_000}] * 9
    shown = document("shown", locale="en", template="t@1", lines=lines)
    assert document_refusal("shown", shown) == ("too_large", "lines")


def test_a_document_without_enough_salt_is_refused() -> None:
    body = json.loads(document("remark", text="ok"))
    assert document_refusal("remark", rfc8785.dumps({**body, "salt": "00"})) == ("not_a_salt", "salt")
