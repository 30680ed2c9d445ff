"""A server that was put back to an earlier state, and a tablet whose token is younger than that state."""

import pytest

from backend.core.db import unit
from backend.exchange import services as exchange
from tests.makers import House, Tablet


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_a_new_epoch_the_tablet_begins_a_new_line_of_tokens_and_nothing_is_lost(
    house: House, tablet: Tablet
) -> None:
    visit = house.visit(tablet.person)
    tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "before"})
    with house.app.app_context(), unit():
        epoch = exchange.bump_epoch(house.org_id)
    n = tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "after"})

    refused = tablet.push()
    assert (refused.status_code, refused.get_json()["epoch"]) == (409, epoch)
    tablet.epoch, tablet.resume, tablet.cursor = epoch, None, None
    tablet.ack_n = refused.get_json()["next_n"] - 1

    assert tablet.push().status_code == 200
    assert tablet.result(n)["status"] == "applied"
