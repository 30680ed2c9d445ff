"""Who may come through a door. A guard is a decorator of a view; inside, `current()` is the actor.

    @guards.office                      dispatcher, service manager, administrator or desk agent
    @guards.roles("dispatcher", …)      any of these
    @guards.portal                      a client's contact
    @guards.session                     anybody who is signed in
    @guards.tablet                      session and device proof; the actor is the device's owner
    @guards.sender                      the same, also for a suspended or revoked device (push), which needs no session
    @guards.device                      the device proof alone, whatever became of the device

Roles are read anew at each request. A browser without a session is sent to the sign-in page; a program gets 401.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast
from urllib.parse import quote

from flask import abort, after_this_request, g, redirect, request
from sqlalchemy import Select
from werkzeug.wrappers import Response

from backend.core import clock, keys, settings
from backend.core.problems import Forbidden, Problem, SignInNeeded, wants_page
from backend.identity import devices, dpop, rules, sessions, wiping
from backend.identity.actor import Actor
from backend.identity.enrolled import NOTHING, Beside, Enrolled

log = logging.getLogger("singgah.guards")
ASKED = sessions.asking()

Params = ParamSpec("Params")
Answer = TypeVar("Answer")
View = Callable[Params, Answer]


class UseNonce(SignInNeeded):
    """The proof lacks the server's nonce; the header DPoP-Nonce carries one."""

    code = "use_dpop_nonce"


class NoProof(SignInNeeded):
    """No acceptable device proof."""

    code = "bad_proof"


class DeviceNotActive(Forbidden):
    """The device is known, but not (or no longer) allowed to fetch; its `code` says device_<status>. The answer carries
    what the device is told to do, as any answer to it does.
    """

    def __init__(self, device: Enrolled) -> None:
        super().__init__(f"This device is {device.status}.")
        self.__dict__["code"] = f"device_{device.status}"
        self.directives = wiping.directives_of(device)

    def detail(self) -> dict[str, object]:
        return {"directives": self.directives} if self.directives else {}


def current() -> Actor:
    """The actor of this request; RuntimeError where no guard stands."""
    if "actor" not in g:
        raise RuntimeError("no guard stands at this door")
    return cast(Actor, g.actor)


def current_session() -> sessions.Living:
    """The session of this request; RuntimeError where no guard stands."""
    if "living" not in g:
        raise RuntimeError("no guard stands at this door")
    return cast(sessions.Living, g.living)


def current_device() -> Enrolled:
    """The device whose proof this request carried; RuntimeError outside `guards.tablet`."""
    if "device" not in g:
        raise RuntimeError("this door asks for no device proof")
    return cast(Enrolled, g.device)


def told_beside() -> tuple[Any, ...]:
    """What this request's guard was told beside its own; RuntimeError outside `guards.tablet_beside`."""
    if "beside" not in g:
        raise RuntimeError("this door asks nothing beside its guard")
    return cast("tuple[Any, ...]", g.beside)


def session(view: View[Params, Answer]) -> View[Params, Answer]:
    """Anybody who is signed in."""

    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        _admit_session()
        return view(*args, **kwargs)

    return guarded


def roles(*names: str) -> Callable[[View[Params, Answer]], View[Params, Answer]]:
    """Whoever holds one of the roles now."""
    unknown = set(names) - rules.ROLES
    if unknown or not names:
        raise ValueError(f"no such roles: {', '.join(sorted(unknown))}")

    def guard(view: View[Params, Answer]) -> View[Params, Answer]:
        @wraps(view)
        def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
            _admit_session()
            if not current().has(*names):
                raise Forbidden("Your role does not allow this.")
            return view(*args, **kwargs)

        return guarded

    return guard


def office(view: View[Params, Answer]) -> View[Params, Answer]:
    """The provider's people at a desk."""
    return roles(*sorted(rules.OFFICE))(view)


def portal(view: View[Params, Answer]) -> View[Params, Answer]:
    """A client's contact."""
    return roles("client_contact")(view)


def tablet(view: View[Params, Answer]) -> View[Params, Answer]:
    """Session and device proof. The actor is the device's owner, with `sent_by` when another person is signed in."""
    return tablet_beside(NOTHING)(view)


def tablet_beside(beside: Beside) -> Callable[[View[Params, Answer]], View[Params, Answer]]:
    """As `tablet`, for a door whose own first question goes into the guard's statement: see `told_beside`."""
    asked = sessions.asking(beside)

    def guard(view: View[Params, Answer]) -> View[Params, Answer]:
        @wraps(view)
        def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
            if _names_no_session():
                _turn_away_barred()
            _admit_tablet(asked, "active")
            return view(*args, **kwargs)

        return guarded

    return guard


def sender(view: View[Params, Answer]) -> View[Params, Answer]:
    """As `tablet`, but a barred device may come too, with a session or with its proof alone: what it sends goes to
    quarantine, and its owner may have no session any more.
    """

    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        if _names_no_session():
            _admit_device_alone(rules.BARRED)
        else:
            _admit_tablet(ASKED, "active", *rules.BARRED)
        return view(*args, **kwargs)

    return guarded


def device(view: View[Params, Answer]) -> View[Params, Answer]:
    """The device proof alone, in whatever state the device is; the actor is its owner."""

    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        _admit_device_alone(rules.BARRED | {"pending", "active"})
        return view(*args, **kwargs)

    return guarded


