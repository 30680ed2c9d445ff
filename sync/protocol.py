"""Numbers both sides know: protocol, schema and limits, read from protocol.json (rule S1)."""

import json
from pathlib import Path
from typing import Final

_PAGE = json.loads((Path(__file__).parent / "protocol.json").read_text("utf-8"))

PROTOCOL: Final[int] = _PAGE["protocol"]
SCHEMA: Final[int] = _PAGE["schema"]
LIMITS: Final[dict[str, int]] = _PAGE["limits"]
HISTORY: Final[list[dict[str, object]]] = _PAGE["history"]
OPERATION_FINGERPRINTS: Final[dict[str, str]] = _PAGE["operations"]
WIRE_FINGERPRINTS: Final[dict[str, str]] = _PAGE["wire"]
