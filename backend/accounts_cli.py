"""`singgah accounts`: who can sign in, new accounts, new passwords."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import click
from flask import Flask

from backend.core import clock, keys
from backend.core.config import Config
from backend.core.db import unit
from backend.core.problems import Problem
from backend.exchange import services as exchange
from backend.identity import services as identity
from backend.identity.actor import Scope

ROLES = sorted(identity.ROLES)


@click.group(invoke_without_command=True)
@click.pass_context
def accounts(context: click.Context) -> None:
    """Print the demo's sign-ins and how to enrol a tablet; add accounts, give new passwords."""
    if context.invoked_subcommand is None:
        config = Config.from_env(os.environ)
        for line in [*_demo_lines(config.data_dir / "demo-accounts.json"), *_tablet_lines(config.public_url)]:
            click.echo(line)


def _demo_lines(kept: Path) -> list[str]:
    if not kept.exists():
        return ["", "  No demo accounts here. `singgah accounts add` makes the first administrator.", ""]
    people = json.loads(kept.read_text(encoding="utf-8"))
    width = max(len(person["sign_in"]) for person in people)
    rows = [
        f"    {person['sign_in']:<{width}}  {person['password']}  {person['name']}, {_spoken(person['roles'])}"
        for person in people
    ]
    return ["", "  Sign in as one of the demo's people:", *rows, f"    (kept in {kept})", ""]


def _spoken(roles: list[str]) -> str:
    return " and ".join(role.replace("_", " ") for role in roles)


def _tablet_lines(public_url: str) -> list[str]:
    return [
        f"  Office and clients: {public_url}/   Tablet: {public_url}/app/",
        "  To enrol a tablet: sign in at /app/ as an engineer, install the app, choose a PIN; then a dispatcher",
        "  compares the eight characters on the tablet with those at /console/devices and confirms.",
        "  A tablet other than this machine's own browser needs HTTPS: docs/operators-guide.md, 'HTTPS'.",
        "",
    ]


@accounts.command()
@click.argument("sign_in")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="May be given often.")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--organisation", help="The organisation's name; makes it when there is none yet.")
@click.option("--site", "sites", multiple=True, help="For a client's contact: ids of the sites that it sees.")
def add(sign_in: str, roles: tuple[str, ...], name: str, organisation: str | None, sites: tuple[str, ...]) -> None:
    """Make a person with an account; prints the password once."""
    with _app().app_context():
        password = new_password()
        try:
            org_id = _organisation(organisation)
            add_person(org_id, sign_in, password, name, roles, sites)
        except Problem as problem:
            raise click.ClickException(problem.title) from problem
    click.echo(f"{sign_in}  {password}")


@accounts.command()
@click.argument("sign_in")
def password(sign_in: str) -> None:
    """Give an account a new password; prints it once and ends its sessions."""
    with _app().app_context():
        fresh = new_password()
        try:
            with unit():
                identity.set_password(sign_in, fresh)
        except Problem as problem:
            raise click.ClickException(problem.title) from problem
    click.echo(f"{sign_in}  {fresh}")


def add_person(
    org_id: str, sign_in: str, password: str, name: str, roles: tuple[str, ...], sites: tuple[str, ...] = ()
) -> str:
    """A person with an account and roles; the person's id. Raises Problem."""
    person_id = clock.new_id()
    with unit():
        identity.create(org_id, person_id, sign_in, password, _scopes(org_id, roles, sites))
    facts: dict[str, object] = {"name": name, "skills": [], "base": None, "employer": None, "active": True}
    _must_apply(exchange.submit(exchange.program(org_id), [("person.edit", ("person", person_id), facts)]))
    return person_id


def _scopes(org_id: str, roles: tuple[str, ...], sites: tuple[str, ...]) -> list[Scope]:
    if "client_contact" in roles and not sites:
        raise click.ClickException("a client's contact needs at least one --site")
    office = [Scope(role, "organisation", org_id) for role in roles if role != "client_contact"]
    return office + [Scope("client_contact", "site", site) for site in sites if "client_contact" in roles]


def _organisation(name: str | None) -> str:
    known = identity.organisations()
    if known and name is not None:
        raise click.ClickException("this installation has its organisation: leave --organisation out")
    if not known and name is None:
        raise click.ClickException("name the new organisation with --organisation")
    return known[0] if known else found_organisation(name or "")


def found_organisation(name: str) -> str:
    """A new organisation with its feed; its id."""
    org_id = clock.new_id()
    with unit():
        exchange.found(org_id)
    facts = {"name": name, "demo": False, "recovery_key": recovery_key(), "privacy_notice": "privacy-sg@1"}
    _must_apply(exchange.submit(exchange.program(org_id), [("organisation.edit", ("organisation", org_id), facts)]))
    return org_id


def recovery_key() -> dict[str, str]:
    """The public half that tablets seal their data key to."""
    return keys.ring().recovery_jwk


def _must_apply(results: list[dict[str, object]]) -> None:
    for result in results:
        if result["status"] != "applied":
            raise click.ClickException(f"the change was {result['status']}: {result.get('code')} {result.get('field')}")


def new_password() -> str:
    """Sixteen characters that nobody guesses."""
    return base64.b32encode(clock.random(10)).decode().lower()


def _app() -> Flask:
    from backend.app import create_app

    return create_app(Config.from_env(os.environ))
