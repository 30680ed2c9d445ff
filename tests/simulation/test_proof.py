"""`docs/proof.md` promises nothing that is not there."""

from __future__ import annotations

import re

from tests.simulation.mutants.catalogue import MUTANTS
from tests.simulation.mutants.copying import ROOT
from tests.simulation.mutants.hunt import MOST_SEEDS
from tests.simulation.mutants.mutant import SMALL_MODEL
from tests.simulation.mutants.table import PROOF, published, tables, written

PAGE = PROOF.read_text("utf-8")
NAMED = re.compile(r"`((?:tests|pwa/tests)/[\w/.]+\.(?:py|ts|tsx))(?:::([^`]+))?`")
INVARIANTS = [f"I{n}" for n in range(1, 27)]
PITFALLS = [f"P{n}" for n in range(1, 32)]


def missing(page: str) -> list[str]:
    """Tests and files that the page names and that are not there."""
    return [f"{file}::{name}" for file, name in NAMED.findall(page) if not _is_there(file, name)]


def _is_there(file: str, name: str) -> bool:
    path = ROOT / file
    if not path.exists():
        return False
    text = path.read_text("utf-8")
    return not name or (f"def {name}(" in text if file.endswith(".py") else name in text)


def rows(page: str) -> list[str]:
    return re.findall(r"^\| ([IP]\d+) \|", page, re.MULTILINE)


def test_every_test_that_the_page_names_is_there():
    assert len(NAMED.findall(PAGE)) >= 60
    assert missing(PAGE) == []


def test_a_test_that_is_not_there_is_seen():
    assert missing("`tests/simulation/test_proof.py::test_of_nothing` and `tests/nowhere.py`") == [
        "tests/simulation/test_proof.py::test_of_nothing",
        "tests/nowhere.py::",
    ]


def test_every_invariant_and_every_pitfall_has_its_row():
    assert rows(PAGE) == INVARIANTS + PITFALLS


def test_the_tables_are_made_of_the_results():
    """If this fails: python -m tests.simulation.mutants.table"""
    assert all(text in PAGE for text in tables().values())
    assert written(PAGE) == PAGE


def test_what_is_published_was_caught_by_an_oracle_that_says_why():
    mutants = {mutant.name: mutant for mutant in MUTANTS}

    assert set(published()) <= set(mutants)
    assert len(published()) >= 63
    for name, caught in published().items():
        assert caught["why"]
        assert caught["judge"] == mutants[name].judge
        assert 1 <= caught["tried"] <= MOST_SEEDS or caught["judge"] == SMALL_MODEL
