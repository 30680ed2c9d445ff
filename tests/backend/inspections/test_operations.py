"""Checklists and runs through the front door: publishing, answering, meeting on one item, dropping, waiving."""

from __future__ import annotations

from typing import Any

import pytest

from checklists import digest
from tests.makers import House, Office, Tablet

DEFINITION: dict[str, Any] = {
    "format": 1,
    "id": "ups-check",
    "title": {"en": "UPS check"},
    "kind": "preventive",
    "sections": [
        {
            "id": "ups",
            "title": {"en": "UPS"},
            "items": [
                {"id": "clean", "type": "pass_fail", "label": {"en": "Clean"}, "required": True},
                {
                    "id": "load", "type": "number", "label": {"en": "Load"}, "unit": "%", "decimals": 1,
                    "reading": True,
                },
                {"id": "front", "type": "photo", "label": {"en": "Front"}, "required": True},
            ],
        }
    ],
}  # fmt: skip
NAME = digest(DEFINITION)


@pytest.fixture
def checklist(house: House, office: Office) -> str:
    made = house.new_id()
    office("checklist.publish", ("checklist", made), {"definition": DEFINITION})
    return made


@pytest.fixture
def visit(house: House) -> str:
    return house.visit(house.person("engineer"))


def add_run(house: House, office: Office, visit: str, asset: str | None = None) -> str:
    run = house.new_id()
    office("visit.add_run", ("visit", visit), {"run": run, "checklist": NAME, "asset": asset})
    return run


@pytest.fixture
def run(house: House, office: Office, checklist: str, visit: str) -> str:
    return add_run(house, office, visit)


@pytest.fixture
def there(run: str, tablet: Tablet) -> Tablet:
    """The engineer's tablet, which knows the run."""
    tablet.sync()
    return tablet


def answer(tablet: Tablet, run: str, item: str, value: Any) -> dict[str, Any]:
    return tablet.do("answer.set", ("run", run), {"item": item, "value": value})


def seen(tablet: Tablet, run: str) -> dict[str, Any]:
    tablet.sync()
    return tablet.value("run", run)


def test_a_published_checklist_is_named_by_its_digest_and_reaches_every_tablet(
    house: House, tablet: Tablet, checklist: str
) -> None:
    tablet.sync()
    published = tablet.value("checklist", checklist)
    assert (published["digest"], published["slug"], published["state"]) == (NAME, "ups-check", "published")
    assert published["definition"] == DEFINITION


def test_a_definition_is_refused_whole_with_the_path_of_its_fault(house: House, office: Office) -> None:
    broken = {**DEFINITION, "kind": "magic"}
    refused = office.ask("checklist.publish", ("checklist", house.new_id()), {"definition": broken})
    assert (refused["status"], refused["field"]) == ("rejected", "args.definition.kind")


def test_the_same_definition_is_published_once(house: House, office: Office, checklist: str) -> None:
    again = office.ask("checklist.publish", ("checklist", house.new_id()), {"definition": DEFINITION})
    assert again["code"] == "taken"


def test_a_retired_checklist_takes_no_new_run_and_its_runs_go_on(
    house: House, office: Office, checklist: str, visit: str, there: Tablet, run: str
) -> None:
    office("checklist.retire", ("checklist", checklist), {})
    asked = {"run": house.new_id(), "checklist": NAME, "asset": None}
    assert office.ask("visit.add_run", ("visit", visit), asked)["code"] == "retired"
    assert office.ask("checklist.retire", ("checklist", checklist), {})["code"] == "wrong_state"
    assert answer(there, run, "clean", "pass")["status"] == "applied"


def test_an_answer_is_kept_in_its_canonical_form_with_its_author(there: Tablet, run: str) -> None:
    answer(there, run, "load", "42.50")
    after = seen(there, run)
    assert after["answers"] == {"load": "42.5"}
    assert after["authors"]["load"]["by"] == there.person.id


def test_an_answer_can_be_cleared(there: Tablet, run: str) -> None:
    answer(there, run, "clean", "pass")
    answer(there, run, "clean", None)
    assert seen(there, run)["answers"] == {}


@pytest.mark.parametrize(
    ("item", "value", "field"),
    [
        ("load", "many", "args.value"),
        ("clean", True, "args.value"),
        ("front", "x", "args.value"),
        ("nose", "1", "args.item"),
    ],
)
def test_what_does_not_fit_the_item_is_refused_by_name(
    there: Tablet, run: str, item: str, value: Any, field: str
) -> None:
    refused = answer(there, run, item, value)
    assert (refused["status"], refused["field"]) == ("rejected", field)


