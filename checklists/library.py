"""The checklists that are shipped. The one place in this room that reads files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checklists.definition import Definition
from checklists.digest import digest
from checklists.parse import parse_definition
from checklists.yaml_form import load_yaml

FOLDER = Path(__file__).parent / "library"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipped checklist: `raw` is the plain form that is published, `digest` its name."""

    digest: str
    raw: dict[str, Any]
    definition: Definition


def shipped_checklists(folder: Path = FOLDER) -> tuple[Shipped, ...]:
    """Every checklist of the folder, by file name. Raises InvalidYaml or InvalidDefinition."""
    return tuple(_read(path) for path in sorted(folder.glob("*.yaml")))


def _read(path: Path) -> Shipped:
    raw = load_yaml(path.read_text(encoding="utf-8"))
    definition = parse_definition(raw)
    return Shipped(digest(raw), raw, definition)
