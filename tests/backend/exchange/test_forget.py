"""Tombstones are forgotten after 180 days, and who might have missed one begins anew (P18)."""

from __future__ import annotations

from sqlalchemy import func, select

from backend.core import jobs
from backend.core.db import db
from backend.exchange import forget
from backend.exchange.models import HEADS, ORGS
from tests.makers import House, Tablet


def asset(house: House) -> str:
    made = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS in the rack", "stage": "in_service"}
    house.office()("asset.create", ("asset", made), facts)
    return made


def take_away(house: House, made: str) -> None:
    """To a site of which the tablet knows nothing: it leaves a tombstone behind."""
    house.office()("asset.move", ("asset", made), {"site": house.site(), "place": "Server room"})


def days_pass(house: House, days: int) -> None:
    house.clock.advance(days=days)
    with house.app.app_context():
        forget.run(jobs.Job("id", jobs.INSTALLATION, forget.KIND, "key", {}, None, 1))


def tombstones(house: House) -> int:
    with house.app.app_context():
        asked = select(func.count()).select_from(HEADS).where(HEADS.c.deleted.is_(True))
        return db.session.execute(asked).scalar_one()


def floor(house: House) -> int:
    with house.app.app_context():
        return db.session.execute(select(ORGS.c.floor).where(ORGS.c.org_id == house.org_id)).scalar_one()


def test_a_tablet_that_was_away_for_180_days_begins_anew_and_loses_what_was_removed_meanwhile(house, tablet):
    visit, gone = house.visit(tablet.person), asset(house)
    tablet.pull()
    assert ("asset", gone) in tablet.rows
    take_away(house, gone)
    unsent = tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "written far away"})

    days_pass(house, 180)

    assert tombstones(house) == 0
    assert floor(house) > tablet.head
    tablet.browser.sign_in()
    answer = tablet.pull()
    assert (answer.status_code, answer.get_json()["code"]) == (410, "cursor_expired")
    tablet.cursor, tablet.rows = None, {}
    tablet.sync()
    assert ("asset", gone) not in tablet.rows
    assert ("visit", visit) in tablet.rows
    assert tablet.result(unsent)["status"] == "applied"


def test_a_tombstone_of_179_days_stays_and_its_tablet_goes_on(house: House, tablet: Tablet) -> None:
    house.visit(tablet.person)
    gone = asset(house)
    tablet.pull()
    take_away(house, gone)

    days_pass(house, 179)

    assert (tombstones(house), floor(house)) == (1, 0)
    tablet.browser.sign_in()
    tablet.pull()
    assert ("asset", gone) not in tablet.rows


def test_who_has_had_the_last_tombstone_goes_on_however_long_ago(house: House, tablet: Tablet) -> None:
    house.visit(tablet.person)
    gone = asset(house)
    take_away(house, gone)
    tablet.pull()

    days_pass(house, 400)

    assert tombstones(house) == 0
    tablet.browser.sign_in()
    assert tablet.pull().status_code == 200


def test_where_nothing_is_old_nothing_is_forgotten(house: House) -> None:
    with house.app.app_context():
        assert forget.forget(house.org_id) == 0
    assert floor(house) == 0
