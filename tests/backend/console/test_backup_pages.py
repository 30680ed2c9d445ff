"""What the console says of backups; what an administrator does for somebody whom a restored server has forgotten."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import delete

from backend.backup.make import make
from backend.core.clock import SetClock
from backend.core.db import db, unit
from backend.directory.models import Person
from backend.exchange.models import SyncHead
from backend.identity import accounts
from backend.identity.models import Account, Device, Membership
from tests.backend.console.conftest import Desk
from tests.drill.returning import show, statement_of
from tests.makers import House, Tablet


def test_the_first_page_says_that_nothing_is_backed_up(desk_of: Callable[[str], Desk]) -> None:
    assert "Nothing is backed up" in desk_of("dispatcher").see("/console/")


def test_the_first_page_says_when_the_last_backup_was_made(
    desk_of: Callable[[str], Desk], app: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        make(tmp_path / "backups")

    page = desk_of("dispatcher").see("/console/")

    assert "Last verified backup: " in page
    assert "too long ago" not in page


def test_somebody_made_after_the_backup_is_made_again_under_the_same_id(
    house: House, tablet: Tablet, desk_of: Callable[[str], Desk], clock: SetClock
) -> None:
    text, person = statement_of(tablet), tablet.person
    with house.app.app_context(), unit(fed=True):
        db.session.execute(delete(Device).where(Device.person_id == person.id))
        db.session.execute(delete(Account).where(Account.person_id == person.id))
        db.session.execute(delete(Membership).where(Membership.person_id == person.id))
        db.session.execute(delete(Person).where(Person.id == person.id))
        db.session.execute(delete(SyncHead).where(SyncHead.entity_id == person.id))
    show(tablet, text)
    admin = desk_of("administrator")
    page = f"/console/devices/{tablet.id}"

    assert f"Engineer 1, signed in as {person.sign_in}" in admin.see(page)
    assert "Make Engineer 1 again" in admin.see(page)
    there = admin.made(f"{page}/person")
    admin.made(f"{there}/account", sign_in=person.sign_in, password="a sound password")
    admin.made(f"{there}/roles", roles=["engineer"])
    admin.made(f"{page}/confirm")

    assert "Make Engineer 1 again" not in admin.see(page)
    with house.app.app_context():
        assert accounts.scopes_of(house.org_id, person.id)
    tablet.browser.type_password("a sound password")
    assert admin.send(f"{page}/person").status_code == 404
