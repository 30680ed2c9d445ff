"""Device proofs through the front door (decisions.md 9; identity.md 7, cases 20, 21, 67, 71)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from werkzeug.test import TestResponse

from backend.core.clock import SetClock
from backend.core.db import db, unit
from backend.core.envelopes import b64url, public_jwk
from backend.identity import dpop, guards
from backend.identity.models import Device
from tests.makers import House, Tablet, sign_jws

DOOR = "/api/v1/proved"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The program with one door that asks for session and proof, and says who came."""

    @guards.tablet
    def proved() -> ResponseReturnValue:
        actor = guards.current()
        return {"person": actor.person_id, "device": actor.device_id, "code": actor.device_code, "by": actor.sent_by}

    app.add_url_rule(DOOR, view_func=proved, methods=["GET", "POST"])
    return app


@pytest.fixture
def tablet(house: House) -> Tablet:
    """An active tablet that holds the present nonce."""
    made = house.tablet("engineer")
    made.nonce = made.browser.get("/api/v1/session").headers["DPoP-Nonce"]
    return made


def knock(tablet: Tablet, proof: str | None, method: str = "POST") -> TestResponse:
    return tablet.browser.open(method, DOOR, headers={"DPoP": proof} if proof is not None else {})


def code(answer: TestResponse) -> str:
    assert answer.status_code == 401, answer.text
    found: str = answer.get_json()["code"]
    return found


def header(tablet: Tablet, **changes: Any) -> dict[str, Any]:
    return {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk(tablet.key.public_key()), **changes}


def claims(tablet: Tablet, **changes: Any) -> dict[str, Any]:
    plain = {
        "htm": "POST",
        "htu": "http://localhost:8000" + DOOR,
        "jti": "a1b2",
        "iat": int(tablet.house.clock.now().timestamp()),
        "nonce": tablet.nonce,
        "ath": tablet.browser.session_hash,
    }
    return {**plain, **changes}


def jws(tablet: Tablet, head: dict[str, Any] | None = None, body: dict[str, Any] | None = None) -> str:
    return sign_jws(tablet.key, head or header(tablet), body or claims(tablet))


def test_session_and_proof_together_open_the_door(tablet: Tablet) -> None:
    answer = knock(tablet, jws(tablet))

    assert answer.status_code == 200
    said = answer.get_json()
    assert said == {"person": tablet.person.id, "device": tablet.id, "code": tablet.code, "by": None}
    assert answer.headers["DPoP-Nonce"] == tablet.nonce


def test_a_proof_may_come_twice_because_these_doors_are_idempotent(tablet: Tablet) -> None:
    proof = jws(tablet)

    assert [knock(tablet, proof).status_code for _ in range(2)] == [200, 200]


def test_the_session_alone_opens_nothing(tablet: Tablet) -> None:
    assert code(knock(tablet, None)) == "bad_proof"


def test_the_proof_alone_opens_nothing(tablet: Tablet) -> None:
    tablet.browser.client.delete_cookie("singgah")

    assert code(knock(tablet, jws(tablet))) == "sign_in"


def test_an_ended_session_asks_to_sign_in_and_then_the_same_work_goes_through(tablet: Tablet, clock: SetClock) -> None:
    clock.advance(days=31)
    assert code(knock(tablet, jws(tablet))) == "sign_in"

    tablet.browser.sign_in()
    tablet.nonce = tablet.browser.get("/api/v1/session").headers["DPoP-Nonce"]

    assert knock(tablet, jws(tablet)).status_code == 200


@pytest.mark.parametrize("nonce", [None, "made-up", ""])
def test_a_missing_nonce_is_answered_with_one_that_works(tablet: Tablet, nonce: str | None) -> None:
    answer = knock(tablet, jws(tablet, body=claims(tablet, nonce=nonce)))

    assert code(answer) == "use_dpop_nonce"
    again = jws(tablet, body=claims(tablet, nonce=answer.headers["DPoP-Nonce"]))
    assert knock(tablet, again).status_code == 200


