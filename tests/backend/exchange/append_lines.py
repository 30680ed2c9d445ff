"""`python -m tests.backend.exchange.append_lines`: append what is new to sync/protocol.json. Never touches a kept line.

A line that was never released may be removed by hand and appended again.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from backend.exchange import openapi
from backend.exchange.registry import KEY
from tests.makers import Config, build_app

PAGE = Path("sync/protocol.json")


def main() -> None:
    page = json.loads(PAGE.read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder, build_app(Config.from_env({"DATA_DIR": folder})) as app:
        registry = app.extensions[KEY]
        now = {
            "operations": openapi.operation_fingerprints(registry),
            "wire": openapi.wire_fingerprints(registry),
        }
        Path("backend/openapi.json").write_text(openapi.text(registry), "utf-8")
    for section, lines in now.items():
        page[section] |= {name: lines[name] for name in sorted(lines.keys() - page[section].keys())}
    PAGE.write_text(json.dumps(page, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
