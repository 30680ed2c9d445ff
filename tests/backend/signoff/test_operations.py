"""`visit.sign` through the front door: what binds, what is held, what is refused, and what follows (sync.md 3.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.core import jobs
from backend.core.clock import SetClock
from backend.core.db import unit
from backend.core.schema import wire_time
from backend.identity import devices
from tests.backend.inspections.test_operations import DEFINITION, NAME
from tests.backend.signoff.signatures import Pen
from tests.makers import House, Office, Tablet


@pytest.fixture
def visit(house: House) -> str:
    return house.visit(house.person("engineer"))


@pytest.fixture
def pen(visit: str, tablet: Tablet) -> Pen:
    tablet.sync()
    return Pen(tablet)


def seen(tablet: Tablet, visit: str) -> dict[str, Any]:
    tablet.sync()
    return tablet.value("visit", visit)


def test_a_signature_completes_the_visit_and_binds(pen: Pen, visit: str) -> None:
    value = pen.value(visit)
    assert pen.send(visit, pen.envelope(value))["status"] == "applied"
    after = seen(pen.tablet, visit)
    assert (after["state"], after["outcome"]) == ("completed", "completed")
    assert (after["signed"]["record"], after["signed"]["outcome"]) == (value["record"], "accepted")
    assert after["flags"] == ["media_pending"]
    signoff = pen.tablet.value("signoff", value["record"])
    assert (signoff["seq"], signoff["flags"], signoff["state"]) == (1, [], "accepted")
    assert "envelope" not in signoff


def test_a_signed_visit_is_in_the_sites_history_and_waits_for_its_report(
    house: House, pen: Pen, visit: str, clock: SetClock
) -> None:
    pen.sign(visit)
    after = seen(pen.tablet, visit)
    history = pen.tablet.value("history", visit)
    today = clock.now().astimezone(ZoneInfo("Asia/Singapore")).date()
    assert (history["on"], history["engineers"]) == (today.isoformat(), ["Engineer 1"])
    report = pen.tablet.value("report", after["report"])
    assert (report["number"], report["revision"], report["state"]) == (after["number"], 1, "waiting")


@pytest.mark.parametrize("outcome", ["declined", "absent"])
def test_a_refusal_and_an_absence_complete_the_visit_too(pen: Pen, visit: str, outcome: str) -> None:
    reason = "hours" if outcome == "declined" else None
    assert pen.sign(visit, outcome=outcome, declined=reason, visit_outcome="partly")["status"] == "applied"
    after = seen(pen.tablet, visit)
    assert (after["state"], after["outcome"], after["signed"]["outcome"]) == ("completed", "partly", outcome)


def test_after_signing_content_is_refused_and_leaving_is_not(house: House, pen: Pen, visit: str) -> None:
    pen.sign(visit)
    note = {"visit": visit, "text": "One more thing"}
    assert pen.tablet.do("note.add", ("note", house.new_id()), note)["code"] == "signed"
    assert pen.tablet.do("visit.mark", ("visit", visit), {"mark": "working"})["code"] == "signed"
    assert pen.tablet.do("visit.mark", ("visit", visit), {"mark": "left"})["status"] in ("applied", "merged")


def test_the_office_changes_nothing_of_a_signed_visit(house: House, office: Office, pen: Pen, visit: str) -> None:
    pen.sign(visit)
    assert office.ask("visit.cancel", ("visit", visit), {"reason": "X"})["code"] == "wrong_state"
    assert office.ask("visit.assign", ("visit", visit), {"engineers": [], "lead": None})["code"] == "wrong_state"


def test_the_same_record_again_is_the_same_and_other_bytes_under_its_id_are_refused(pen: Pen, visit: str) -> None:
    value = pen.value(visit)
    assert pen.send(visit, pen.envelope(value))["status"] == "applied"
    assert pen.send(visit, pen.envelope(value))["status"] == "applied"
    assert seen(pen.tablet, visit)["flags"] == ["media_pending"]
    other = {**value, "visit_outcome": "partly"}
    result = pen.send(visit, pen.envelope(other))
    assert (result["status"], result["code"]) == ("rejected", "record_mismatch")


def test_a_second_signature_is_kept_beside_and_changes_nothing_else(
    house: House, office: Office, pen: Pen, visit: str
) -> None:
    second = house.tablet("engineer", 2)
    crew = [pen.tablet.person.id, second.person.id]
    office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    second.sync()
    pen.sign(visit)
    first = seen(pen.tablet, visit)["signed"]
    other = Pen(second)
    assert other.sign(visit, visit_outcome="partly")["status"] == "applied"
    after = seen(second, visit)
    assert (after["signed"], after["outcome"]) == (first, "completed")
    assert "second_signature" in after["flags"]
    flags = [row.value["flags"] for key, row in second.rows.items() if key[0] == "signoff"]
    assert sorted(flags) == [[], ["second_signature"]]


def test_a_client_signed_while_the_office_cancelled(office: Office, pen: Pen, visit: str) -> None:
    envelope = pen.envelope(pen.value(visit))
    office("visit.cancel", ("visit", visit), {"reason": "Client asked"})
    assert pen.send(visit, envelope)["status"] == "applied"
    after = seen(pen.tablet, visit)
    assert (after["state"], after["flags"]) == ("completed", ["media_pending", "after_cancel"])


def test_a_visit_without_anybody_is_held_for_the_dispatcher(office: Office, pen: Pen, visit: str) -> None:
    envelope = pen.envelope(pen.value(visit))
    office("visit.assign", ("visit", visit), {"engineers": [], "lead": None})
    assert pen.send(visit, envelope)["code"] == "wrong_state"


def test_who_was_reassigned_may_still_bring_the_signature(house: House, office: Office, pen: Pen, visit: str) -> None:
    envelope = pen.envelope(pen.value(visit))
    second = house.tablet("engineer", 2)
    office("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    assert pen.send(visit, envelope)["status"] == "applied"
    assert set(seen(second, visit)["flags"]) == {"media_pending", "late_scope"}


def test_another_key_is_held(pen: Pen, visit: str) -> None:
    value = pen.value(visit)
    result = pen.send(visit, pen.envelope(value, ec.generate_private_key(ec.SECP256R1())))
    assert (result["status"], result["code"]) == ("held", "signature")


def test_changed_bytes_are_held(pen: Pen, visit: str) -> None:
    value = pen.value(visit)
    signed, other = pen.envelope(value), pen.envelope({**value, "visit_outcome": "partly"})
    result = pen.send(visit, {**signed, "payload": other["payload"]})
    assert (result["status"], result["code"]) == ("held", "signature")


@pytest.mark.parametrize("member", ["org", "engineer"])
def test_a_record_of_another_organisation_or_person_is_held(house: House, pen: Pen, visit: str, member: str) -> None:
    result = pen.sign(visit, **{member: house.new_id()})
    assert (result["status"], result["code"]) == ("held", "signature")


def test_a_record_that_names_another_device_is_held(house: House, pen: Pen, visit: str) -> None:
    other = house.tablet("engineer", 2)
    device = {"jkt": Pen(other).jkt, "seq": 1, "prev": pen.prev}
    assert pen.sign(visit, device=device)["code"] == "signature"


def test_a_record_of_another_visit_is_refused_by_name(house: House, pen: Pen, visit: str) -> None:
    other = pen.envelope({**pen.value(visit), "visit": house.new_id()})
    result = pen.send(visit, other)
    assert (result["status"], result["field"]) == ("rejected", "args.envelope.payload.visit")


def test_a_record_that_breaks_its_law_is_refused_by_name(pen: Pen, visit: str) -> None:
    result = pen.sign(visit, outcome="declined")
    assert (result["status"], result["field"]) == ("rejected", "args.envelope.payload.declined")


def test_an_envelope_that_is_none_is_refused(pen: Pen, visit: str) -> None:
    result = pen.send(visit, {"payload": "", "protected": "e30", "signature": "AA"})
    assert (result["status"], result["code"]) == ("rejected", "invalid")


@pytest.mark.parametrize(
    "anchor",
    [
        {"position": 1, "journal": "ab" * 32},
        {"position": 10**9, "journal": None},
        {"position": 3, "journal": None},
    ],
)
def test_an_anchor_that_was_never_issued_is_held(pen: Pen, visit: str, anchor: dict[str, Any]) -> None:
    result = pen.sign(visit, anchor=anchor)
    assert (result["status"], result["code"]) == ("held", "anchor")


def test_a_record_made_before_the_first_pull_has_no_anchor_and_is_taken(pen: Pen, visit: str) -> None:
    assert pen.sign(visit, anchor={"position": 0, "journal": None})["status"] == "applied"


def test_a_gap_in_the_devices_records_is_said(house: House, pen: Pen, visit: str) -> None:
    pen.seq = 4
    value = pen.value(visit)
    pen.send(visit, pen.envelope(value))
    pen.tablet.sync()
    assert pen.tablet.value("signoff", value["record"])["flags"] == ["seq_gap"]


def test_a_number_that_was_used_before_is_said(house: House, pen: Pen, visit: str) -> None:
    second, start = house.visit(pen.tablet.person), (pen.seq, pen.prev)
    pen.sign(visit)
    pen.seq, pen.prev = start
    value = pen.value(second)
    pen.send(second, pen.envelope(value))
    pen.tablet.sync()
    assert pen.tablet.value("signoff", value["record"])["flags"] == ["seq_again"]


def test_records_that_follow_each_other_have_no_gap(house: House, pen: Pen, visit: str) -> None:
    second = house.visit(pen.tablet.person)
    pen.sign(visit)
    pen.sign(second)
    pen.tablet.sync()
    rows = [row.value for key, row in pen.tablet.rows.items() if key[0] == "signoff"]
    assert sorted((row["seq"], row["flags"]) for row in rows) == [(1, []), (2, [])]


def test_a_clock_outside_the_bounds_is_said_and_the_stated_time_stays_inside(
    house: House, pen: Pen, visit: str, clock: SetClock
) -> None:
    ahead = wire_time(clock.now() + timedelta(days=1))
    value = pen.value(visit, clock={"device": ahead, "offset_ms": None, "offset_age_s": None, "mono_ms": 1})
    pen.send(visit, pen.envelope(value))
    assert seen(pen.tablet, visit)["signed"]["at"] == wire_time(clock.now())
    assert pen.tablet.value("signoff", value["record"])["flags"] == ["clock"]


@pytest.mark.parametrize("member", ["site", "entity"])
def test_what_the_office_has_moved_meanwhile_diverges(house: House, pen: Pen, visit: str, member: str) -> None:
    pen.sign(visit, **{member: house.new_id()})
    assert "divergent" in seen(pen.tablet, visit)["flags"]


@pytest.fixture
def run(house: House, office: Office, visit: str) -> str:
    """A run on an asset of the site."""
    asset, checklist, run = house.new_id(), house.new_id(), house.new_id()
    facts = {"site": house.ids["site"], "type": "ups", "name": "UPS 1"}
    office("asset.create", ("asset", asset), facts)
    office("checklist.publish", ("checklist", checklist), {"definition": DEFINITION})
    office("visit.add_run", ("visit", visit), {"run": run, "checklist": NAME, "asset": asset})
    return run


def answer(tablet: Tablet, run: str, item: str, value: str) -> dict[str, Any]:
    return tablet.do("answer.set", ("run", run), {"item": item, "value": value})


@pytest.mark.parametrize(("signer", "stays"), [("first", "pass"), ("second", "fail")])
def test_an_open_conflict_is_decided_by_the_signature(
    house: House, office: Office, pen: Pen, visit: str, run: str, signer: str, stays: str
) -> None:
    second = house.tablet("engineer", 2)
    crew = [pen.tablet.person.id, second.person.id]
    office("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    second.sync()
    pen.tablet.sync()
    answer(pen.tablet, run, "clean", "pass")
    clash = answer(second, run, "clean", "fail")["conflict_id"]
    (pen if signer == "first" else Pen(second)).sign(visit)
    assert "divergent" in seen(pen.tablet, visit)["flags"]
    kept = pen.tablet.value("run", run)
    by = crew[0] if signer == "first" else crew[1]
    assert (kept["answers"]["clean"], kept["authors"]["clean"]["by"]) == (stays, by)
    conflict = pen.tablet.value("conflict", clash)
    assert (conflict["state"], conflict["current"]["value"], conflict["candidate"]["value"]) == (
        "decided",
        "pass",
        "fail",
    )


def test_readings_are_kept_when_the_visit_is_signed_and_not_before(
    house: House, pen: Pen, visit: str, run: str
) -> None:
    pen.tablet.sync()
    answer(pen.tablet, run, "load", "42.5")
    pen.tablet.sync()
    assert not [key for key in pen.tablet.rows if key[0] == "reading"]
    pen.sign(visit)
    pen.tablet.sync()
    [reading] = [row.value for key, row in pen.tablet.rows.items() if key[0] == "reading"]
    assert (reading["item"], reading["unit"], reading["checklist_slug"]) == ("load", "%", "ups-check")
    assert [(value["value"], value["visit"]) for value in reading["values"]] == [("42.5", visit)]


def test_the_last_eight_readings_are_kept(
    house: House, office: Office, pen: Pen, visit: str, run: str, clock: SetClock
) -> None:
    asset = None
    for nth in range(9):
        clock.advance(minutes=5)
        pen.tablet.sync()
        answer(pen.tablet, run, "load", str(nth))
        asset = pen.tablet.value("run", run)["asset"]
        pen.sign(visit)
        visit, run = house.visit(pen.tablet.person), house.new_id()
        office("visit.add_run", ("visit", visit), {"run": run, "checklist": NAME, "asset": asset})
    pen.tablet.sync()
    [reading] = [row.value for key, row in pen.tablet.rows.items() if key[0] == "reading"]
    assert [value["value"] for value in reading["values"]] == [str(nth) for nth in range(1, 9)]


def waiting_reports(house: House) -> list[str]:
    with house.app.app_context():
        return [row.key for row in jobs.db.session.query(jobs.JobRow).filter_by(kind="report", state="waiting")]


def test_the_report_is_asked_for_once_when_the_last_upload_is_here(house: House, pen: Pen, visit: str) -> None:
    pen.sign(visit)
    assert waiting_reports(house) == []
    pen.upload(visit)
    assert waiting_reports(house) == [f"report:{visit}:1"]
    assert seen(pen.tablet, visit)["flags"] == []


def test_uploads_may_come_before_the_signature(house: House, pen: Pen, visit: str) -> None:
    pen.upload(visit)
    pen.sign(visit)
    assert seen(pen.tablet, visit)["flags"] == []
    assert waiting_reports(house) == [f"report:{visit}:1"]


def test_a_photo_without_bytes_keeps_the_report_waiting_until_it_is_taken_back_or_comes(
    house: House, pen: Pen, visit: str
) -> None:
    facts = {
        "visit": visit, "on": {"visit": visit}, "sha256": "c" * 64, "size": 10, "w": 1, "h": 1, "visible": "client",
        "taken_at": "2026-11-23T03:00:00.000Z",
    }  # fmt: skip
    pen.tablet.do("photo.add", ("photo", house.new_id()), facts)
    pen.upload(visit)
    pen.sign(visit)
    assert seen(pen.tablet, visit)["flags"] == ["media_pending"]
    stored = {"visit": visit, "sha256": "c" * 64, "readable": False}
    house.submit(house.program(), [("media.stored", ("visit", visit), stored)])
    assert seen(pen.tablet, visit)["flags"] == []


def test_what_was_signed_before_the_storage_was_copied_comes_from_the_device_it_became(pen: Pen, visit: str) -> None:
    envelope = pen.envelope(pen.value(visit))
    twin = pen.tablet.clone().become_another().enrol()
    twin.sync()
    result = twin.do("visit.sign", ("visit", visit), {"envelope": envelope})
    assert result["status"] == "applied"
    assert seen(twin, visit)["flags"] == ["media_pending"]


@pytest.mark.parametrize("ended", ["revoked", "wiped"])
def test_the_key_of_a_revoked_tablet_signs_for_no_other(house: House, pen: Pen, visit: str, ended: str) -> None:
    envelope = pen.envelope(pen.value(visit))
    twin = pen.tablet.clone().become_another().enrol()
    administrator = house.person("administrator").actor
    with house.app.app_context():
        with unit():
            (devices.revoke if ended == "revoked" else devices.ask_wipe)(administrator, pen.tablet.id)
        if ended == "wiped":
            with unit():
                devices.note_wiped(pen.tablet.id, {"operations": 0, "photos": 0})
    twin.sync()
    assert twin.do("visit.sign", ("visit", visit), {"envelope": envelope})["code"] == "signature"