def test_a_nonce_lives_for_its_slot_and_the_next(tablet: Tablet, clock: SetClock) -> None:
    clock.advance(seconds=dpop.SLOT_SECONDS)
    assert knock(tablet, jws(tablet)).status_code == 200

    clock.advance(seconds=dpop.SLOT_SECONDS)
    assert code(knock(tablet, jws(tablet))) == "use_dpop_nonce"


@pytest.mark.parametrize("seconds", [-3 * 86_400, 365 * 86_400])
def test_a_tablet_whose_clock_is_wrong_is_let_in(tablet: Tablet, seconds: int) -> None:
    wrong = claims(tablet, iat=int(tablet.house.clock.now().timestamp()) + seconds)

    assert knock(tablet, jws(tablet, body=wrong)).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htm": None},
        {"htu": "http://localhost:8000/api/v1/session"},
        {"htu": "https://localhost:8000" + DOOR},
        {"htu": "http://evil.example" + DOOR},
        {"htu": "http://localhost:8000" + DOOR + "?x=1"},
        {"htu": 5},
        {"ath": "A" * 43},
        {"ath": None},
        {"ath": ["x"]},
        {"ath": "é"},
        {"jti": "x" * 10_240},
        {"jti": "x" * 129},
        {"jti": ""},
        {"jti": 7},
        {"jti": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": None},
        {"nonce": 5},
        {"admin": True},
    ],
)
def test_a_proof_of_something_else_is_refused(tablet: Tablet, changes: dict[str, Any]) -> None:
    assert code(knock(tablet, jws(tablet, body=claims(tablet, **changes)))) == "bad_proof"


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"typ": "JWT"},
        {"typ": None},
        {"kid": "x"},
        {"crit": ["b64"]},
        {"jku": "http://evil.example/keys"},
        {"x5c": []},
        {"jwk": None},
        {"jwk": "text"},
        {"jwk": {}},
    ],
)
def test_a_header_that_asks_for_other_rules_is_refused(tablet: Tablet, changes: dict[str, Any]) -> None:
    assert code(knock(tablet, jws(tablet, header(tablet, **changes)))) == "bad_proof"


def test_a_private_key_in_the_header_is_refused(tablet: Tablet) -> None:
    secret = b64url(tablet.key.private_numbers().private_value.to_bytes(32, "big"))
    head = header(tablet, jwk={**public_jwk(tablet.key.public_key()), "d": secret})

    assert code(knock(tablet, jws(tablet, head))) == "bad_proof"


def test_a_point_off_the_curve_is_refused(tablet: Tablet) -> None:
    off = {**public_jwk(tablet.key.public_key()), "y": b64url(b"\1" * 32)}

    assert code(knock(tablet, jws(tablet, header(tablet, jwk=off)))) == "bad_proof"


def test_an_rsa_key_is_refused(tablet: Tablet) -> None:
    key = rsa.generate_private_key(65_537, 2048)
    numbers = key.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": b64url(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
    signed = signed_part({"typ": "dpop+jwt", "alg": "RS256", "jwk": jwk}, claims(tablet))
    signature = key.sign(signed, padding.PKCS1v15(), hashes.SHA256())

    assert code(knock(tablet, signed.decode() + "." + b64url(signature))) == "bad_proof"


def test_the_public_key_is_no_hmac_secret(tablet: Tablet) -> None:
    signed = signed_part(header(tablet, alg="HS256"), claims(tablet))
    tag = hmac.HMAC(json.dumps(public_jwk(tablet.key.public_key())).encode(), hashes.SHA256())
    tag.update(signed)

    assert code(knock(tablet, signed.decode() + "." + b64url(tag.finalize()))) == "bad_proof"


def test_an_unknown_key_is_never_trusted_for_being_sent(tablet: Tablet) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public_jwk(stranger.public_key())}

    assert code(knock(tablet, sign_jws(stranger, head, claims(tablet)))) == "bad_proof"


