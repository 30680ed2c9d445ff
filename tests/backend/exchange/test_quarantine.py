"""Held operations: seen by the office, and set aside when somebody has dealt with them."""

from __future__ import annotations

import pytest

from backend.core.db import unit
from backend.core.problems import Conflict, Forbidden, NotFound
from backend.exchange import services
from tests.makers import House, Tablet


def start(house: House, tablet: Tablet, ticket: str) -> int:
    return tablet.act("ticket.start", ("ticket", ticket), {})


@pytest.fixture
def held(house: House, tablet: Tablet) -> tuple[str, int]:
    """A ticket that is not there, and the number of the operation that wanted to start it."""
    ticket = house.new_id()
    n = start(house, tablet, ticket)
    tablet.push()
    assert tablet.result(n)["code"] == "entity_gone"
    return ticket, n


def set_aside(house: House, role: str, device: str, n: int) -> None:
    with house.app.app_context(), unit():
        services.set_aside(house.person(role).actor, device, n)


def waiting(house: House, role: str) -> list[services.Held]:
    with house.app.app_context():
        return services.held(house.person(role).actor)


def test_the_office_sees_what_is_held_and_what_it_wanted(house, tablet, held):
    [one] = waiting(house, "dispatcher")

    assert (one.device, one.n, one.person) == (tablet.id, held[1], tablet.person.id)
    assert (one.type, one.entity, one.args, one.code) == ("ticket.start", held[0], {}, "entity_gone")
    assert waiting(house, "engineer") == []
    assert waiting(house.other(), "dispatcher") == []


def test_what_is_set_aside_holds_nothing_back(house, tablet, held):
    ticket, n = held
    facts = {
        "kind": "incident", "site": house.ids["site"], "title": "Printer", "impact": "low", "urgency": "low",
        "category": "hardware", "channel": "console",
    }  # fmt: skip
    house.office()("ticket.create", ("ticket", ticket), facts)
    house.visit(tablet.person)
    behind = start(house, tablet, ticket)
    tablet.push()
    assert tablet.result(behind)["code"] == "blocked_by"

    for number in (n, behind):
        set_aside(house, "dispatcher", tablet.id, number)
    after = start(house, tablet, ticket)
    tablet.push()

    assert tablet.result(after)["status"] == "applied"
    assert waiting(house, "dispatcher") == []


def test_only_the_office_sets_aside_once_and_only_what_waits(house, tablet, held):
    _, n = held

    with pytest.raises(Forbidden):
        set_aside(house, "engineer", tablet.id, n)
    with pytest.raises(NotFound):
        set_aside(house.other(), "dispatcher", tablet.id, n)
    set_aside(house, "dispatcher", tablet.id, n)
    with pytest.raises(Conflict):
        set_aside(house, "dispatcher", tablet.id, n)
