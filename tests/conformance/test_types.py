"""The tablet's types in the tree are those that the generator makes of the API's description today (house.md)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from backend.install.tablet import NPM, PWA

DESCRIPTION = Path("backend/openapi.json").resolve()
TYPES = PWA / "src/net/types.ts"
GENERATE = (str(NPM), "exec", "--", "openapi-typescript")


def generated(description: Path, folder: Path) -> str:
    """What `make types` would write for this description."""
    page = folder / "types.ts"
    command = [*GENERATE, str(description), "--output", str(page)]
    subprocess.run(command, cwd=PWA / "openapi", check=True, capture_output=True)
    return page.read_text("utf-8")


def test_the_tablets_types_are_fresh(tmp_path: Path) -> None:
    """If this fails: `make types`."""
    assert TYPES.read_text("utf-8") == generated(DESCRIPTION, tmp_path)


def test_a_field_more_in_the_description_makes_other_types(tmp_path: Path) -> None:
    described = json.loads(DESCRIPTION.read_text("utf-8"))
    described["components"]["schemas"]["Head"]["properties"]["weather"] = {"type": "string"}
    changed = tmp_path / "openapi.json"
    changed.write_text(json.dumps(described), "utf-8")

    assert "weather?: string" in generated(changed, tmp_path)
    assert "weather" not in TYPES.read_text("utf-8")
