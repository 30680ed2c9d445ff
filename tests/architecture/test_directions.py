"""Which way one may look: .importlinter holds it, and holds it against its own broken examples."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.imports import ROOT

LINT = Path(sys.executable).with_name("lint-imports")
CONTRACTS = ROOT / ".importlinter"


def lint(config: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [LINT, "--no-cache", "--config", config]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def layers() -> list[str]:
    config = configparser.ConfigParser()
    config.read(CONTRACTS)
    text = config["importlinter:contract:directions"]["layers"]
    return [name.strip(" ()") for line in text.split("\n") for part in line.split("|") for name in part.split(":")]


def test_rooms_and_slices_look_down_only() -> None:
    done = lint(CONTRACTS, ROOT)

    assert done.returncode == 0, done.stdout


def test_every_room_and_slice_has_its_place_on_the_list() -> None:
    backend = ROOT / "backend"
    rooms = {f"backend.{path.parent.name}" for path in backend.glob("*/__init__.py")} - {"backend.migrations"}
    programs = {f"backend.{path.stem}" for path in backend.glob("*.py")} - {"backend.__init__"}

    assert rooms | programs | {"sync", "checklists"} <= set(layers())


BROKEN = {
    "a slice that looks up": ("backend/desk/operations.py", "import backend.console.pages"),
    "the law that knows a framework": ("sync/law.py", "import flask"),
    "one law that knows the other": ("checklists/law.py", "import sync.law"),
    "the product that stands on its tests": ("backend/core/ids.py", "import tests.makers"),
    "the core that knows a slice": ("backend/core/ids.py", "import backend.identity.models"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_contracts_see(what: str, tmp_path: Path) -> None:
    """A small house of the same shape, with one forbidden look in it."""
    guilty, line = BROKEN[what]
    small_house(tmp_path)
    assert lint(CONTRACTS, tmp_path).returncode == 0
    (tmp_path / guilty).write_text(line + "\n")

    done = lint(CONTRACTS, tmp_path)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def small_house(folder: Path) -> None:
    for name in [*layers(), "backend.console.pages", "backend.desk.operations", "backend.core.ids", "sync.law"]:
        if not name:
            continue
        parts = name.split(".")
        for depth in range(1, len(parts)):
            package = folder.joinpath(*parts[:depth])
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").touch()
        leaf = folder.joinpath(*parts)
        leaf.mkdir(exist_ok=True)
        (leaf / "__init__.py").touch()
    for name in ("backend/identity/models.py", "checklists/law.py", "sync/law.py", "backend/core/ids.py"):
        path = folder / name
        if path.with_suffix("").is_dir():
            (path.with_suffix("") / "__init__.py").unlink()
            path.with_suffix("").rmdir()
        path.touch()
