"""Which room may look at which (README, "Which way one may look"): held by .importlinter, and that here, with a broken
example each; and that a slice is seen through its face alone, which import-linter cannot say.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("backend", "sync", "checklists")
LINT = Path(sys.executable).with_name("lint-imports")

SLICES = {
    *("portal", "console", "dispatch", "review", "reports", "signoff", "upkeep", "inspections", "visits", "desk"),
    *("media", "directory", "notices", "exchange", "identity"),
}
# What a slice shows to the others. Exchange and identity are what every slice is built on, so they have a wider face;
# the record of a signature is a document format, which the report prints.
FACES = {
    "exchange": {"services", "kinds", "handlers", "work"},
    "identity": {"services", "actor", "guards"},
    "signoff": {"services", "record"},
}
# A push is authenticated by the device that sends it: the two rooms share the device's row, and the API's description.
NEIGHBOURS = {("exchange", "identity"): {"devices", "models", "rules", "schemas"}}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three rooms' Python files and the contracts, to be spoiled."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room, ignore=lambda _, names: [n for n in names if not is_code(n)])
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def is_code(name: str) -> bool:
    return name.endswith(".py") or ("." not in name and name not in {"__pycache__", "built", "node_modules"})


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([LINT, "--no-cache"], cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_every_contract_is_kept(copy: Path) -> None:
    done = lint(copy)
    assert (done.returncode, "0 broken" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(
    ("page", "forbidden"),
    [
        ("backend/core/clock.py", "backend.visits.services"),
        ("backend/visits/services.py", "backend.signoff.services"),
        ("backend/media/services.py", "backend.directory.services"),
        ("sync/merge.py", "checklists.answers"),
        ("checklists/answers.py", "flask"),
        ("backend/core/clock.py", "tests.makers"),
    ],
)
def test_an_import_in_the_wrong_direction_is_seen(page: str, forbidden: str, copy: Path) -> None:
    spoiled = copy / page
    spoiled.write_text(f"{spoiled.read_text(encoding='utf-8')}\nimport {forbidden}\n", encoding="utf-8")

    done = lint(copy)

    importer = page.removesuffix(".py").replace("/", ".")
    assert done.returncode == 1
    assert f"{importer} -> {forbidden.split('.')[0]}" in done.stdout


def test_a_slice_is_seen_through_its_face_alone() -> None:
    graph = grimp.build_graph("backend", cache_dir=None)
    pairs = [(one, other) for one in graph.modules for other in graph.find_modules_directly_imported_by(one)]
    assert pairs
    assert past_the_face(pairs) == []


@pytest.mark.parametrize(
    ("pair", "seen"),
    [
        (("backend.reports.view", "backend.visits.models"), True),
        (("backend.visits.operations", "backend.exchange.feed"), True),
        (("backend.reports.view", "backend.visits.services"), False),
        (("backend.visits.operations", "backend.exchange.work"), False),
        (("backend.visits.routes", "backend.visits.models"), False),
        (("backend.app", "backend.visits.routes"), False),
    ],
)
def test_a_look_past_the_face_of_a_slice_is_seen(pair: tuple[str, str], seen: bool) -> None:
    assert bool(past_the_face([pair])) == seen


def past_the_face(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Imports from one slice into another that do not go through what the other shows."""
    return [f"{one} imports {other}" for one, other in pairs if not through_the_face(one.split("."), other.split("."))]


def through_the_face(one: list[str], other: list[str]) -> bool:
    looking, seen = (path[1] if len(path) > 1 else "" for path in (one, other))
    if looking == seen or not {looking, seen} <= SLICES:
        return True
    face = FACES.get(seen, {"services"}) | NEIGHBOURS.get((looking, seen), set())
    return len(other) > 2 and other[2] in face
