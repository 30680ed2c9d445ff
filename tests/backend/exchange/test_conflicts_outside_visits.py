"""Two values of a thing of no visit: who came second hears how it ended, and no value that they may not see."""

from __future__ import annotations

import pytest

from backend.exchange import audit
from tests.makers import House, Tablet


@pytest.fixture
def asset(house: House, tablet: Tablet, second: Tablet) -> str:
    """At the site of a visit of both engineers, and on both tablets."""
    made = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    house.office()("asset.create", ("asset", made), facts)
    house.visit(tablet.person, second.person)
    for one in (tablet, second):
        one.pull()
    return made


@pytest.fixture
def second(house: House) -> Tablet:
    return house.tablet("engineer", 2)


def placed(tablet: Tablet, asset: str, place: str) -> str:
    """What this engineer says of its place, the tablet not having heard of the other's word; the conflict's id."""
    result = tablet.do("asset.edit", ("asset", asset), {"place": place})
    assert result["status"] == "conflict", result
    return str(result["conflict_id"])


def differing(house: House, tablet: Tablet, second: Tablet, asset: str) -> str:
    assert tablet.do("asset.edit", ("asset", asset), {"place": "Rack 1"})["status"] == "applied"
    return placed(second, asset, "Rack 2")


def decide(house: House, conflict: str, choice: str) -> None:
    result = house.office()("conflict.decide", ("conflict", conflict), {"choice": choice})
    assert result["status"] == "applied", result


def knows(tablet: Tablet, conflict: str) -> bool:
    tablet.pull()
    return ("conflict", conflict) in tablet.rows


@pytest.mark.parametrize(("choice", "place"), [("current", "Rack 1"), ("candidate", "Rack 2")])
def test_who_came_second_hears_how_it_was_decided(
    house: House, tablet: Tablet, second: Tablet, asset: str, choice: str, place: str
) -> None:
    conflict = differing(house, tablet, second, asset)
    assert knows(second, conflict)
    assert second.value("conflict", conflict)["state"] == "open"

    decide(house, conflict, choice)
    second.pull()

    told = second.value("conflict", conflict)
    assert (told["state"], told["choice"], told["decided_by"]) == ("decided", choice, house.person("dispatcher").id)
    assert (told["current"]["value"], told["candidate"]["value"]) == ("Rack 1", "Rack 2")
    assert second.value("asset", asset)["place"] == place


def test_nobody_else_does(house: House, tablet: Tablet, second: Tablet, asset: str) -> None:
    conflict = differing(house, tablet, second, asset)
    stranger = house.tablet("engineer", 3)

    assert [knows(one, conflict) for one in (tablet, stranger)] == [False, False]


def test_who_left_the_site_hears_the_decision_and_not_the_value_that_they_never_had(
    house: House, tablet: Tablet, asset: str
) -> None:
    late = house.tablet("engineer", 3)
    mine = house.visit(late.person)
    late.pull()
    house.office()("visit.assign", ("visit", mine), {"engineers": [], "lead": None})
    tablet.pull()
    assert tablet.do("asset.edit", ("asset", asset), {"place": "Behind the safe"})["status"] == "applied"

    conflict = placed(late, asset, "Rack 2")
    decide(house, conflict, "current")
    answer = late.pull()

    told = late.value("conflict", conflict)
    assert (told["state"], told["choice"]) == ("decided", "current")
    assert (told["current"]["value"], told["current"]["withheld"]) == (None, True)
    assert told["candidate"]["value"] == "Rack 2"
    assert "Behind the safe" not in answer.text


def test_nor_does_who_was_let_in_by_the_office(house: House, tablet: Tablet, second: Tablet, asset: str) -> None:
    stranger = house.tablet("engineer", 3)
    stranger.pull()
    assert tablet.do("asset.edit", ("asset", asset), {"place": "Behind the safe"})["status"] == "applied"
    held = stranger.do("asset.edit", ("asset", asset), {"place": "Rack 2"})
    assert (held["status"], held["code"]) == ("held", "out_of_scope")

    house.office()("held.decide", ("held_decision", held["id"]), {"choice": "carry_out"})
    stranger.pull()

    [told] = [row.value for (kind, _), row in stranger.rows.items() if kind == "conflict"]
    assert (told["current"]["value"], told["candidate"]["value"]) == (None, "Rack 2")


def test_the_office_sees_both_values_of_each(house: House, tablet: Tablet, second: Tablet, asset: str) -> None:
    differing(house, tablet, second, asset)

    page = house.browser("dispatcher").get("/console/attention").text

    assert "Rack 1" in page and "Rack 2" in page


def test_table_and_feed_agree_on_each(house: House, tablet: Tablet, second: Tablet, asset: str) -> None:
    conflict = differing(house, tablet, second, asset)
    decide(house, conflict, "candidate")

    with house.app.app_context():
        assert audit.differences(house.org_id) == []
