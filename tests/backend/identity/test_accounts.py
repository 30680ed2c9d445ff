"""Accounts and roles as the command line and the console make them."""

from __future__ import annotations

import pytest

from backend.core.db import unit
from backend.core.problems import Invalid, NotFound
from backend.identity import accounts
from backend.identity.actor import Scope
from tests.makers import House

GOOD = "yet another horse"


def make(house: House, sign_in: str = "ng.wei", password: str = GOOD, role: str = "engineer") -> str:
    person = house.new_id()
    with house.app.app_context(), unit():
        accounts.create(house.org_id, person, sign_in, password, [Scope(role, "organisation", house.org_id)])
    return person


def test_a_sign_in_name_is_unique_in_the_installation(house: House) -> None:
    make(house)

    with pytest.raises(accounts.NameTaken) as refused:
        make(house.other(), "Ng.Wei")
    assert refused.value.field == "sign_in"


@pytest.mark.parametrize("name", ["", "a", "with space", "ümlaut", "-x", "x" * 200, "a\0b"])
def test_a_name_that_nobody_can_type_is_refused(house: House, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(house, name)
    assert refused.value.field == "sign_in"


def test_a_weak_password_makes_no_account(house: House) -> None:
    with pytest.raises(Invalid) as refused:
        make(house, password="ng.wei.ng.wei")
    assert refused.value.field == "password"
    with house.app.app_context():
        assert "ng.wei" not in [account.sign_in for account in accounts.listed(house.org_id)]


@pytest.mark.parametrize("role", ["system", "owner"])
def test_a_role_that_does_not_exist_is_refused(house: House, role: str) -> None:
    with pytest.raises(Invalid):
        make(house, role=role)


def test_who_holds_a_role_is_known_per_organisation(house: House) -> None:
    other = house.other()
    mine, theirs = make(house, "one.of-us"), make(other, "one.of-them")

    with house.app.app_context():
        assert mine in accounts.people_with(house.org_id, "engineer")
        assert theirs not in accounts.people_with(house.org_id, "engineer")


def test_an_account_that_is_not_there_cannot_be_changed(house: House) -> None:
    with house.app.app_context(), pytest.raises(NotFound), unit():
        accounts.set_password("nobody", GOOD)
