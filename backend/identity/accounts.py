"""Accounts and roles: made and changed in a unit of work, each change a journal line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import Select, delete, select

from backend.core import clock, journal
from backend.core.db import current_unit, db, reading
from backend.core.problems import Conflict, Invalid, NotFound
from backend.identity import passwords, rules
from backend.identity.actor import Scope
from backend.identity.models import Account, Membership, SessionRow

SIGN_IN_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,198}")


class NameTaken(Conflict):
    """A sign-in name is unique in the installation."""

    code = "name_taken"


def create(org_id: str, person_id: str, sign_in: str, password: str, scopes: Iterable[Scope]) -> Account:
    """A new account with its roles. Needs a unit of work. Raises Invalid and NameTaken."""
    current_unit()
    name = _name(sign_in)
    _check_password(password, name)
    if db.session.scalar(select(Account.id).where(Account.sign_in == name)):
        raise NameTaken("This sign-in name is taken.", field="sign_in")
    account = Account(
        id=clock.new_id(), org_id=org_id, person_id=person_id, sign_in=name,
        password=passwords.hash_of(password), status="active", created_at=clock.now(),
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    _note(org_id, "account.create", account.id, person=person_id)
    for scope in scopes:
        grant(org_id, person_id, scope)
    return account


def grant(org_id: str, person_id: str, scope: Scope) -> None:
    """Give a role within a scope; nothing happens when it is held already. Needs a unit of work. Raises Invalid."""
    current_unit()
    if scope.role not in rules.ROLES or scope.type not in rules.SCOPES:
        raise Invalid("There is no such role or scope.", field="role")
    if db.session.scalar(_memberships(org_id, person_id, scope)) is None:
        row = Membership(id=clock.new_id(), org_id=org_id, person_id=person_id)
        row.role, row.scope_type, row.scope_id = scope
        db.session.add(row)
        db.session.flush()
        _note(org_id, "role.grant", person_id, role=scope.role, type=scope.type, scope=scope.id)


def withdraw(org_id: str, person_id: str, scope: Scope) -> None:
    """Take a role away; it counts no more at the next request. Needs a unit of work."""
    current_unit()
    row = db.session.scalar(_memberships(org_id, person_id, scope))
    if row is not None:
        db.session.delete(row)
        _note(org_id, "role.withdraw", person_id, role=scope.role, type=scope.type, scope=scope.id)


def set_password(sign_in: str, password: str) -> None:
    """A new password; every session of the account ends. Needs a unit of work. Raises NotFound and Invalid."""
    account = _of(sign_in)
    _check_password(password, account.sign_in)
    account.password = passwords.hash_of(password)
    _end_sessions(account)
    _note(account.org_id, "account.password", account.id)


def disable(sign_in: str) -> None:
    """Nobody signs in with it any more and its sessions end. Needs a unit of work. Raises NotFound."""
    account = _of(sign_in)
    account.status = "disabled"
    _end_sessions(account)
    _note(account.org_id, "account.disable", account.id)


def enable(sign_in: str) -> None:
    """The account counts again. Needs a unit of work. Raises NotFound."""
    account = _of(sign_in)
    account.status = "active"
    _note(account.org_id, "account.enable", account.id)


def listed(org_id: str) -> list[Account]:
    """All accounts of an organisation by name."""
    with reading() as session:
        return list(session.scalars(select(Account).where(Account.org_id == org_id).order_by(Account.sign_in)))


def organisations() -> list[str]:
    """The ids of organisations that have an account."""
    with reading() as session:
        return list(session.scalars(select(Account.org_id).distinct().order_by(Account.org_id)))


def scopes_of(org_id: str, person_id: str) -> frozenset[Scope]:
    """The roles that a person holds, each with its reach."""
    with reading() as session:
        asked = select(Membership).where(Membership.org_id == org_id, Membership.person_id == person_id)
        return frozenset(Scope(row.role, row.scope_type, row.scope_id) for row in session.scalars(asked))


def people_with(org_id: str, role: str) -> frozenset[str]:
    """The persons who hold a role in any scope."""
    with reading() as session:
        asked = select(Membership.person_id).where(Membership.org_id == org_id, Membership.role == role)
        return frozenset(session.scalars(asked))


def _memberships(org_id: str, person_id: str, scope: Scope) -> Select[Membership]:
    return select(Membership).where(
        Membership.org_id == org_id,
        Membership.person_id == person_id,
        Membership.role == scope.role,
        Membership.scope_type == scope.type,
        Membership.scope_id == scope.id,
    )


def _of(sign_in: str) -> Account:
    current_unit()
    account = db.session.scalar(select(Account).where(Account.sign_in == sign_in.strip().lower()).with_for_update())
    if account is None:
        raise NotFound("There is no such account.")
    return account


def _end_sessions(account: Account) -> None:
    db.session.execute(delete(SessionRow).where(SessionRow.account_id == account.id))


def _name(sign_in: str) -> str:
    name = sign_in.strip().lower()
    if not SIGN_IN_NAME.fullmatch(name):
        raise Invalid("A sign-in name has 2 to 199 letters, digits and . _ @ + -", field="sign_in")
    return name


def _check_password(password: str, name: str) -> None:
    fault = rules.password_fault(password, name)
    if fault:
        raise Invalid(f"The password {fault}.", field="password")


def _note(org_id: str, kind: str, ref: str, **facts: str) -> None:
    db.session.flush()
    journal.append(org_id, kind, ref, journal.salted({"kind": kind, "ref": ref, **facts}), clock.now())
