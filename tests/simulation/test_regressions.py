"""Histories that once went wrong, each replayed by its name; and proof that oracles speak when they should."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.history import Stage
from tests.simulation.judges import Judges
from tests.simulation.ledger import Ledger
from tests.simulation.network import Network
from tests.simulation.plan import Plan, plan_of

FILES = sorted(Path(__file__).with_name("regressions").glob("*.json"))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


def person(do: str, t: int = 0, gap: int = 100) -> dict[str, Any]:
    return {"who": "person", "do": do, "t": t, "gap": gap, "r": 1}


def small(*steps: dict[str, Any], **more: Any) -> Plan:
    plan = {"seed": "small", "devices": [0, 2, 3], "fresh": [], "page": 1_000, "batch": 1_048_576, "rates": {}}
    return {**plan, "steps": list(steps), **more}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_once_went_wrong_goes_well(stage: Stage, file: Path) -> None:
    verdict = stage.play(json.loads(file.read_text(encoding="utf-8"))["plan"])
    assert (verdict.kind, verdict.words) == ("well", "")


def test_the_same_seed_is_the_same_history(stage: Stage) -> None:
    first, second = stage.play(plan_of(3)), stage.play(plan_of(3))
    assert (first.kind, first.met, first.operations) == (second.kind, second.met, second.operations)


def test_the_ledger_misses_an_operation_that_is_nowhere(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judges, "logged_ids", lambda _self: set())
    check = Ledger._check_account

    def forgetful(self: Ledger) -> None:
        self.logs, self.disks = {}, {}
        check(self)

    monkeypatch.setattr(Ledger, "_check_account", forgetful)
    assert stage.play(small(person("note"))).rule == "I9"


def test_a_tablet_that_hears_nothing_is_not_in_agreement(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    carry = Network.carry

    def deaf(self: Network, device: Any, asked: dict[str, Any]) -> None:
        if device.t != 0 or not asked["path"].endswith("push"):
            carry(self, device, asked)

    monkeypatch.setattr(Network, "carry", deaf)
    assert stage.play(small(person("note"))).rule == "I23"


def test_a_server_that_answers_otherwise_the_second_time_is_caught(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Judges._pushed

    def fickle(self: Judges, device: Any, said: dict[str, Any]) -> None:
        answered(self, device, said)
        answered(self, device, {**said, "results": [{**one, "seq": 0} for one in said["results"]]})

    monkeypatch.setattr(Judges, "_pushed", fickle)
    assert stage.play(small(person("note"))).rule == "I4"


def test_a_plan_has_at_least_three_tablets_and_a_hundred_operations() -> None:
    plans = [plan_of(seed) for seed in range(1, 301)]
    assert min(len(plan["devices"]) for plan in plans) >= 3
    acts = [sum(step["who"] != "mishap" for step in plan["steps"]) for plan in plans]
    assert min(acts) >= 100
