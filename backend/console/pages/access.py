"""Who may do what: an administrator gives a person roles, a sign-in name and a first password."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from backend.console import forms, words
from backend.console.acts import go
from backend.console.fields import Field, Option, Pick, Picks, Secret
from backend.console.lists import Cell
from backend.core.db import unit
from backend.core.problems import Conflict, Invalid
from backend.directory import services as directory
from backend.identity import services as identity
from backend.identity.services import Account, Actor, Scope, guards

HREF = "/console/people"
PROVIDER_ROLES = ("engineer", "dispatcher", "desk_agent", "service_manager", "administrator")
ROLES = Picks(name="roles", label="Roles in the whole organisation", options=lambda: words.options(PROVIDER_ROLES))
CLIENT = Pick(
    name="client",
    label="Contact of a client (the portal shows its sites)",
    options=lambda: directory.client_choices(guards.current()),
    none="Of no client",
)
ACCOUNT = (
    Field(name="sign_in", label="Sign-in name", required=True, hint="Small letters, digits, and . _ @ + -"),
    Secret(name="password", label="Password", required=True, hint="At least 10 characters"),
)
NEW_PASSWORD = (ACCOUNT[1],)


def add_to(bp: Blueprint) -> None:
    only = guards.roles("administrator")
    doors: Sequence[tuple[str, str, Callable[..., ResponseReturnValue], str]] = (
        ("", "access", show, "GET"),
        ("/roles", "access_roles", give_roles, "POST"),
        ("/account", "access_account", make_account, "POST"),
        ("/password", "access_password", set_password, "POST"),
    )
    for end, name, view, method in doors:
        bp.add_url_rule(f"/people/<uuid:person_id>/access{end}", name, only(view), methods=[method])


@dataclass(frozen=True)
class Access:
    """What a person has now. `elsewhere` are roles of a part only: they are shown, and kept as they are."""

    name: str
    account: Account | None
    scopes: frozenset[Scope]

    def held(self, org_id: str) -> list[str]:
        return [one.role for one in self.scopes if one.type == "organisation" and one.id == org_id]

    @property
    def client(self) -> str:
        """The client whose contact this is, if any."""
        return next((one.id for one in self.scopes if (one.role, one.type) == ("client_contact", "client")), "")

    @property
    def elsewhere(self) -> list[Cell]:
        told = [one for one in self.scopes if one.type in ("region", "site")]
        return [Cell(f"{words.spoken(one.role)} of one {one.type}", "neutral") for one in sorted(told)]


def _read(person_id: str) -> Access:
    actor = guards.current()
    name = directory.person(actor, person_id).name
    account = next((one for one in identity.listed(actor.org_id) if one.person_id == person_id), None)
    return Access(name, account, identity.scopes_of(actor.org_id, person_id))


def show(person_id: Any) -> ResponseReturnValue:
    return _page(str(person_id))


def _page(person_id: str, failed: str = "", form: forms.Form | None = None) -> ResponseReturnValue:
    access = _read(person_id)
    roles = forms.blank((ROLES, CLIENT), 0, roles=access.held(guards.current().org_id), client=access.client)
    account = forms.blank(NEW_PASSWORD if access.account else ACCOUNT, 0)
    shown = {"roles": roles, "account": account, **({failed: form} if form else {})}
    page = render_template("console/access.html", access=access, href=f"{HREF}/{person_id}", **shown)
    return page, 422 if form else 200


def give_roles(person_id: Any) -> ResponseReturnValue:
    """Grant what is ticked and withdraw what is not; both count at the person's next request."""
    actor, person = guards.current(), str(person_id)
    wanted = _wanted(actor)
    now = {one for one in _read(person).scopes if one.type in ("organisation", "client")}
    lost = ("administrator", "organisation", actor.org_id)
    if person == actor.person_id and lost in {tuple(one) for one in now - wanted}:
        form = forms.submitted((ROLES, CLIENT), request.form)
        return _page(person, "roles", form.with_errors({"roles": "You cannot take your own administration away"}))
    with unit():
        for scope in sorted(wanted - now):
            identity.grant(actor.org_id, person, scope)
        for scope in sorted(now - wanted):
            identity.withdraw(actor.org_id, person, scope)
    return go(f"{HREF}/{person}/access", "The roles are saved.")


def _wanted(actor: Actor) -> set[Scope]:
    """The scopes that the form asks for. Raises Invalid for a role or client that is not on it."""
    roles, client = set(request.form.getlist("roles")), request.form.get("client", "")
    known: Sequence[Option] = directory.client_choices(actor)
    if roles - set(PROVIDER_ROLES) or (client and client not in dict(known)):
        raise Invalid("There is no such role or client.", field="roles")
    found = {Scope(role, "organisation", actor.org_id) for role in roles}
    return found | ({Scope("client_contact", "client", client)} if client else set())


def make_account(person_id: Any) -> ResponseReturnValue:
    actor, person = guards.current(), str(person_id)
    access, form = _read(person), forms.submitted(ACCOUNT, request.form)
    if access.account is not None:
        raise Conflict("This person has an account already.")
    try:
        with unit():
            identity.create(actor.org_id, person, form.values["sign_in"], request.form.get("password", ""), ())
    except (Invalid, Conflict) as refused:
        return _page(person, "account", form.with_errors({refused.field or "": refused.title.rstrip(".")}))
    return go(f"{HREF}/{person}/access", "The account is made. Tell the person the first password.")


def set_password(person_id: Any) -> ResponseReturnValue:
    person = str(person_id)
    access, form = _read(person), forms.submitted(NEW_PASSWORD, request.form)
    if access.account is None:
        raise Conflict("This person has no account yet.")
    try:
        with unit():
            identity.set_password(access.account.sign_in, request.form.get("password", ""))
    except Invalid as refused:
        return _page(person, "account", form.with_errors({"password": refused.title.rstrip(".")}))
    return go(f"{HREF}/{person}/access", "The new password counts; every session of the person has ended.")
