"""Two people and one visit, situation after situation, through the doors of tablet and console."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.core.schema import wire_time
from backend.exchange import services as exchange
from backend.visits import services as visits
from tests.backend.inspections.test_operations import DEFINITION, NAME
from tests.backend.signoff.signatures import Pen
from tests.makers import House, Office, Tablet

TICKET = {
    "kind": "incident", "title": "Printer", "impact": "low", "urgency": "low", "category": "hardware",
    "channel": "phone",
}  # fmt: skip


@pytest.fixture
def second(house: House) -> Tablet:
    return house.tablet("engineer", 2)


@pytest.fixture
def visit(house: House, office: Office, tablet: Tablet, second: Tablet) -> str:
    """A visit of two engineers with one checklist; both tablets know it."""
    made = house.visit(tablet.person, second.person)
    office("checklist.publish", ("checklist", house.new_id()), {"definition": DEFINITION})
    office("visit.add_run", ("visit", made), {"run": house.new_id(), "checklist": NAME, "asset": None})
    tablet.sync()
    second.sync()
    return made


def run_of(tablet: Tablet) -> str:
    [run] = [entity for kind, entity in tablet.rows if kind == "run"]
    return run


def answer(tablet: Tablet, item: str, value: Any) -> int:
    return tablet.act("answer.set", ("run", run_of(tablet)), {"item": item, "value": value})


def tasks(house: House, visit: str) -> list[tuple[str, str, str | None]]:
    with house.app.app_context():
        found = visits.tasks_of(house.person("dispatcher").actor, visit)
    return [(one.what, one.state, one.choice) for one in found]


def task_id(house: House, visit: str) -> str:
    with house.app.app_context():
        return visits.tasks_of(house.person("dispatcher").actor, visit)[-1].id


def conflicts(tablet: Tablet) -> list[dict[str, Any]]:
    tablet.sync()
    return [row.value for (kind, _), row in tablet.rows.items() if kind == "conflict"]


def flags(tablet: Tablet, visit: str) -> list[str]:
    tablet.sync()
    return list(tablet.value("visit", visit)["flags"])


def test_cancelled_but_completed_offline_is_kept_and_the_office_bills_voids_or_keeps_it(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    n = answer(tablet, "clean", "pass")
    office("visit.cancel", ("visit", visit), {"reason": "Client moved it"})
    tablet.push()
    assert tablet.result(n)["status"] == "applied"
    assert Pen(tablet).sign(visit)["status"] == "applied"

    assert "after_cancel" in flags(tablet, visit)
    assert tablet.value("visit", visit)["state"] == "completed"
    assert tasks(house, visit) == [("after_cancel", "open", None)], "one task, whatever came"
    office("task.settle", ("task", task_id(house, visit)), {"choice": "bill", "note": "Two hours on site"})
    assert tasks(house, visit) == [("after_cancel", "settled", "bill")]
    late = house.office("service_manager").ask("task.settle", ("task", task_id(house, visit)), {"choice": "void"})
    assert (late["status"], late["code"]) == ("held", "wrong_state")


def test_a_choice_that_the_task_does_not_offer_is_refused(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    office("visit.cancel", ("visit", visit), {"reason": "Client moved it"})
    tablet.do("visit.mark", ("visit", visit), {"mark": "working"})

    refused = office.ask("task.settle", ("task", task_id(house, visit)), {"choice": "seen"})

    assert (refused["status"], refused["field"]) == ("rejected", "args.choice")


def test_rescheduled_but_worked_in_the_old_slot_keeps_its_times_and_the_dispatcher_is_told(
    house: House, office: Office, tablet: Tablet, second: Tablet, visit: str
) -> None:
    n = tablet.act("visit.mark", ("visit", visit), {"mark": "working"})
    came = house.clock.now()
    later = house.clock.now() + timedelta(days=1)
    plan = {"starts_at": wire_time(later), "ends_at": wire_time(later + timedelta(hours=2))}
    office("visit.plan", ("visit", visit), plan)
    house.clock.advance(hours=3)
    tablet.push()
    second.sync()
    second.do("visit.mark", ("visit", visit), {"mark": "travelling"})

    assert tablet.result(n)["status"] == "applied"
    tablet.sync()
    value = tablet.value("visit", visit)
    assert (value["starts_at"], value["marks"][0]["at"]) == (plan["starts_at"], wire_time(came))
    assert tasks(house, visit) == [("old_slot", "open", None)], "who had seen the new time is no news"


@pytest.mark.parametrize(("days", "ended"), [(14, ("applied", None)), (15, ("held", "out_of_scope"))])
def test_reassigned_while_offline_work_is_taken_for_fourteen_days_and_then_waits_for_the_office(
    house: House, office: Office, tablet: Tablet, second: Tablet, visit: str, days: int, ended: tuple[str, str | None]
) -> None:
    crew = [second.person.id]
    office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    tablet.pull()
    house.clock.advance(days=days)

    result = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "done"})

    assert (result["status"], result.get("code")) == ended
    assert tasks(house, visit) == ([("late_scope", "open", None)] if ended[0] == "applied" else [])


def test_two_engineers_on_one_checklist_merge_item_by_item_and_meet_on_the_same_one(
    tablet: Tablet, second: Tablet, visit: str
) -> None:
    first = [answer(tablet, "clean", "pass"), answer(tablet, "load", "40")]
    other = [answer(second, "clean", "fail")]
    spent = {"visit": visit, "kind": "on_site", "minutes": 30, "starts_at": "2026-11-23T03:00:00.000Z"}
    for one in (tablet, second):
        one.act("time.add", ("time_entry", one.house.new_id()), spent)
    tablet.push()
    second.push()

    assert [tablet.result(n)["status"] for n in first] == ["applied", "applied"]
    assert [second.result(n)["status"] for n in other] == ["conflict"]
    [conflict] = conflicts(second)
    assert (conflict["field"], conflict["current"]["value"], conflict["candidate"]["value"]) == (
        "answers.clean", "pass", "fail",
    )  # fmt: skip
    assert (conflict["current"]["by"], conflict["candidate"]["by"]) == (tablet.person.id, second.person.id)
    assert second.value("run", run_of(second))["answers"] == {"clean": "pass", "load": "40"}
    assert len([kind for kind, _ in second.rows if kind == "time_entry"]) == 2


def test_both_sign_and_the_dispatcher_names_the_one_that_governs(
    house: House, office: Office, tablet: Tablet, second: Tablet, visit: str
) -> None:
    pens = Pen(tablet), Pen(second)
    pens[0].sign(visit)
    pens[1].sign(visit, visit_outcome="partly")
    second.sync()
    before = second.value("visit", visit)
    assert (before["outcome"], "second_signature" in before["flags"]) == ("completed", True)
    records = {key[1]: row.value for key, row in second.rows.items() if key[0] == "signoff"}
    [other] = set(records) - {before["signed"]["record"]}

    office("visit.govern", ("visit", visit), {"signoff": other, "note": "Signed by the site manager"})

    second.sync()
    after = second.value("visit", visit)
    assert (after["signed"]["record"], after["outcome"]) == (other, "partly")
    assert {key[1]: row.value for key, row in second.rows.items() if key[0] == "signoff"} == records, "neither altered"
    report = second.value("report", after["report"])
    assert (report["number"], report["revision"]) == (f"{after['number']}-A1", 2)
    assert tasks(house, visit) == [("second_signature", "settled", "governing")]
    again = office.ask("visit.govern", ("visit", visit), {"signoff": other})
    assert (again["status"], again["code"]) == ("held", "wrong_state")


def test_naming_the_first_signature_changes_no_report(
    house: House, office: Office, tablet: Tablet, second: Tablet, visit: str
) -> None:
    Pen(tablet).sign(visit)
    Pen(second).sign(visit)
    second.sync()
    before = second.value("visit", visit)

    office("visit.govern", ("visit", visit), {"signoff": before["signed"]["record"]})

    second.sync()
    assert second.value("visit", visit)["report"] == before["report"]
    stranger = office.ask("visit.govern", ("visit", house.visit()), {"signoff": before["signed"]["record"]})
    assert (stranger["status"], stranger["field"]) == ("rejected", "args.signoff")


def test_an_operation_after_the_sign_off_is_refused_kept_and_shown_beside_the_signature(
    house: House, tablet: Tablet, second: Tablet, visit: str
) -> None:
    n = answer(second, "clean", "fail")
    Pen(tablet).sign(visit)
    second.push()

    assert (second.result(n)["status"], second.result(n)["code"]) == ("rejected", "signed")
    page = house.browser("dispatcher").get(f"/console/visits/{visit}").text
    assert "Came after the signature" in page
    assert "Clean: fail" in page


def test_a_signed_record_that_differs_from_the_server_is_kept_word_for_word_and_flagged(
    house: House, tablet: Tablet, second: Tablet, visit: str
) -> None:
    answer(tablet, "clean", "pass")
    tablet.push()
    answer(second, "clean", "fail")
    second.push()
    pen = Pen(second)
    assert pen.sign(visit)["status"] == "applied"

    assert "divergent" in flags(second, visit)
    [conflict] = conflicts(second)
    assert (conflict["state"], conflict["choice"], conflict["decided_by"]) == (
        "decided", "candidate", second.person.id,
    )  # fmt: skip
    assert second.value("run", run_of(second))["answers"] == {"clean": "fail"}, "what was signed is current"
    assert ("divergent", "open", None) in tasks(house, visit)


def test_a_checklist_that_was_changed_meanwhile_is_answered_as_it_was_pinned(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    newer = {**DEFINITION, "title": {"en": "UPS check, second edition"}}
    newer["sections"] = [{**DEFINITION["sections"][0], "items": DEFINITION["sections"][0]["items"][1:]}]
    office("checklist.publish", ("checklist", house.new_id()), {"definition": newer})

    n = answer(tablet, "clean", "pass")
    tablet.push()

    assert tablet.result(n)["status"] == "applied", "the newer one no longer asks it"


def test_what_is_about_a_thing_that_is_not_there_waits_for_the_office(house: House, tablet: Tablet, visit: str) -> None:
    n = tablet.act("ticket.start", ("ticket", house.new_id()), {})
    tablet.push()

    assert (tablet.result(n)["status"], tablet.result(n)["code"]) == ("held", "entity_gone")


def test_what_is_added_to_a_merged_ticket_goes_to_the_one_that_took_it_over(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    kept, gone = house.new_id(), house.new_id()
    for ticket in (kept, gone):
        office("ticket.create", ("ticket", ticket), {**TICKET, "site": house.ids["site"]})
    tablet.sync()
    office("ticket.merge", ("ticket", gone), {"into": kept})

    note = {"note": house.new_id(), "text": "Toner changed", "visible": "internal"}
    assert tablet.do("ticket.note", ("ticket", gone), note)["status"] == "applied"

    tablet.sync()
    assert [one["text"] for one in tablet.value("ticket", kept)["notes"]] == ["Toner changed"]
    assert tablet.value("ticket", gone)["notes"] == []


def test_an_asset_that_was_moved_to_another_client_is_not_changed_and_the_work_on_the_visit_stays(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    asset, client, site = house.new_id(), house.new_id(), house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    office("asset.create", ("asset", asset), facts)
    office("client.create", ("client", client), {"name": "Bukit Foods"})
    office("site.create", ("site", site), {"client": client, "name": "Bukit store"})
    house.visit(tablet.person, site=site)
    tablet.sync()
    wanted = tablet.act("asset.edit", ("asset", asset), {"place": "Rack 2"})
    staged = tablet.act("asset.stage", ("asset", asset), {"stage": "under_repair"})
    answered = answer(tablet, "clean", "pass")
    office("asset.move", ("asset", asset), {"site": site, "place": None})
    tablet.push()

    assert (tablet.result(wanted)["status"], tablet.result(wanted)["code"]) == ("held", "other_client")
    assert tablet.result(staged)["code"] == "blocked_by"
    assert tablet.result(answered)["status"] == "applied"


def test_of_low_stakes_values_the_last_wins_and_the_other_is_in_the_history(
    house: House, tablet: Tablet, second: Tablet, visit: str
) -> None:
    photo = house.new_id()
    facts = {
        "visit": visit, "on": {"visit": visit}, "sha256": "a" * 64, "size": 10, "w": 1, "h": 1, "visible": "client",
        "taken_at": "2026-11-23T03:00:00.000Z", "caption": None,
    }  # fmt: skip
    tablet.do("photo.add", ("photo", photo), facts)
    tablet.sync()
    second.sync()
    for one, caption in ((tablet, "Front"), (second, "Back")):
        one.do("photo.caption", ("photo", photo), {"caption": caption})

    second.sync()
    assert second.value("photo", photo)["caption"] == "Back"
    assert conflicts(second) == []
    with house.app.app_context():
        received = exchange.history(house.person("dispatcher").actor, [photo])
    assert [(one.args or {}).get("caption") for one in received] == [None, "Front", "Back"]
    page = house.browser("dispatcher").get(f"/console/visits/{visit}/history").text
    assert page.index("Front") != page.index("Back")


def test_the_offices_plan_goes_before_an_engineers_word_and_both_are_shown(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    asset = house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS", "stage": "in_service"}
    office("asset.create", ("asset", asset), facts)
    tablet.sync()
    office("asset.edit", ("asset", asset), {"place": "Rack 1"}, base=tablet.head)

    result = tablet.do("asset.edit", ("asset", asset), {"place": "Rack 2"})

    assert (result["status"], result["code"]) == ("merged", "overruled")
    page = house.browser("dispatcher").get(f"/console/assets/{asset}").text
    assert "Rack 1" in page
    assert "Rack 2" in page


def test_a_state_that_moved_meanwhile_holds_the_deed_and_nobody_meets_an_error(
    house: House, office: Office, tablet: Tablet, visit: str
) -> None:
    ticket = house.new_id()
    office("ticket.create", ("ticket", ticket), {**TICKET, "site": house.ids["site"]})
    office("ticket.start", ("ticket", ticket), {})
    tablet.sync()
    n = tablet.act("ticket.start", ("ticket", ticket), {})
    tablet.push()

    assert (tablet.result(n)["status"], tablet.result(n)["code"]) == ("held", "wrong_state")
