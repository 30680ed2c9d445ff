"""The daily comparison of tables and feed finds whatever was written past the exchange."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, delete, text, update

from backend.core import jobs, one_way
from backend.core.db import db
from backend.core.journal import JournalEntry
from backend.exchange import audit
from backend.exchange.models import HEADS
from tests.makers import House, Tablet


def past_the_exchange(house: House, change: Callable[[Connection], object]) -> None:
    """As somebody does who knows how to get around both guards."""
    with house.app.app_context(), db.engine.execution_options(fed=one_way.MIGRATION).begin() as connection:
        change(connection)


def found(house: House) -> list[tuple[str, str]]:
    with house.app.app_context():
        return [(one.kind, one.id) for one in audit.differences(house.org_id)]


def test_a_house_that_was_lived_in_agrees_with_its_feed(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    tablet.pull()
    tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "Ångström \u4e2d"})
    tablet.do("visit.mark", ("visit", visit), {"mark": "travelling"})
    house.office()("visit.assign", ("visit", visit), {"engineers": [], "lead": None})
    house.office()("client.edit", ("client", house.ids["client"]), {"name": "Kedai", "notes": "only for the office"})

    assert found(house) == []


BYPASSES: dict[str, tuple[str, Callable[[House], Callable[[Connection], object]]]] = {
    "a changed value": ("client", lambda house: lambda c: c.execute(text("UPDATE client SET name = 'x'"))),
    "a moved version": ("client", lambda house: lambda c: c.execute(text("UPDATE client SET ver = ver + 1"))),
    "a removed row": ("client", lambda house: lambda c: c.execute(text("DELETE FROM client"))),
    "a lost head": ("client", lambda house: lambda c: c.execute(delete(HEADS).where(HEADS.c.kind == "client"))),
    "another audience": (
        "client",
        lambda house: lambda c: c.execute(update(HEADS).where(HEADS.c.kind == "client").values(audience="v:x")),
    ),
}


@pytest.mark.parametrize("bypass", BYPASSES)
def test_what_was_written_past_the_exchange_is_found(house: House, bypass: str) -> None:
    kind, change = BYPASSES[bypass]
    past_the_exchange(house, change(house))

    assert found(house) == [(kind, house.ids["client"])]


def test_a_difference_is_a_line_of_the_journal_and_a_job_that_waits_for_a_person(house: House) -> None:
    past_the_exchange(house, BYPASSES["a changed value"][1](house))

    with house.app.app_context():
        jobs.post_daily()
        for _ in range(5):
            jobs.run_due()
            house.clock.advance(hours=2)
        assert db.session.query(JournalEntry).filter_by(org_id=house.org_id, kind=audit.LINE).count() >= 1
        assert [job.kind for job in jobs.dead(jobs.INSTALLATION)] == [audit.KIND]
        assert jobs.state().dead == 1
