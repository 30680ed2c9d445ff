"""A slice sees another only through its services, and set-up stands on nothing but Python (house.md)."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.architecture.imports import ROOT, imported, sources

WIRING = {"app.py", "wsgi.py", "worker.py", "cli.py", "accounts_cli.py", "schema_version.py"}
"""The pages that put slices together may see each slice's inside."""
ABOVE = {"demo"}
"""Rooms that stand above all slices and play the part of the program's wiring."""
BELOW = {"core", "migrations", "install"}

OPEN = {
    "exchange": {"handlers", "kinds", "work"},
    "identity": {"actor", "guards", "devices", "models", "rules"},
    "signoff": {"record"},
}
"""What a slice shows beside its services, because it is what the slice is *for*: the words in which operations are
written (exchange), who acts and who may come in (identity, whose device rows the exchange keeps in step), and the pure
law of the record, which a report re-reads (signoff)."""


def slice_of(module: str) -> str | None:
    """The slice that a module's name lies in, or None for rooms that everybody may see."""
    parts = module.split(".")
    if len(parts) < 2 or parts[0] != "backend" or parts[1] in BELOW or f"{parts[1]}.py" in WIRING:
        return None
    return parts[1] if (ROOT / "backend" / parts[1]).is_dir() else None


def trespasses(own: str, text: str) -> set[str]:
    """The modules inside other slices that a source of slice `own` reaches into."""
    found = set()
    for module in imported(text):
        other = slice_of(module)
        if other is None or other == own or module == f"backend.{other}":
            continue
        if module.split(".")[2] not in OPEN.get(other, set()) | {"services"}:
            found.add(module)
    return found


def test_slices_see_each_other_through_services_only() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources("backend")
        if (own := path.relative_to(ROOT / "backend").parts[0]) not in WIRING | ABOVE | BELOW
        for module in trespasses(own, path.read_text(encoding="utf-8"))
    }

    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "from backend.visits.models import Visit",
        "from backend.visits import models",
        "import backend.visits.rules",
        "def late():\n    from backend.visits.operations import plan",
    ],
)
def test_reaching_into_a_slice_is_seen(line: str) -> None:
    assert trespasses("desk", line)
    assert not trespasses("visits", line)


def test_services_may_be_seen() -> None:
    assert not trespasses("desk", "from backend.visits.services import flag_late\nfrom backend.visits import services")


def own_or_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names or module.startswith("backend.install")


def test_set_up_needs_nothing_but_python() -> None:
    """It runs before anything is installed."""
    strangers = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources("backend/install")
        if path.name != "fonts.py"  # subsets fonts in the finished environment, with fontTools
        for module in imported(path.read_text(encoding="utf-8"))
        if not own_or_standard(module) and module != "backend"
    }

    assert strangers == set()
    assert not own_or_standard("flask")
    assert not own_or_standard("backend.core.config")


def test_models_subclass_base_and_never_flask_sqlalchemys() -> None:
    guilty = [path for path in sources("backend") if "db.Model" in code_of(path.read_text(encoding="utf-8"))]

    assert guilty == []
    assert "db.Model" in code_of("class Visit(db.Model): ...")


def code_of(text: str) -> str:
    """A source without comments and docstrings, in which the word may be spoken."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = [*node.body[1:], ast.Pass()]
    return ast.unparse(tree)
