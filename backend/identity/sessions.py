"""Signing in and out: opaque cookies, hashed in the database, with two ends of life (identity.md 5.3)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, delete, select, update

from backend.core import clock, journal
from backend.core.db import current_unit, db, glance, reading, unit
from backend.core.problems import SignInNeeded
from backend.identity import enrolled, limits, passwords, rules
from backend.identity.actor import Actor, Scope
from backend.identity.dpop import hash_of
from backend.identity.enrolled import NOTHING, Beside, Enrolled
from backend.identity.models import Account, Device, Membership, SessionRow


class WrongPassword(SignInNeeded):
    """Name and password do not belong together; which of them is wrong is nobody's business."""

    code = "wrong_password"

    def __init__(self) -> None:
        super().__init__("This name and password do not belong together.", field="password")


@dataclass(frozen=True)
class Living:
    """A session that counts, and who it is. `session_hash` is the proof's `ath`."""

    session_hash: str
    account_id: str
    actor: Actor
    kind: str
    signed_in: datetime
    last_seen: datetime
    expires: datetime

    @property
    def ends(self) -> datetime:
        """When it ends if nothing more is asked."""
        return min(self.expires, self.last_seen + rules.LIFETIMES[self.kind].idle)


@dataclass(frozen=True)
class SignedIn:
    """A new session: `token` goes into the cookie and is kept nowhere."""

    token: str
    session: Living


def sign_in(name: str, password: str, address: str, replaces: str | None = None) -> SignedIn:
    """A new session for the right name and password; the session of cookie `replaces` ends.

    Raises WrongPassword, limits.TooManyTries.
    """
    name = name.strip().lower()
    with limits.one_try_at_a_time(address, name):
        account = _right(name, password, address)
    if account.status != "active":
        raise WrongPassword()
    return _begin(account, password, replaces)


def _right(name: str, password: str, address: str) -> Account:
    """The account of the right name and password; a failure is counted before the next try is admitted."""
    limits.admit_sign_in(address, name)
    with reading() as session:
        account = session.scalar(select(Account).where(Account.sign_in == name))
    # An unknown name takes as long as a wrong password, or answers would tell names.
    if not passwords.holds(account.password if account else None, password) or account is None:
        limits.note_failed_sign_in(address, name)
        raise WrongPassword()
    return account


def _begin(account: Account, password: str, replaces: str | None) -> SignedIn:
    token = base64.urlsafe_b64encode(clock.random(32)).rstrip(b"=").decode()
    at = clock.now()
    kind = rules.session_kind(_roles(account.org_id, account.person_id))
    with unit():
        if replaces:
            db.session.execute(delete(SessionRow).where(SessionRow.token_hash == hash_of(replaces)))
        _forget_ended(at)
        ends = at + rules.LIFETIMES[kind].absolute
        row = SessionRow(token_hash=hash_of(token), account_id=account.id, kind=kind)
        row.created_at, row.last_seen_at, row.expires_at = at, at, ends
        db.session.add(row)
        if passwords.is_outdated(account.password):
            fresh = passwords.hash_of(password)
            db.session.execute(update(Account).where(Account.id == account.id).values(password=fresh))
        _note(account.org_id, "session.begin", account.id, at)
    living = find(token)
    if living is None:
        raise SignInNeeded("The session ended at once. Sign in again.")
    return SignedIn(token, living)


def _forget_ended(at: datetime) -> None:
    """Rows past their end say nothing any more; a hundred at a time keeps signing in quick."""
    ended = select(SessionRow.token_hash).where(SessionRow.expires_at < at).limit(100)
    db.session.execute(delete(SessionRow).where(SessionRow.token_hash.in_(ended.scalar_subquery())))


FOUND = (
    select(
        SessionRow.kind, SessionRow.created_at, SessionRow.last_seen_at, SessionRow.expires_at,
        Account.id, Account.org_id, Account.person_id, Account.status,
        Membership.role, Membership.scope_type, Membership.scope_id,
    )
    .join(Account, Account.id == SessionRow.account_id)
    .outerjoin(Membership, and_(Membership.org_id == Account.org_id, Membership.person_id == Account.person_id))
    .where(SessionRow.token_hash == bindparam("token_hash"))
)  # fmt: skip
"""A session, its account, and a line for each membership. Asked at every request, so it is put together once."""
OWN = len(FOUND.selected_columns)


