"""Every day what was resolved a week ago is closed."""

from __future__ import annotations

from backend.core import jobs
from backend.core.clock import SetClock
from backend.desk import services as desk
from tests.backend.desk.test_operations import SOLVED, ticket
from tests.makers import House, Office, Person


def test_a_resolved_ticket_is_closed_after_seven_quiet_days(
    house: House, office: Office, dispatcher: Person, clock: SetClock
) -> None:
    old, open_ = ticket(house, office), ticket(house, office)
    office("ticket.resolve", ("ticket", old), SOLVED)
    clock.advance(days=2)
    young = ticket(house, office)
    office("ticket.resolve", ("ticket", young), SOLVED)
    states = {}
    for days in (4, 1):
        clock.advance(days=days)
        with house.app.app_context():
            jobs.post_daily()
            jobs.run_due()
            states[days] = [desk.ticket(dispatcher.actor, one).state for one in (old, young, open_)]
    assert states == {4: ["resolved", "resolved", "new"], 1: ["closed", "resolved", "new"]}
