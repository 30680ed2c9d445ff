"""Two people, one field (sync.md 3.7), and who may still write where (late scope)."""

from __future__ import annotations

import pytest

from backend.core.db import db
from backend.exchange import services
from backend.exchange.conflicts import Conflict
from backend.exchange.models import SyncOp
from tests.backend.inspections.test_operations import DEFINITION, NAME
from tests.makers import House, Tablet


@pytest.fixture
def second(house: House) -> Tablet:
    return house.tablet("engineer", 2)


@pytest.fixture
def visit(house: House, tablet: Tablet, second: Tablet) -> str:
    made = house.visit(tablet.person, second.person)
    tablet.pull()
    second.pull()
    return made


def conflicts(tablet: Tablet) -> list[dict]:
    tablet.pull()
    return [row.value for (kind, _), row in tablet.rows.items() if kind == "conflict"]


def test_two_dispatchers_with_one_form_are_asked_to_choose(house, visit):
    first, later = house.office(), house.office("service_manager")
    base = head(house)
    first("visit.edit", ("visit", visit), {"title": "First"}, base=base)

    result = later.ask("visit.edit", ("visit", visit), {"title": "Second"}, base=base)

    assert result["status"] == "conflict"
    tablet = house.tablet("engineer")
    [conflict] = conflicts(tablet)
    assert tablet.value("visit", visit)["title"] == "First"
    assert (conflict["current"]["value"], conflict["candidate"]["value"]) == ("First", "Second")
    assert (conflict["current"]["by"], conflict["candidate"]["by"]) == (first.person.id, later.person.id)
    assert (conflict["field"], conflict["state"], conflict["choice"]) == ("title", "open", None)


def test_the_choice_becomes_current_and_a_second_choice_is_too_late(house, visit, tablet):
    base = head(house)
    house.office()("visit.edit", ("visit", visit), {"title": "First"}, base=base)
    conflict = house.office("service_manager").ask("visit.edit", ("visit", visit), {"title": "Second"}, base=base)
    decided = house.office()("conflict.decide", ("conflict", conflict["conflict_id"]), {"choice": "candidate"})

    tablet.pull()

    assert decided["status"] == "applied"
    assert tablet.value("visit", visit)["title"] == "Second"
    [row] = conflicts(tablet)
    assert (row["state"], row["choice"], row["decided_by"]) == ("decided", "candidate", house.person("dispatcher").id)
    again = house.office().ask("conflict.decide", ("conflict", conflict["conflict_id"]), {"choice": "current"})
    assert (again["status"], again["code"]) == ("held", "wrong_state")


def test_who_saw_the_newer_value_overwrites_it_in_peace(house, visit, tablet):
    house.office()("visit.edit", ("visit", visit), {"title": "First"})

    result = house.office("service_manager").ask("visit.edit", ("visit", visit), {"title": "Second"}, base=head(house))

    assert result["status"] == "applied"
    assert conflicts(tablet) == []


def test_other_fields_of_one_entity_are_merged_and_it_is_said(house, visit, tablet):
    base = head(house)
    house.office()("visit.edit", ("visit", visit), {"title": "First"}, base=base)

    result = house.office("service_manager").ask("visit.edit", ("visit", visit), {"briefing": "Ring twice"}, base=base)

    assert result["status"] == "merged"
    tablet.pull()
    assert (tablet.value("visit", visit)["title"], tablet.value("visit", visit)["briefing"]) == ("First", "Ring twice")


def test_the_same_value_twice_is_no_conflict_and_moves_nothing(house, visit, tablet):
    other = house.office("service_manager")
    base = head(house)
    house.office()("visit.edit", ("visit", visit), {"title": "Same"}, base=base)
    after = head(house)

    result = other.ask("visit.edit", ("visit", visit), {"title": "Same"}, base=base)

    assert (result["status"], head(house)) == ("applied", after)


def test_an_engineers_word_on_planning_gives_way_to_the_office_and_is_kept_beside(house, tablet, visit):
    asset = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    house.office()("asset.create", ("asset", asset), facts)
    tablet.pull()
    house.office()("asset.edit", ("asset", asset), {"place": "Rack 1"}, base=tablet.head)

    result = tablet.do("asset.edit", ("asset", asset), {"place": "Rack 2"})

    assert (result["status"], result["code"]) == ("merged", "overruled")
    tablet.pull()
    assert tablet.value("asset", asset)["place"] == "Rack 1"
    kept = kept_conflicts(house)
    assert [(one.current["value"], one.candidate["value"], one.state, one.choice) for one in kept] == [
        ("Rack 1", "Rack 2", "decided", "current")
    ]