def asking(beside: Beside = NOTHING) -> Select[*tuple[Any, ...]]:
    """The statement of `find_with_device`, put together once for each door."""
    named = (column.label(f"device_{column.key}") for column in enrolled.COLUMNS)
    return beside.asked(FOUND.add_columns(*named).outerjoin(Device, Device.jkt == bindparam("jkt")))


LONGEST_TOKEN = 100


def find(token: str | None) -> Living | None:
    """The living session of a cookie, with roles as they are now; None when it ended or its account is disabled."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    token_hash = hash_of(token)
    with glance() as connection:
        return _living(token_hash, connection.execute(FOUND, {"token_hash": token_hash}).all())


@dataclass(frozen=True)
class Found:
    """A session, the device that came with it, and what else was asked: all of one moment."""

    living: Living | None = None
    device: Enrolled | None = None
    beside: tuple[Any, ...] = ()


def find_with_device(token: str | None, jkt: str, asked: Select[*tuple[Any, ...]]) -> Found:
    """As `find`, and the device with this key's thumbprint, in one statement that `asking` made."""
    if not token or len(token) > LONGEST_TOKEN:
        return Found()
    token_hash = hash_of(token)
    with glance() as connection:
        lines = connection.execute(asked, {"token_hash": token_hash, "jkt": jkt}).all()
    if not lines:
        return Found()
    device, beside = lines[0][OWN : OWN + len(enrolled.COLUMNS)], lines[0][OWN + len(enrolled.COLUMNS) :]
    return Found(_living(token_hash, lines), None if device[0] is None else Enrolled(*device), tuple(beside))


def _living(token_hash: str, lines: Sequence[Row[*tuple[Any, ...]]]) -> Living | None:
    if not lines:
        return None
    row = lines[0]
    if row.status != "active" or not rules.is_living(row.kind, row.last_seen_at, row.expires_at, clock.now()):
        return None
    held = frozenset(Scope(line.role, line.scope_type, line.scope_id) for line in lines if line.role is not None)
    actor = Actor(row.org_id, row.person_id, frozenset(scope.role for scope in held), held)
    return Living(token_hash, row.id, actor, row.kind, row.created_at, row.last_seen_at, row.expires_at)


def actor_of(org_id: str, person_id: str) -> Actor:
    """A person with the roles that hold now."""
    asked = select(Membership.role, Membership.scope_type, Membership.scope_id)
    with glance() as connection:
        mine = asked.where(Membership.org_id == org_id, Membership.person_id == person_id)
        held = frozenset(Scope(*row) for row in connection.execute(mine))
    return Actor(org_id, person_id, frozenset(scope.role for scope in held), held)


def _roles(org_id: str, person_id: str) -> frozenset[str]:
    return actor_of(org_id, person_id).roles


def touch(living: Living) -> None:
    """Note that the session is used, at most once a minute (decisions.md 21)."""
    now = clock.now()
    if now - living.last_seen < rules.SEEN:
        return
    with unit():
        used = update(SessionRow).where(SessionRow.token_hash == living.session_hash)
        db.session.execute(used.where(SessionRow.last_seen_at < now).values(last_seen_at=now))


def sign_out(token: str | None) -> None:
    """End the session of a cookie; nothing happens when there is none."""
    living = find(token)
    if living is None:
        return
    with unit():
        db.session.execute(delete(SessionRow).where(SessionRow.token_hash == living.session_hash))
        _note(living.actor.org_id, "session.end", living.account_id, clock.now())


def forget_all() -> None:
    """After a restore everybody signs in anew: one that was ended since would live again. Needs a unit of work."""
    current_unit()
    db.session.execute(delete(SessionRow))


def cookie_life(living: Living) -> timedelta:
    """How long the browser keeps the cookie: as long as the session can live at most."""
    return living.expires - clock.now()


def _note(org_id: str, kind: str, ref: str, at: datetime) -> None:
    journal.append(org_id, kind, ref, journal.salted({"kind": kind, "ref": ref}), at)
