"""Reading who imports whom, from source, without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def sources(folder: str) -> Iterator[Path]:
    """The Python files of a folder of the project, without migrations, which only Alembic reads."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "versions" not in path.parts:
            yield path


def imported(text: str) -> set[str]:
    """Every module that a source names in an import, wherever it stands: `from a.b import c` names a.b and a.b.c."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
