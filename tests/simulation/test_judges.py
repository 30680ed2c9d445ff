"""Each oracle speaks when it is shown what it is there for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulation.history import Stage
from tests.simulation.judges import MOST_ALONE, PUSH
from tests.simulation.ledger import LATE, Ledger
from tests.simulation.server import POISON, HttpAnswer
from tests.simulation.test_regressions import person, small
from tests.simulation.world import Violation, World

Log = list[Any]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """After a history in which two tablets wrote, and a client signed."""
    with Stage() as stage:
        steps = person("note"), person("photo", t=1), person("note", t=1, gap=500), person("sign", gap=60_000)
        plan = small(*steps, seed="judges")
        made = stage.world(plan)
        verdict = stage.play(plan, made)
        assert (verdict.kind, verdict.words) == ("well", "")
        yield made


def rule_of(judge: Callable[[], None]) -> str:
    with pytest.raises(Violation) as spoken:
        judge()
    return spoken.value.rule


@pytest.fixture
def ledger(world: World) -> Ledger:
    """Its lines may be changed."""
    made = Ledger(world, {})
    made.logs = {org: [SimpleNamespace(**row._mapping) for row in log] for org, log in made.logs.items()}
    return made


@pytest.fixture
def org(world: World) -> str:
    return world.devices[0].house.org_id


def line(log: Log, type_: str) -> Any:
    return next(row for row in log if row.type == type_)


def test_the_ledger_agrees_with_what_happened(ledger: Ledger) -> None:
    ledger.check()


def test_a_change_that_overtakes_a_held_one_is_seen(ledger: Ledger, org: str) -> None:
    log = ledger.logs[org]
    note = line(log, "note.add")
    note.status = "applied"
    held = SimpleNamespace(**{**vars(note), "status": "held", "set_aside_at": None})

    assert rule_of(lambda: ledger._check_order([held, note])) == "I5"
    ledger._check_order([note, held])


@pytest.mark.parametrize("status", ["held", "rejected"])
def test_what_was_refused_and_is_there_all_the_same_is_seen(ledger: Ledger, org: str, status: str) -> None:
    photo = line(ledger.logs[org], "photo.add")
    assert photo.status == "applied"
    photo.status = status

    assert rule_of(lambda: ledger._check_refused(org, ledger.logs[org])) == "I3"


def test_a_result_that_lies_before_its_effect_is_seen(ledger: Ledger, org: str) -> None:
    note = next(row for row in ledger.logs[org] if row.type == "note.add" and row.status == "applied")
    said = json.loads(note.outcome)
    note.outcome = json.dumps({**said, "seq": 1})

    assert rule_of(lambda: ledger._check_positions(org, ledger.logs[org])) == "I8"


def test_late_work_that_is_held_is_seen(ledger: Ledger, org: str, monkeypatch: pytest.MonkeyPatch) -> None:
    note = line(ledger.logs[org], "note.add")
    note.status, note.code = "held", "out_of_scope"

    def left(ago: timedelta) -> None:
        spans = {(note.person, f"v:{ledger._visit_of(note)}"): [(1, note.received_at - ago)]}
        monkeypatch.setattr(ledger, "_spans", lambda _org: spans)

    left(LATE)
    assert rule_of(lambda: ledger._check_standing(org, [note])) == "I9"
    left(LATE + timedelta(seconds=1))
    ledger._check_standing(org, [note])


def test_work_on_a_visit_that_one_never_saw_is_seen(ledger: Ledger, org: str, monkeypatch: pytest.MonkeyPatch) -> None:
    note = line(ledger.logs[org], "note.add")
    note.status, note.code = "applied", None
    monkeypatch.setattr(ledger, "_spans", lambda _org: {(note.person, f"v:{ledger._visit_of(note)}"): []})

    assert rule_of(lambda: ledger._check_standing(org, [note])) == "I14"


def test_a_repeated_operation_with_another_outcome_is_seen(ledger: Ledger, org: str) -> None:
    note = line(ledger.logs[org], "note.add")
    ledger.logs[org].append(SimpleNamespace(**{**vars(note), "op_id": None, "status": "rejected"}))

    assert rule_of(ledger._check_repeats) == "I4"


def test_a_conflict_without_its_values_is_seen(ledger: Ledger, org: str) -> None:
    line(ledger.logs[org], "note.add").status = "conflict"

    assert rule_of(lambda: ledger._check_conflicts(org, ledger.logs[org])) == "I12"


def test_a_photo_that_never_arrived_is_seen(ledger: Ledger, org: str) -> None:
    log = ledger.logs[org]
    photo = line(log, "photo.add")
    photo.body = photo.body.replace(b'"sha256":"', b'"sha256":"0')

    assert rule_of(lambda: ledger._check_photos(org, log)) == "I15"


def test_a_signed_record_that_changed_is_seen(world: World) -> None:
    judges = world.judges
    judges._watch_records()
    [(record, facts)] = judges.signed.items()
    judges.signed[record] = (*facts[:-1], [])

    assert rule_of(judges._watch_records) == "I11"
    judges.signed[record] = facts


def test_what_no_backup_holds_and_is_called_durable_is_seen(world: World) -> None:
    said = {"durable_n": 1, "ack_n": 5}

    assert rule_of(lambda: world.judges._check_durable(world.devices[0], said)) == "I18"


def test_a_fourth_failure_of_an_operation_that_is_alone_is_seen(world: World) -> None:
    asked = {"path": PUSH, "window": 1, "text": f'{{"ops": ["{POISON}"]}}'}

    def fails() -> None:
        world.judges.failed_alone(world.devices[0], asked, HttpAnswer(500, {}, b""))

    for _ in range(MOST_ALONE):
        fails()
    assert rule_of(fails) == "I25"


def test_a_server_that_breaks_without_a_cause_is_seen(world: World) -> None:
    def broke_over(text: str) -> None:
        asked = {"method": "POST", "path": PUSH, "text": text}
        world.judges.answered(world.devices[0], asked, HttpAnswer(500, {}, b"{}"))

    broke_over(f'{{"ops": ["{POISON}"]}}')
    assert rule_of(lambda: broke_over('{"ops": []}')) == "3.6"
