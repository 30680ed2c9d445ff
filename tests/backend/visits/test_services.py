"""The visits' lists and what a visit's page reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.core.problems import Forbidden, NotFound
from backend.core.schema import wire_time
from backend.visits import services as visits
from tests.backend.visits.test_operations import photo_of, plan_of
from tests.makers import House, Office, Person


def test_visits_are_listed_by_what_is_asked(house: House, office: Office, dispatcher: Person, engineer: Person) -> None:
    mine, open_, later = house.visit(engineer), house.visit(), house.visit(engineer)
    office("visit.plan", ("visit", later), plan_of(house, days=3))
    office("visit.cancel", ("visit", open_), {"reason": "X"})
    tomorrow = wire_time(house.clock.now() + timedelta(days=1))
    cases = [
        (visits.Asked(), [later, mine, open_]),
        (visits.Asked(soonest=True), [mine, open_, later]),
        (visits.Asked(state="assigned"), [later, mine]),
        (visits.Asked(engineer=engineer.id), [later, mine]),
        (visits.Asked(engineer="-"), [open_]),
        (visits.Asked(until=tomorrow), [mine, open_]),
        (visits.Asked(since=tomorrow), [later]),
        (visits.Asked(flagged=True), []),
        (visits.Asked(client=house.ids["client"], kind="support"), []),
    ]
    with house.app.app_context():
        for asked, wanted in cases:
            found = visits.list_visits(dispatcher.actor, asked=asked)
            assert (sorted(row.id for row in found.rows), found.total) == (sorted(wanted), len(wanted)), asked
        assert visits.count_visits(dispatcher.actor) == {"assigned": 2, "cancelled": 1}


def test_a_flagged_visit_and_a_tickets_visits_are_found(
    house: House, office: Office, dispatcher: Person, engineer: Person
) -> None:
    tablet, visit, ticket = house.tablet("engineer"), house.visit(engineer), house.new_id()
    facts = {"kind": "incident", "site": house.ids["site"], "title": "X", "channel": "phone"}
    office("ticket.create", ("ticket", ticket), facts)
    office("visit.add_ticket", ("visit", visit), {"ticket": ticket})
    office("visit.cancel", ("visit", visit), {"reason": "X"})
    tablet.sync()
    tablet.do("visit.mark", ("visit", visit), {"mark": "working"})
    with house.app.app_context():
        assert visits.list_visits(dispatcher.actor, asked=visits.Asked(flagged=True)).total == 1
        assert visits.list_visits(dispatcher.actor, asked=visits.Asked(ticket=ticket)).total == 1


def test_a_page_reads_what_was_not_taken_back(house: House, dispatcher: Person, engineer: Person) -> None:
    tablet, visit = house.tablet("engineer"), house.visit(engineer)
    tablet.sync()
    kept, gone, spent = house.new_id(), house.new_id(), house.new_id()
    for photo in (kept, gone):
        tablet.act("photo.add", ("photo", photo), photo_of(visit))
    tablet.act("photo.remove", ("photo", gone), {"reason": "Blurred"})
    tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "Key at the desk"})
    hours = {"visit": visit, "kind": "on_site", "starts_at": "2026-11-23T02:00:00.000Z", "minutes": 60}
    tablet.act("time.add", ("time_entry", spent), hours)
    tablet.sync()
    actor = dispatcher.actor
    with house.app.app_context():
        assert [row.id for row in visits.photos(actor, visit)] == [kept]
        assert visits.photo(actor, kept).visit == visit
        with pytest.raises(NotFound):
            visits.photo(actor, gone)
        assert [row.text for row in visits.notes(actor, visit)] == ["Key at the desk"]
        assert [row.minutes for row in visits.times(actor, visit)] == [60]


def test_a_visit_of_another_organisation_is_not_there(house: House) -> None:
    visit, stranger = house.visit(), house.other().person("dispatcher").actor
    with house.app.app_context():
        for ask in (visits.visit, visits.photos, visits.notes, visits.times):
            with pytest.raises(NotFound):
                ask(stranger, visit)
        assert visits.list_visits(stranger).total == 0


def test_engineers_read_their_visits_on_the_tablet_and_not_here(house: House, engineer: Person) -> None:
    with house.app.app_context(), pytest.raises(Forbidden):
        visits.list_visits(engineer.actor)