def test_a_remark_and_its_removal(there: Tablet, run: str) -> None:
    there.do("remark.set", ("run", run), {"item": "clean", "text": "Dusty\nfan"})
    assert seen(there, run)["remarks"] == {"clean": "Dusty\nfan"}
    there.do("remark.set", ("run", run), {"item": "clean", "text": None})
    assert seen(there, run)["remarks"] == {}


def test_a_witness_waives_a_photo(there: Tablet, run: str) -> None:
    waiver = {"rule": "no_photography", "witness": "Puan Aishah"}
    there.do("waive", ("run", run), {"item": "front", **waiver})
    assert seen(there, run)["waivers"] == {"front": waiver}


def test_a_rule_that_no_site_can_have_waives_nothing(there: Tablet, run: str) -> None:
    refused = there.do("waive", ("run", run), {"item": "front", "rule": "bad_mood", "witness": "Me"})
    assert refused["field"] == "args.rule"


@pytest.fixture
def second(house: House, office: Office, visit: str, there: Tablet) -> Tablet:
    """Another engineer's tablet on the same visit."""
    tablet = house.tablet("engineer", 2)
    crew = [there.person.id, tablet.person.id]
    office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    tablet.sync()
    there.sync()
    return tablet


def test_two_engineers_on_different_items_do_not_disturb_each_other(there: Tablet, second: Tablet, run: str) -> None:
    answer(there, run, "clean", "pass")
    assert answer(second, run, "load", "50")["status"] in ("applied", "merged")
    assert seen(there, run)["answers"] == {"clean": "pass", "load": "50"}


def test_two_engineers_on_one_item_make_a_conflict_and_the_first_stays(there: Tablet, second: Tablet, run: str) -> None:
    answer(there, run, "clean", "pass")
    clash = answer(second, run, "clean", "fail")
    assert clash["status"] == "conflict"
    after = seen(second, run)
    assert (after["answers"]["clean"], after["authors"]["clean"]["by"]) == ("pass", there.person.id)
    conflict = second.value("conflict", clash["conflict_id"])
    assert (conflict["current"]["value"], conflict["candidate"]["value"], conflict["state"]) == ("pass", "fail", "open")


def test_the_office_decides_a_conflict(office: Office, there: Tablet, second: Tablet, run: str) -> None:
    answer(there, run, "clean", "pass")
    clash = answer(second, run, "clean", "fail")
    office("conflict.decide", ("conflict", clash["conflict_id"]), {"choice": "candidate"})
    after = seen(there, run)
    assert (after["answers"]["clean"], after["authors"]["clean"]["by"]) == ("fail", second.person.id)


def test_keeping_the_current_answer_keeps_its_correction(
    office: Office, there: Tablet, second: Tablet, run: str
) -> None:
    answer(there, run, "clean", "pass")
    clash = answer(second, run, "clean", "fail")
    answer(there, run, "clean", "na")
    office("conflict.decide", ("conflict", clash["conflict_id"]), {"choice": "current"})
    assert seen(there, run)["answers"]["clean"] == "na"


def test_the_same_answer_twice_is_no_conflict(there: Tablet, second: Tablet, run: str) -> None:
    answer(there, run, "clean", "pass")
    assert answer(second, run, "clean", "pass")["status"] == "merged"
    assert seen(there, run)["authors"]["clean"]["by"] == there.person.id


def test_a_dropped_run_keeps_what_was_answered(office: Office, there: Tablet, visit: str, run: str) -> None:
    answer(there, run, "clean", "pass")
    office("visit.drop_run", ("visit", visit), {"run": run, "reason": "Not needed"})
    after = seen(there, run)
    assert (after["dropped"], after["answers"]) == ("Not needed", {"clean": "pass"})


def test_a_run_of_another_visit_is_not_dropped(house: House, office: Office, run: str) -> None:
    other = house.visit()
    refused = office.ask("visit.drop_run", ("visit", other), {"run": run, "reason": "X"})
    assert refused["field"] == "args.run"


def test_an_engineer_adds_a_run_and_drops_none(house: House, there: Tablet, visit: str) -> None:
    made = house.new_id()
    asked = {"run": made, "checklist": NAME, "asset": None}
    assert there.do("visit.add_run", ("visit", visit), asked)["status"] == "applied"
    assert there.do("visit.drop_run", ("visit", visit), {"run": made, "reason": "X"})["code"] == "forbidden"


def test_a_run_of_a_checklist_that_is_not_there_is_held(house: House, there: Tablet, visit: str) -> None:
    asked = {"run": house.new_id(), "checklist": "0" * 64, "asset": None}
    assert there.do("visit.add_run", ("visit", visit), asked)["code"] == "entity_gone"
