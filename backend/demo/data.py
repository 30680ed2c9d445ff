"""The invented provider, its clients and their words, read from the YAML files beside this module."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from checklists.library import Shipped, shipped_checklists
from checklists.yaml_form import load_yaml

FOLDER = Path(__file__).parent


@cache
def read(name: str) -> Any:
    """The content of `<name>.yaml`."""
    return load_yaml((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def library() -> tuple[Shipped, ...]:
    """The shipped checklists, read once."""
    return shipped_checklists()
