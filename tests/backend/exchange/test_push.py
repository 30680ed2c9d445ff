"""Push (sync.md 3.3): every operation has one outcome, whatever the network does."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from backend.core.db import db
from backend.core.schema import wire_time
from backend.core.sqlite import QueueFull
from backend.exchange import push as push_module
from backend.exchange.models import SyncHead, SyncOp, SyncOrg
from backend.exchange.oplog import OperationLog
from backend.identity import devices
from sync import chain
from tests.makers import House, Tablet


def note(house: House, tablet: Tablet, visit: str, text: str = "Lift is out of order", **changes) -> int:
    return tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": text}, **changes)


def test_an_operation_is_applied_and_acknowledged_with_the_position_of_its_effect(house, tablet, visit):
    n = note(house, tablet, visit)

    said = tablet.push().get_json()

    assert said["ack_n"] == n
    assert said["results"] == [
        {"n": n, "id": json.loads(tablet.outbox[0])["id"], "status": "applied", "seq": tablet.head + 1}
    ]
    assert said["seq"] == tablet.head + 1
    assert said["durability"] == "none"


def test_a_push_whose_answer_was_lost_is_answered_byte_for_byte_again(house, tablet, visit):
    for text in ("one", "two", "three"):
        note(house, tablet, visit, text)
    first = tablet.push(lose=True)

    again, once_more = tablet.push(lose=True), tablet.push()

    assert first.get_json()["results"] == again.get_json()["results"] == once_more.get_json()["results"]
    assert results_bytes(first) == results_bytes(again) == results_bytes(once_more)
    with house.app.app_context():
        assert db.session.query(SyncOp).filter_by(device=tablet.id).count() == 3
        assert db.session.query(SyncHead).filter_by(kind="note").count() == 3


def results_bytes(answer) -> bytes:
    return answer.data[answer.data.index(b'"results":') :]


def test_a_batch_that_repeats_old_operations_and_brings_new_ones_is_answered_in_order(house, tablet, visit):
    note(house, tablet, visit, "one")
    tablet.push(lose=True)
    note(house, tablet, visit, "two")

    said = tablet.push().get_json()

    assert [one["n"] for one in said["results"]] == [1, 2]
    assert {one["status"] for one in said["results"]} == {"applied"}


def test_the_token_rolls_only_when_the_current_one_is_presented(house, tablet, visit):
    note(house, tablet, visit)
    first = tablet.push(lose=True).get_json()["resume"]
    # The answer was lost: the tablet presents none again, however often, and gets the same token.
    assert tablet.push(lose=True).get_json()["resume"] == first
    assert tablet.push().get_json()["resume"] == first
    note(house, tablet, visit)

    second = tablet.push().get_json()["resume"]

    assert second != first
    assert tablet.push(resume=first, first=2).get_json()["resume"] == second


def test_an_older_token_means_that_an_old_copy_is_running(house, tablet, visit):
    tokens = []
    for _ in range(3):
        note(house, tablet, visit)
        tokens.append(tablet.push().get_json()["resume"])
    note(house, tablet, visit)

    answer = tablet.push(resume=tokens[0])

    assert (answer.status_code, answer.get_json()["code"]) == (409, "device_forked")
    assert tablet.push().status_code == 200


def test_missing_operations_are_asked_for_by_number(house, tablet, visit):
    for _ in range(3):
        note(house, tablet, visit)

    answer = tablet.push(first=3)

    assert (answer.status_code, answer.get_json()["code"], answer.get_json()["expected"]) == (409, "op_gap", 1)


def test_another_history_before_the_batch_is_a_mismatch(house, tablet, visit):
    note(house, tablet, visit)

    answer = tablet.push(prev=chain.start("somebody else"))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "op_mismatch")
    assert tablet.push().status_code == 200


def test_the_same_number_with_other_bytes_freezes_the_device_for_review(house, tablet, visit):
    note(house, tablet, visit, "what was sent")
    tablet.push(lose=True)
    other = tablet.outbox[0].replace("what was sent", "something else")

    answer = tablet.push(ops=[other])

    assert (answer.status_code, answer.get_json()["code"]) == (409, "op_mismatch")
    with house.app.app_context():
        assert devices.get(house.person("administrator").actor, tablet.id).status == "suspended"


@pytest.mark.parametrize(
    ("spoil", "code", "field"),
    [
        (lambda op: "not JSON at all", "invalid", None),
        (lambda op: json.dumps(op)[:-1], "invalid", None),
        (lambda op: json.dumps(op | {"colour": 1}), "invalid", "colour"),
        (lambda op: json.dumps({key: op[key] for key in op if key != "at"}), "invalid", "at"),
        (lambda op: json.dumps(op | {"base": "7"}), "invalid", "base"),
        (lambda op: json.dumps(op | {"base": 1.5}), "invalid", None),
        (lambda op: json.dumps(op | {"type": "note.sing"}), "unknown_type", "type"),
        (lambda op: json.dumps(op | {"v": 9}), "unknown_type", "v"),
        (lambda op: json.dumps(op | {"entity": ["photo", op["entity"][1]]}), "invalid", "entity"),
        (lambda op: json.dumps(op | {"args": {"text": "x"}}), "invalid", "args.visit"),
        (lambda op: json.dumps(op | {"args": op["args"] | {"colour": "red"}}), "invalid", "args.colour"),
        (lambda op: json.dumps(op | {"args": op["args"] | {"text": "x" * 70_000}}), "too_large", None),
        (lambda op: '{"id":"' + "\\ud800" + '"}', "invalid", None),
    ],
)
def test_a_bad_operation_is_rejected_by_name_uses_its_number_and_is_kept(house, tablet, visit, spoil, code, field):
    n = note(house, tablet, visit)
    good = tablet.outbox.pop()
    tablet.links.pop()
    bad = tablet.write(spoil(json.loads(good)))
    after = note(house, tablet, visit, "the next one")

    assert tablet.push().status_code == 200

    assert bad == n
    result = tablet.result(bad)
    assert (result["status"], result["code"], result.get("field"), result["seq"]) == ("rejected", code, field, None)
    assert tablet.result(after)["status"] == "applied"
    with house.app.app_context():
        kept = db.session.get_one(SyncOp, (house.org_id, tablet.id, bad))
        assert kept.body == chain.operation_bytes(tablet.outbox[bad - 1])


def test_operations_behind_a_held_one_on_the_same_entity_are_held_and_others_flow(house, tablet, visit):
    ticket = house.new_id()
    gone = tablet.act("ticket.start", ("ticket", ticket), {})
    behind = tablet.act("ticket.note", ("ticket", ticket), {"note": house.new_id(), "text": "x", "visible": "internal"})
    other = note(house, tablet, visit)
    tablet.push()
    later = tablet.act("ticket.note", ("ticket", ticket), {"note": house.new_id(), "text": "y", "visible": "internal"})
    tablet.push()

    assert tablet.result(gone)["code"] == "entity_gone"
    assert [tablet.result(n)["code"] for n in (behind, later)] == ["blocked_by", "blocked_by"]
    assert tablet.result(other)["status"] == "applied"


def test_the_same_id_from_the_same_person_on_a_new_device_is_the_same_operation(house, tablet, visit):
    n = note(house, tablet, visit)
    tablet.push()
    second = house.tablet("engineer")
    note(house, second, visit, "before")
    again = second.write(tablet.outbox[n - 1])
    second.push()

    assert {**second.result(again), "n": n} == tablet.result(n)
    with house.app.app_context():
        assert db.session.query(SyncHead).filter_by(kind="note").count() == 2


def test_the_same_id_with_other_bytes_or_from_somebody_else_is_refused(house, tablet, visit):
    n = note(house, tablet, visit)
    tablet.push()
    stranger = house.tablet("engineer", 2)
    crew = [tablet.person.id, stranger.person.id]
    house.office()("visit.assign", ("visit", visit), {"engineers": crew, "lead": crew[0]})
    copied = stranger.write(tablet.outbox[n - 1])
    stranger.push()
    changed = tablet.write(tablet.outbox[n - 1].replace("Lift", "Door"))
    tablet.push()

    assert stranger.result(copied)["code"] == "id_reused"
    assert tablet.result(changed)["code"] == "id_reused"


def test_the_same_id_twice_in_one_batch_is_one_operation(house, tablet, visit):
    n = note(house, tablet, visit)
    twin = tablet.write(tablet.outbox[n - 1])
    tablet.push()

    assert {**tablet.result(twin), "n": n} == tablet.result(n)


def test_a_person_without_the_role_is_refused_and_nothing_is_written(house, tablet, visit):
    head = tablet.head
    result = tablet.do("visit.cancel", ("visit", visit), {"reason": "I want to go home"})

    assert (result["status"], result["code"]) == ("rejected", "forbidden")
    tablet.pull()
    assert (tablet.head, tablet.value("visit", visit)["state"]) == (head, "assigned")


def test_a_poisoned_operation_fails_its_request_until_the_tablet_isolates_it(house, tablet, visit, monkeypatch):
    note(house, tablet, visit, "fine")
    poisoned = note(house, tablet, visit, "poison")
    operation = house.app.extensions["singgah.exchange"].operations["note.add", 1]
    handle = operation.handle

    def explode(work, op, args):
        if args["text"] == "poison":
            raise ZeroDivisionError
        return handle(work, op, args)

    monkeypatch.setitem(vars(operation), "handle", explode)
    house.app.testing = False
    assert tablet.push().status_code == 500
    assert tablet.ack_n == 0
    assert tablet.push(1).status_code == 200
    assert tablet.push(1).status_code == 500

    assert tablet.push(1, isolate=True).status_code == 200

    assert (tablet.result(poisoned)["status"], tablet.result(poisoned)["code"]) == ("held", "server_error")
    after = note(house, tablet, visit, "after")
    tablet.push()
    assert tablet.result(after)["status"] == "applied"


@pytest.mark.parametrize(
    "away",
    [
        pytest.param(OperationalError("SELECT 1", {}, Exception("gone")), id="database away"),
        pytest.param(InterfaceError("SELECT 1", {}, Exception("closed")), id="connection closed"),
        pytest.param(NoConnection("the pool is empty"), id="no connection free"),
        pytest.param(QueueFull("busy"), id="writers queue"),
    ],
)
def test_what_the_server_cannot_take_now_is_not_the_operations_fault(house, tablet, visit, monkeypatch, away):
    n = note(house, tablet, visit)
    operation = house.app.extensions["singgah.exchange"].operations["note.add", 1]

    def busy(*_: object) -> None:
        raise away

    with monkeypatch.context() as patches:
        patches.setitem(vars(operation), "handle", busy)
        answer = tablet.push(1, isolate=True)

    assert (answer.status_code, tablet.ack_n) == (503, 0)
    tablet.push(1, isolate=True)
    assert tablet.result(n)["status"] == "applied"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_tablets_that_bring_one_held_operation_at_once_are_told_the_same(house, tablet, visit, monkeypatch):
    """On SQLite one writer waits for the other before it looks."""
    n = note(house, tablet, house.new_id())
    twin = house.tablet("engineer")
    twin.pull()
    twin.outbox, twin.links = tablet.outbox[:], [chain.start(twin.id)]
    twin.links.append(chain.link(twin.links[0], chain.operation_bytes(twin.outbox[0])))
    look, met = OperationLog.held_entities, []

    def look_and_be_overtaken(log, *asked):
        found = look(log, *asked)
        if not met:
            met.append(twin)
            with ThreadPoolExecutor(1) as beside:
                assert beside.submit(twin.push).result().status_code == 200
        return found

    monkeypatch.setattr(OperationLog, "held_entities", look_and_be_overtaken)
    answer = tablet.push()

    assert answer.status_code == 200, answer.text
    assert tablet.result(n) == twin.result(n)
    assert (tablet.result(n)["status"], tablet.result(n)["code"]) == ("held", "entity_gone")


def test_what_a_suspended_tablet_sends_goes_to_quarantine(house, tablet, visit):
    n = note(house, tablet, visit)
    with house.app.app_context(), push_module.unit():
        devices.suspend(house.person("administrator").actor, tablet.id)

    assert tablet.push().status_code == 200

    assert (tablet.result(n)["status"], tablet.result(n)["code"]) == ("held", "device_suspended")
    assert tablet.pull().get_json()["code"] == "device_suspended"


def test_after_a_restore_the_tablet_is_told_where_to_begin(house, tablet, visit):
    note(house, tablet, visit)
    with house.app.app_context(), push_module.unit():
        db.session.get_one(SyncOrg, house.org_id).epoch = "another"

    answer = tablet.push()

    said = answer.get_json()
    assert (answer.status_code, said["code"], said["epoch"], said["next_n"]) == (409, "epoch_changed", "another", 1)


def test_a_base_from_beyond_the_feed_suppresses_no_conflict(house, tablet, visit):
    result = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "x"}, base=2**50)

    assert result["status"] == "applied"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"proto": "1"}, "proto"),
        ({"first": 0}, "first"),
        ({"ops": "x"}, "ops"),
        ({"ops": [1]}, "ops.0"),
        ({"prev": "zz"}, "prev"),
        ({"colour": 1}, "colour"),
        ({"nonce": ""}, "nonce"),
    ],
)
def test_a_malformed_request_is_refused_by_name_and_nothing_is_taken(house, tablet, visit, change, field):
    note(house, tablet, visit)

    answer = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body() | change)

    assert (answer.status_code, answer.get_json()["field"]) == (400, field)
    with house.app.app_context():
        assert db.session.query(SyncOp).filter_by(device=tablet.id).count() == 0


def test_more_operations_than_a_push_may_have_are_refused_so_that_the_tablet_halves_its_batch(house, tablet, visit):
    answer = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body(ops=["x"] * 201))

    assert (answer.status_code, answer.get_json()["field"]) == (413, "ops")


@pytest.mark.parametrize("preference", ["return=minimal", "respond-async, Return=Minimal; x=1"])
def test_who_asks_for_little_is_answered_without_ids_and_otherwise_alike(house, tablet, visit, preference):
    note(house, tablet, visit)
    note(house, tablet, visit, text="")
    tablet.outbox.append("no operation")
    body = tablet.push_body()
    brief = tablet.call("POST", "/api/v1/sync/push", json=body, headers={"Prefer": preference})
    whole = tablet.call("POST", "/api/v1/sync/push", json=body)

    assert (brief.headers["Preference-Applied"], whole.headers.get("Preference-Applied")) == ("return=minimal", None)
    ids = [json.loads(text)["id"] for text in tablet.outbox[:2]]
    assert [one["id"] for one in whole.get_json()["results"]] == [*ids, None]
    assert brief.get_json()["results"] == [{**one, "id": None} for one in whole.get_json()["results"]]
    assert [one["status"] for one in whole.get_json()["results"]] == ["applied", "rejected", "rejected"]


def test_a_packed_push_is_as_good_as_a_plain_one(house, tablet, visit):
    n = note(house, tablet, visit)
    body = gzip.compress(json.dumps(tablet.push_body()).encode())

    answer = packed(tablet, body)

    assert answer.get_json()["ack_n"] == n


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(b" " * 5_000_000, mtime=0), 413),
        (gzip.compress(b" " * 100_000, mtime=0), 413),
        (b"not gzip", 400),
        (gzip.compress(b"{}", mtime=0)[:-4], 400),
        (gzip.compress(b"{}", mtime=0) + b"more", 400),
        (b"\x00" * 1_100_000, 413),
    ],
)
def test_a_packed_body_that_is_too_large_or_broken_is_refused(tablet, body, status):
    assert packed(tablet, body).status_code == status


def packed(tablet: Tablet, body: bytes):
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    return tablet.call("POST", "/api/v1/sync/push", data=body, headers=headers)


def test_the_outcome_does_not_depend_on_the_clock_of_the_tablet(house, tablet, visit, clock):
    tablet.clock_error = timedelta(days=-3650)
    past = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "x"})
    tablet.clock_error = timedelta(days=3650)
    future = tablet.do("note.add", ("note", house.new_id()), {"visit": visit, "text": "y"}, off=None)

    assert (past["status"], future["status"]) == ("applied", "applied")
    tablet.pull()
    times = {row.value["at"] for (kind, _), row in tablet.rows.items() if kind == "note"}
    # The measured offset corrects the first; without one the second is bounded by its receipt.
    assert times == {wire_time(clock.now())}


@pytest.mark.parametrize("kept", [False, True], ids=["lost", "kept"])
def test_a_commit_whose_outcome_is_unknown_is_not_acknowledged(house, tablet, visit, monkeypatch, kept):
    """P26, P27: the database goes away while committing, before or after it kept the work; the tablet sends again."""
    n = note(house, tablet, visit)
    tablet.push(0)
    commit = Session.commit

    def fail(session):
        if kept:
            commit(session)
        raise OperationalError("COMMIT", {}, ConnectionError("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(Session, "commit", fail)
        answer = tablet.call("POST", "/api/v1/sync/push", json=tablet.push_body())

    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert b"results" not in answer.data
    assert tablet.push().status_code == 200
    assert tablet.result(n)["status"] == "applied"
    tablet.pull()
    assert len([key for key in tablet.rows if key[0] == "note"]) == 1


def test_a_tablet_that_asks_too_often_is_told_when_to_come_again(house, tablet, visit):
    answers = [tablet.push() for _ in range(40)]

    assert [answer.status_code for answer in answers].count(429) >= 5
    assert answers[-1].headers["Retry-After"] == "1"
    house.clock.advance(seconds=2)
    assert tablet.push().status_code == 200


def test_nobody_pushes_for_another_device(house, tablet, visit):
    second = house.tablet("engineer")
    note(house, second, visit)
    second.pull()

    answer = tablet.call("POST", "/api/v1/sync/push", json=second.push_body())

    assert (answer.status_code, answer.get_json()["code"]) == (403, "device_unknown")