def fresh() -> None:
    """Refuse unless the password was typed within the last 10 minutes."""
    if not rules.is_fresh(current_session().signed_in, clock.now()):
        raise NotFresh("Sign in again: this needs your password of the last 10 minutes.")


class NotFresh(SignInNeeded):
    """The session is good, but older than this door allows."""

    code = "sign_in_again"


def enrolment_proof(jwk: dict[str, str]) -> str:
    """The thumbprint of the key, once its proof of possession holds for this request and session."""
    proof = _read_proof()
    if proof.jwk != jwk:
        raise NoProof("The proof is made by another key than the one sent.")
    _check_proof(proof, current_session().session_hash)
    return proof.jkt


def statement_proof(text: str) -> dpop.Proof:
    """The proof of possession that came with a statement: its `ath` is the statement's hash, for there may be no
    session (the person may have been made after the backup that the server was restored from).
    """
    proof = _read_proof()
    _check_proof(proof, dpop.hash_of(text))
    return proof


def offer_nonce() -> None:
    """Let the answer of this request carry the present nonce."""
    after_this_request(_add_nonce)


def _admit_session() -> None:
    _find_session()
    sessions.touch(current_session())


def _find_session() -> None:
    _let_in(sessions.find(request.cookies.get(cookie_name())))


def _let_in(living: sessions.Living | None) -> None:
    if living is None:
        _send_to_sign_in()
        raise SignInNeeded("Sign in to go on.")
    g.living, g.actor = living, living.actor


def _admit_tablet(asked: Select[*tuple[Any, ...]], *states: str) -> None:
    try:
        proof = _read_proof()
    except NoProof:
        # Whoever has no session hears that first.
        _find_session()
        raise
    found = sessions.find_with_device(request.cookies.get(cookie_name()), proof.jkt, asked)
    _let_in(found.living)
    _take_device(proof, found.device, states)
    g.beside = found.beside
    sessions.touch(current_session())


def _send_to_sign_in() -> None:
    there = f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='/')}"
    if "HX-Request" in request.headers:
        abort(Response(status=401, headers={"HX-Redirect": "/sign-in"}))
    if wants_page() and request.method == "GET":
        abort(redirect(there, 303))


def _take_device(proof: dpop.Proof, device: Enrolled | None, states: Sequence[str]) -> None:
    if device is None or device.kind != "tablet" or device.org_id != current().org_id:
        raise NoProof("This device is not enrolled.")
    _check_proof(proof, current_session().session_hash)
    if device.status not in states:
        raise DeviceNotActive(device)
    g.device, g.actor = device, _owner(device, current())


def _names_no_session() -> bool:
    """Whether the proof itself says that there is no session: then a cookie that came along counts for nothing."""
    return "DPoP" in request.headers and dpop.names_no_session(request.headers["DPoP"])


def _admit_device_alone(states: frozenset[str]) -> None:
    proof = _read_proof()
    device = devices.by_key(proof.jkt)
    if device is None or device.kind != "tablet":
        raise NoProof("This device is not enrolled.")
    _check_proof(proof, None)
    if device.status not in states:
        raise SignInNeeded("Sign in to go on.")
    owner = sessions.actor_of(device.org_id, device.person_id)
    g.device, g.actor = device, owner.through(device.id, device.kind, device.code)


def _turn_away_barred() -> None:
    """A barred device that speaks for itself hears what it would hear with a session. By a 401 it would wait for a
    sign-in before it sends anything more.
    """
    proof = _read_proof()
    device = devices.by_key(proof.jkt)
    if device is not None and device.kind == "tablet" and device.status in rules.BARRED:
        _check_proof(proof, None)
        raise DeviceNotActive(device)


def _owner(device: Enrolled, signed_in: Actor) -> Actor:
    if device.person_id == signed_in.person_id:
        return signed_in.through(device.id, device.kind, device.code)
    owner = sessions.actor_of(device.org_id, device.person_id).through(device.id, device.kind, device.code)
    return Actor(**{**vars(owner), "sent_by": signed_in.person_id})


def _read_proof() -> dpop.Proof:
    sent = request.headers.getlist("DPoP")
    offer_nonce()
    if len(sent) != 1 or "," in sent[0]:
        raise NoProof("Exactly one device proof is needed.")
    try:
        return dpop.read(sent[0])
    except dpop.BadProof as wrong:
        raise _refused(wrong) from wrong


def _check_proof(proof: dpop.Proof, session_hash: str | None) -> None:
    url = settings.current().public_url + request.path
    try:
        dpop.check(
            proof, method=request.method, url=url, ath=session_hash, secret=keys.ring().secret, now=clock.now()
        )
    except dpop.StaleNonce as stale:
        raise UseNonce("Send the request again with the nonce in DPoP-Nonce.") from stale
    except dpop.BadProof as wrong:
        raise _refused(wrong) from wrong


def _refused(wrong: dpop.BadProof) -> Problem:
    log.warning("proof refused", extra={"why": str(wrong)})
    return NoProof("The device proof does not hold.")


def _add_nonce(answer: Response) -> Response:
    answer.headers["DPoP-Nonce"] = dpop.nonce_of(keys.ring().secret, clock.now())
    return answer


def cookie_hash() -> str:
    """The digest of this request's session cookie, whether or not it is a session's."""
    return dpop.hash_of(request.cookies.get(cookie_name()) or "")


def cookie_name() -> str:
    """`__Host-singgah` on HTTPS; some browsers refuse that prefix on plain http at loopback (identity.md 5.3)."""
    return "__Host-singgah" if settings.current().secure else "singgah"
