"""Push (sync.md 3.3): every operation has one outcome, whatever the network does."""

from __future__ import annotations

from tests.makers import House, Tablet


def test_an_operation_is_applied_and_acknowledged_with_the_position_of_its_effect(house: House, tablet: Tablet):
    visit = house.visit(tablet.person)
    tablet.pull()

    result = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "Lift is out of order"})

    assert result["status"] == "applied"
    assert result["seq"] == tablet.head + 1
