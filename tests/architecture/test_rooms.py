"""Every room has its place on the list of directions, set-up stands on nothing but Python, models have one base."""

from __future__ import annotations

import ast
import configparser
import sys

from tests.architecture.imports import ROOT, imported, sources

OUTSIDE = {"backend.install", "backend.migrations"}
"""Neither is part of the running program: set-up runs before it, Alembic reads the other."""


def listed(text: str) -> set[str]:
    """The modules that a contract of layers puts in order."""
    names = text.replace("|", "\n").replace(":", "\n").split("\n")
    return {name.strip(" ()") for name in names} - {""}


def test_every_room_and_slice_has_its_place_on_the_list() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    places = listed(config["importlinter:contract:one-way"]["layers"])
    packages = {f"backend.{path.parent.name}" for path in (ROOT / "backend").glob("*/__init__.py")}
    programs = {f"backend.{path.stem}" for path in (ROOT / "backend").glob("*.py")} - {"backend.__init__"}

    assert (packages | programs | {"sync", "checklists"}) - OUTSIDE - places == set()
    assert listed("\na\n(b) | c\nd : e") == {"a", "b", "c", "d", "e"}


def own_or_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names or f"{module}.".startswith("backend.install.")


def test_set_up_needs_nothing_but_python() -> None:
    """It runs before anything is installed."""
    strangers = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources("backend/install")
        if path.name != "fonts.py"  # subsets fonts in the finished environment, with fontTools
        for module in imported(path.read_text(encoding="utf-8"))
        if not own_or_standard(module)
    }

    assert strangers == set()
    assert not own_or_standard("flask")
    assert not own_or_standard("backend.core.config")
    assert imported("def late():\n    from flask import g") == {"flask", "flask.g"}


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
