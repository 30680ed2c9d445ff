"""The long proof goes on where it stopped, and only for the tree that it was begun with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.prove import __main__ as prove_main
from tests.prove.__main__ import prove
from tests.prove.parts import PYTHON, Part, Piece, parts
from tests.prove.state import State, tree
from tests.simulation.sweep import SCENARIOS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(prove_main, "FOLDER", tmp_path)
    return tmp_path


def piece(name: str, folder: Path, status: int = 0) -> Piece:
    """Writes down that it ran."""
    program = f"import sys; open({str(folder / 'ran')!r}, 'a').write('{name} '); sys.exit({status})"
    return Piece(name, (PYTHON, "-c", program))


def ran(folder: Path) -> list[str]:
    file = folder / "ran"
    return file.read_text().split() if file.exists() else []


def test_what_is_done_is_not_done_again_and_what_failed_is(folder: Path) -> None:
    part = Part("test", "words", (piece("a", folder), piece("b", folder, status=3), piece("c", folder)))
    prove(part, State.read(folder / "state.json", "this tree"), 1)

    prove(part, State.read(folder / "state.json", "this tree"), 1)

    assert ran(folder) == ["a", "b", "c", "b"]
    state = State.read(folder / "state.json", "this tree")
    assert [state.is_well(name) for name in "abc"] == [True, False, True]


def test_another_tree_is_proved_from_the_beginning(folder: Path) -> None:
    part = Part("test", "words", (piece("a", folder),))
    prove(part, State.read(folder / "state.json", "this tree"), 1)
    prove(part, State.read(folder / "state.json", "another tree"), 1)
    prove(part, State.read(folder / "state.json", "another tree", anew=True), 1)
    assert ran(folder) == ["a", "a", "a"]


def test_the_tree_is_its_files_as_they_lie_here(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "sync").mkdir()
    (tmp_path / "sync" / "law.py").write_text("one")
    before = tree(tmp_path)
    (tmp_path / "README.md").write_text("not proved")
    assert tree(tmp_path) == before
    (tmp_path / "sync" / "law.py").write_text("two")
    assert tree(tmp_path) != before


def test_every_piece_has_its_own_name_and_a_module_that_exists() -> None:
    names = [one.name for part in parts() for one in part.pieces]
    assert len(names) == len(set(names))
    for module in sorted({one.command[2] for part in parts() for one in part.pieces}):
        done = subprocess.run([sys.executable, "-m", module, "--help"], capture_output=True, check=False)
        assert done.returncode == 0, module


def test_the_floors_of_the_proof_are_kept() -> None:
    pieces = {part.name: part.pieces for part in parts()}
    assert sum(int(one.command[one.command.index("--seeds") + 1]) for one in pieces["histories"]) == 20_000
    assert sum(int(one.command[one.command.index("--kills") + 1]) for one in pieces["kill"]) == 500
    assert sum(int(one.command[one.command.index("--failovers") + 1]) for one in pieces["failover"]) == 50
    assert [one.command[-1] for one in pieces["sweep"]] == list(SCENARIOS)
