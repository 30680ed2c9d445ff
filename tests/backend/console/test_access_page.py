"""Roles, sign-in names and first passwords, given by an administrator."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape

import pytest

from backend.core.db import reading
from backend.identity import accounts
from tests.backend.console.conftest import Desk
from tests.browser import Browser
from tests.makers import House


@pytest.fixture
def admin(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("administrator")


def roles_of(house: House, person: str) -> set[tuple[str, str]]:
    with house.app.app_context(), reading():
        return {(scope.role, scope.type) for scope in accounts.scopes_of(house.org_id, person)}


def test_a_new_colleague_gets_an_account_and_several_roles(house: House, admin: Desk) -> None:
    page = admin.made("/console/people/new", name="Ravi Menon", skills="network", active="on")
    assert f"{page}/access" in admin.see(page)
    admin.made(f"{page}/access/account", sign_in="ravi", password="a sound password")
    admin.made(f"{page}/access/roles", roles=["engineer", "dispatcher"])
    assert "Signs in as <strong>ravi</strong>" in admin.see(f"{page}/access")
    assert roles_of(house, page.rsplit("/", 1)[1]) == {("engineer", "organisation"), ("dispatcher", "organisation")}


def test_a_role_that_is_taken_away_counts_no_more_at_the_next_request(house: House, admin: Desk) -> None:
    person, browser = house.person("dispatcher"), house.browser("dispatcher")
    admin.made(f"/console/people/{person.id}/access/roles", roles=["engineer"])
    assert browser.get("/console/").status_code == 403


def test_a_clients_contact_reaches_that_client_only(house: House, admin: Desk) -> None:
    page = admin.made("/console/people/new", name="Puan Aminah", active="on")
    admin.made(f"{page}/access/roles", client=house.ids["client"])
    assert roles_of(house, page.rsplit("/", 1)[1]) == {("client_contact", "client")}


def test_nobody_takes_their_own_administration_away(house: House, admin: Desk) -> None:
    person = house.person("administrator")
    answer = admin.send(f"/console/people/{person.id}/access/roles", roles=["engineer"])
    assert answer.status_code == 422
    assert "cannot take your own administration away" in answer.get_data(as_text=True)
    assert ("administrator", "organisation") in roles_of(house, person.id)


@pytest.mark.parametrize(
    ("sign_in", "password", "field"), [("Ra vi", "a sound password", "sign_in"), ("ravi", "tiny-one", "password")]
)
def test_a_name_or_password_that_will_not_do_is_said_at_its_field(
    admin: Desk, sign_in: str, password: str, field: str
) -> None:
    page = admin.made("/console/people/new", name="Ravi Menon", active="on")
    answer = admin.send(f"{page}/access/account", sign_in=sign_in, password=password)
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text
    assert password not in text, "a password is never shown again"


def test_a_new_password_ends_every_session(house: House, admin: Desk) -> None:
    browser: Browser = house.browser("engineer")
    admin.made(f"/console/people/{house.person('engineer').id}/access/password", password="another sound one")
    assert browser.get("/api/v1/session").status_code == 401


def test_a_dispatcher_gives_no_roles(house: House, desk: Desk) -> None:
    person = house.person("dispatcher")
    assert desk.send(f"/console/people/{person.id}/access/roles", roles=["administrator"]).status_code == 403
    assert f"/console/people/{person.id}/access" not in desk.see(f"/console/people/{person.id}")


def test_a_person_of_another_organisation_is_not_there(house: House, admin: Desk) -> None:
    stranger = house.other().person("engineer").id
    for end in ("", "/roles", "/account", "/password"):
        method = admin.browser.post if end else admin.browser.get
        headers = {"HX-Request": "true"}
        assert method(f"/console/people/{stranger}/access{end}", headers=headers).status_code == 404, end
