"""The desk's lists: filters, counts, reach."""

from __future__ import annotations

import pytest

from backend.core.problems import Forbidden, NotFound
from backend.desk import services as desk
from tests.backend.desk.test_operations import SOLVED, ticket
from tests.makers import House, Office, Person


def test_tickets_are_listed_by_what_is_asked(house: House, office: Office, dispatcher: Person) -> None:
    urgent = ticket(house, office, impact="high", urgency="high")
    solved = ticket(house, office, title="Scanner", category="hardware")
    office("ticket.assign", ("ticket", urgent), {"assignee": dispatcher.id})
    office("ticket.resolve", ("ticket", solved), SOLVED)
    cases = [
        (desk.Asked(), {urgent, solved}),
        (desk.Asked(open=True), {urgent}),
        (desk.Asked(state="resolved"), {solved}),
        (desk.Asked(priority="P1"), {urgent}),
        (desk.Asked(category="hardware"), {solved}),
        (desk.Asked(assignee=dispatcher.id), {urgent}),
        (desk.Asked(assignee="-"), {solved}),
        (desk.Asked(site=house.new_id()), set()),
    ]
    with house.app.app_context():
        for asked, wanted in cases:
            found = desk.list_tickets(dispatcher.actor, asked=asked)
            assert ({row.id for row in found.rows}, found.total) == (wanted, len(wanted)), asked
        assert desk.count_tickets(dispatcher.actor) == {"new": 1, "resolved": 1}


def test_what_is_open_at_a_site_comes_most_urgent_first(house: House, office: Office, dispatcher: Person) -> None:
    calm = ticket(house, office, impact="low", urgency="low")
    urgent = ticket(house, office, impact="high", urgency="high")
    with house.app.app_context():
        assert [row.id for row in desk.open_tickets_at(dispatcher.actor, house.ids["site"])] == [urgent, calm]


def test_a_ticket_of_another_organisation_is_not_there(house: House, office: Office) -> None:
    made, stranger = ticket(house, office), house.other().person("dispatcher").actor
    with house.app.app_context():
        with pytest.raises(NotFound):
            desk.ticket(stranger, made)
        assert desk.tickets_by_id(stranger, [made]) == []


@pytest.mark.parametrize("role", ["engineer", "client_contact"])
def test_the_desk_is_for_people_at_a_desk(house: House, role: str) -> None:
    with house.app.app_context(), pytest.raises(Forbidden):
        desk.list_tickets(house.person(role).actor)
