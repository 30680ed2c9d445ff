"""What a page reads of a visit's runs: the same meaning that the tablet shows."""

from __future__ import annotations

import pytest

from backend.core.problems import NotFound
from backend.inspections import services as inspections
from tests.backend.inspections.test_operations import NAME, add_run, answer, checklist, run, there, visit
from tests.backend.visits.test_operations import photo_of
from tests.makers import House, Office, Person, Tablet

__all__ = ["checklist", "run", "there", "visit"]


def test_a_run_is_read_with_its_verdict_and_its_photos(
    house: House, dispatcher: Person, visit: str, run: str, there: Tablet
) -> None:
    answer(there, run, "clean", "pass")
    with house.app.app_context():
        [before] = inspections.runs(dispatcher.actor, visit)
    assert (before.found.verdict, before.found.complete) == ("missing", False)
    place = {"run": run, "item": "front"}
    there.do("photo.add", ("photo", house.new_id()), photo_of(visit, on=place))
    with house.app.app_context():
        [after] = inspections.runs(dispatcher.actor, visit)
    assert (after.found.verdict, after.found.complete, len(after.photos)) == ("ok", True, 1)


def test_dropped_runs_come_last(house: House, office: Office, dispatcher: Person, visit: str, run: str) -> None:
    second = add_run(house, office, visit)
    office("visit.drop_run", ("visit", visit), {"run": run, "reason": "X"})
    with house.app.app_context():
        assert [one.run.id for one in inspections.runs(dispatcher.actor, visit)] == [second, run]


def test_only_published_checklists_are_choices(
    house: House, office: Office, dispatcher: Person, checklist: str
) -> None:
    with house.app.app_context():
        assert inspections.checklist_choices(dispatcher.actor) == [(NAME, "UPS check")]
    office("checklist.retire", ("checklist", checklist), {})
    with house.app.app_context():
        assert inspections.checklist_choices(dispatcher.actor) == []
        assert inspections.list_checklists(dispatcher.actor, state="retired").total == 1


def test_runs_and_readings_of_another_organisation_are_not_there(house: House, visit: str, run: str) -> None:
    stranger = house.other().person("dispatcher").actor
    with house.app.app_context():
        with pytest.raises(NotFound):
            inspections.runs(stranger, visit)
        with pytest.raises(NotFound):
            inspections.readings(stranger, house.new_id())