def test_the_office_overrules_an_engineer_and_the_engineers_value_is_kept(house, tablet, visit):
    asset = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    house.office()("asset.create", ("asset", asset), facts)
    base = head(house)
    tablet.pull()
    tablet.do("asset.edit", ("asset", asset), {"place": "Rack 2"})

    result = house.office().ask("asset.edit", ("asset", asset), {"place": "Rack 1"}, base=base)

    assert result["status"] == "applied"
    tablet.pull()
    assert tablet.value("asset", asset)["place"] == "Rack 1"
    assert [(one.current["value"], one.choice) for one in kept_conflicts(house)] == [("Rack 2", "candidate")]


def kept_conflicts(house: House):
    with house.app.app_context():
        return db.session.query(Conflict).filter_by(org_id=house.org_id).all()


def head(house: House) -> int:
    with house.app.app_context():
        return services.head(house.org_id)


def test_ones_own_earlier_operation_is_no_conflict(house, tablet, visit):
    asset = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    house.office()("asset.create", ("asset", asset), facts)
    tablet.pull()
    numbers = [tablet.act("asset.edit", ("asset", asset), {"place": place}) for place in ("A", "B", "C")]
    tablet.push(1)
    tablet.push()

    assert {tablet.result(n)["status"] for n in numbers} == {"applied"}
    tablet.pull()
    assert tablet.value("asset", asset)["place"] == "C"


def test_who_was_taken_off_may_bring_what_was_done_before_and_the_visit_is_flagged(house, tablet, second, visit):
    n = tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "done offline"})
    reassign(house, visit, second)
    tablet.push()

    assert tablet.result(n)["status"] == "applied"
    second.pull()
    assert second.value("visit", visit)["flags"] == ["late_scope"]


def reassign(house: House, visit: str, tablet: Tablet) -> None:
    crew = [tablet.person.id]
    house.office()("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})


def test_late_work_is_accepted_for_fourteen_days_by_the_clock_of_the_server(house, tablet, second, visit):
    reassign(house, visit, second)
    tablet.pull()
    house.clock.advance(days=14)
    in_time = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "in time"})
    house.clock.advance(seconds=1)
    too_late = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "too late"})

    assert in_time["status"] == "applied"
    assert (too_late["status"], too_late["code"]) == ("held", "out_of_scope")


def test_work_from_before_the_reassignment_is_accepted_however_late_it_comes(house, tablet, second, visit):
    n = tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "weeks offline"})
    reassign(house, visit, second)
    house.clock.advance(days=25)
    tablet.push()

    assert tablet.result(n)["status"] == "applied"


def test_a_late_answer_that_clashes_is_seen_beside_the_colleagues_by_who_is_on_the_visit(house, tablet, second, visit):
    run, office = house.new_id(), house.office("service_manager")
    office("checklist.publish", ("checklist", house.new_id()), {"definition": DEFINITION})
    office("visit.add_run", ("visit", visit), {"run": run, "checklist": NAME, "asset": None})
    tablet.pull()
    n = tablet.act("answer.set", ("run", run), {"item": "load", "value": "41"})
    reassign(house, visit, second)
    second.pull()
    assert second.do("answer.set", ("run", run), {"item": "load", "value": "40"})["status"] == "applied"
    tablet.push()

    assert tablet.result(n)["status"] == "conflict"
    [told] = conflicts(second)
    assert (told["current"]["value"], told["candidate"]["value"]) == ("40", "41")
    assert "withheld" not in told["current"]


def test_somebody_who_never_was_on_the_visit_is_held_and_nothing_is_written(house, visit):
    stranger = house.tablet("engineer", 3)
    stranger.pull()
    added = stranger.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "let me in"})
    marked = stranger.do("visit.mark", ("visit", visit), {"mark": "working"})

    assert [(one["status"], one["code"]) for one in (added, marked)] == [("held", "out_of_scope")] * 2
    assert conflicts(stranger) == []
    with house.app.app_context():
        assert db.session.query(SyncOp).filter_by(device=stranger.id, status="held").count() == 2


def test_an_unplanned_visit_opens_its_own_scope(house):
    stranger = house.tablet("engineer", 3)
    stranger.pull()
    visit = house.new_id()
    args = {
        "number": stranger.next_number("V"),
        "site": house.ids["site"],
        "title": "Came by",
        "kind": "unplanned",
        "starts_at": "2026-11-23T04:00:00.000Z",
        "ends_at": "2026-11-23T05:00:00.000Z",
        "unplanned": True,
    }
    made = stranger.act("visit.create", ("visit", visit), args)
    marked = stranger.act("visit.mark", ("visit", visit), {"mark": "working"})
    stranger.sync()

    assert [stranger.result(n)["status"] for n in (made, marked)] == ["applied", "applied"]
    assert stranger.value("visit", visit)["state"] == "under_way"