def test_another_key_cannot_sign_for_the_tablets(tablet: Tablet) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())

    assert code(knock(tablet, sign_jws(stranger, header(tablet), claims(tablet)))) == "bad_proof"


def _der(raw: bytes) -> bytes:
    return b"\x30\x44\x02\x20" + raw[:32] + b"\x02\x20" + raw[32:]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:63],
        lambda raw: raw + b"\0",
        lambda raw: b"",
        _der,
        lambda raw: b"\0" * 32 + raw[32:],
        lambda raw: raw[:32] + b"\0" * 32,
        lambda raw: raw[:32] + dpop.ORDER.to_bytes(32, "big"),
        lambda raw: b"\xff" * 32 + raw[32:],
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
    ],
    ids=["63", "65", "empty", "der", "r=0", "s=0", "s=n", "r too large", "one bit"],
)
def test_a_signature_in_another_form_is_refused(tablet: Tablet, spoil: Callable[[bytes], bytes]) -> None:
    signed, _, signature = jws(tablet).rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")

    assert code(knock(tablet, f"{signed}.{b64url(spoil(raw))}")) == "bad_proof"


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a.b", "a.b.c.d", "€.b.c", "bm90IGpzb24.bm90IGpzb24.AA", "W10.W10.AA", "x" * 5_000, "{}.{}.{}"],
)
def test_what_is_no_jws_at_all_is_refused(tablet: Tablet, text: str) -> None:
    assert code(knock(tablet, text.encode().decode("latin-1"))) == "bad_proof"


def test_one_changed_letter_of_the_claims_breaks_the_proof(tablet: Tablet) -> None:
    head, _, signature = jws(tablet).split(".")
    other = b64url(json.dumps(claims(tablet, jti="c3d4")).encode())

    assert code(knock(tablet, f"{head}.{other}.{signature}")) == "bad_proof"


def test_padded_base64_is_another_spelling_and_refused(tablet: Tablet) -> None:
    head, body, signature = jws(tablet).split(".")

    assert code(knock(tablet, f"{head}.{body}.{signature}==")) == "bad_proof"


def test_two_proofs_are_none(tablet: Tablet) -> None:
    proof = jws(tablet)
    twice = tablet.browser.client.post(
        DOOR, headers=[("DPoP", proof), ("DPoP", proof), ("Sec-Fetch-Site", "same-origin"), ("X-Singgah", "1")]
    )

    assert code(twice) == "bad_proof"
    assert code(knock(tablet, f"{proof}, {proof}")) == "bad_proof"


@pytest.mark.parametrize("status", ["pending", "suspended", "revoked"])
def test_a_device_that_is_not_active_is_told_so(house: House, tablet: Tablet, status: str) -> None:
    with house.app.app_context(), unit():
        db.session.execute(update(Device).where(Device.id == tablet.id).values(status=status))

    answer = knock(tablet, jws(tablet))

    assert (answer.status_code, answer.get_json()["code"]) == (403, f"device_{status}")


def test_a_colleagues_session_sends_in_the_owners_name(house: House, tablet: Tablet) -> None:
    colleague = house.browser("engineer", 2)
    proof = jws(tablet, body=claims(tablet, ath=colleague.session_hash))

    answer = colleague.open("POST", DOOR, headers={"DPoP": proof})

    said = answer.get_json()
    assert (said["person"], said["by"]) == (tablet.person.id, colleague.person.id)


def test_a_session_of_another_organisation_opens_nothing(house: House, tablet: Tablet) -> None:
    stranger = house.other().browser("engineer")
    proof = jws(tablet, body=claims(tablet, ath=stranger.session_hash))

    assert code(stranger.open("POST", DOOR, headers={"DPoP": proof})) == "bad_proof"


def signed_part(head: dict[str, Any], body: dict[str, Any]) -> bytes:
    return b".".join(b64url(json.dumps(part).encode()).encode() for part in (head, body))
