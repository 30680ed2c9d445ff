"""Identity's doors under /api/v1."""

from __future__ import annotations

from flask import Blueprint, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from backend.core import keys, settings
from backend.core.db import unit
from backend.core.envelopes import EnvelopeInvalid, b64url
from backend.core.problems import Forbidden, Invalid
from backend.core.roles import STAFF
from backend.core.schema import load_json
from backend.identity import devices, dpop, guards, limits, readmission, schemas, sessions, statement

bp = Blueprint("identity", __name__, url_prefix="/api/v1")


@bp.post("/session")
def sign_in() -> ResponseReturnValue:
    """Sign in with name and password; 201 with the session and its cookie."""
    asked = load_json(schemas.SignIn())
    made = sessions.sign_in(
        asked["sign_in"], asked["password"], request.remote_addr or "", request.cookies.get(guards.cookie_name())
    )
    answer = make_response(jsonify(view(made.session)), 201)
    set_cookie(answer, made)
    guards.offer_nonce()
    return answer


@bp.get("/session")
@guards.session
def who() -> ResponseReturnValue:
    """The session of this cookie; the answer carries a nonce for device proofs."""
    guards.offer_nonce()
    return view(guards.current_session())


@bp.delete("/session")
def sign_out() -> ResponseReturnValue:
    """End the session; 204 also when there is none."""
    sessions.sign_out(request.cookies.get(guards.cookie_name()))
    answer = make_response("", 204)
    drop_cookie(answer)
    return answer


@bp.post("/devices")
@guards.roles(*STAFF)
def enrol() -> ResponseReturnValue:
    """Enrol this tablet of the provider's: fresh sign-in, proof of possession by the key sent; 201 and pending."""
    asked = load_json(schemas.Enrol())
    guards.fresh()
    if not asked["standalone"]:
        raise NotInstalled()
    try:
        jwk = dpop.public_key(asked["jwk"])
    except dpop.BadProof as wrong:
        raise Invalid("This is not a public P-256 key.", field="jwk") from wrong
    jkt = guards.enrolment_proof(jwk)
    actor = guards.current()
    if not devices.is_enrolled(actor, asked["device"], jkt):
        limits.spend_enrolment(actor.person_id)
    with unit():
        device = devices.enrol(actor, asked["device"], jwk, jkt, asked)
    return schemas.DeviceView().dump(device), 201


@bp.get("/devices")
@guards.session
def own_devices() -> ResponseReturnValue:
    """The tablets of whoever is signed in, and how far the server has what each sent."""
    mine = guards.current().person_id
    found = [device for device in devices.tablets(guards.current()) if device.person_id == mine]
    told = [{**vars(device), "received": device.next_n - 1} for device in found]
    answer: dict[str, object] = schemas.OwnDevices().dump({"devices": told})
    return answer


@bp.get("/devices/<device_id>")
@guards.session
def device(device_id: str) -> ResponseReturnValue:
    """A device of one's own: its state and code."""
    guards.offer_nonce()
    found: dict[str, object] = schemas.DeviceView().dump(devices.get(guards.current(), device_id))
    return found


@bp.get("/devices/<device_id>/statement")
@guards.session
def state(device_id: str) -> ResponseReturnValue:
    """What the server says of an active tablet of one's own, signed, for it to keep."""
    return {"statement": readmission.state(guards.current(), device_id)}


@bp.post("/devices/readmit")
def readmit() -> ResponseReturnValue:
    """A tablet that a restored server does not know: pending again by its statement and its key's proof. No session."""
    asked = load_json(schemas.Readmit())
    proof = guards.statement_proof(asked["statement"])
    # Read before it is counted: a counter is kept for nobody who has no statement of ours.
    readmission.read(asked["statement"], proof.jkt)
    limits.spend_enrolment(proof.jkt)
    with unit():
        device = readmission.readmit(asked["statement"], proof.jwk, proof.jkt)
    found: dict[str, object] = schemas.DeviceView().dump(device)
    return found


@bp.post("/devices/<device_id>/recover")
@guards.session
def recover(device_id: str) -> ResponseReturnValue:
    """Open the key that this tablet sealed, its own or a rescue file's: for its owner, freshly signed in, while it is
    active. The key that it signs with comes along, so that another tablet can tell whose file it is.
    """
    asked = load_json(schemas.Recover())
    guards.fresh()
    with unit():
        device = devices.note_recovery(guards.current(), device_id)
        key = _opened({name: asked[name] for name in ("epk", "iv", "ct")}, device_id)
    found: dict[str, object] = schemas.RecoveredView().dump({"key": b64url(key), "jwk": device.jwk})
    return found


def _opened(envelope: dict[str, object], device_id: str) -> bytes:
    try:
        return keys.ring().open_recovery(envelope, device_id)
    except EnvelopeInvalid as wrong:
        raise Invalid("This was not sealed by this device for this organisation.", field="ct") from wrong


class NotInstalled(Forbidden):
    """A browser's tab may lose its storage after days; an installed app keeps it (identity.md 3.9)."""

    code = "not_installed"

    def __init__(self) -> None:
        super().__init__("Install the app on the home screen first, then enrol from there.", field="standalone")


def view(living: sessions.Living) -> dict[str, object]:
    """A session as its own browser may see it."""
    actor = living.actor
    facts = {
        "account": living.account_id, "person": actor.person_id, "organisation": actor.org_id,
        "roles": sorted(actor.roles), "session_hash": living.session_hash, "ends": living.ends,
        "recovery_key": keys.ring().recovery_jwk, "statement_key": statement.public_key(),
    }  # fmt: skip
    dumped: dict[str, object] = schemas.SessionView().dump(facts)
    return dumped


def set_cookie(answer: Response, made: sessions.SignedIn) -> None:
    """Give the browser its session."""
    answer.set_cookie(
        guards.cookie_name(), made.token, max_age=sessions.cookie_life(made.session),
        path="/", httponly=True, secure=settings.current().secure, samesite="Strict",
    )  # fmt: skip


def drop_cookie(answer: Response) -> None:
    """Take the session from the browser."""
    answer.delete_cookie(
        guards.cookie_name(), path="/", httponly=True, secure=settings.current().secure, samesite="Strict"
    )
