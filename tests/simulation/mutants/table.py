"""What is published of the mutants: `docs/mutants.json`, and the table in `docs/proof.md` that is made of it.

python -m tests.simulation.mutants.table     writes the table anew
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.simulation.mutants.catalogue import MUTANTS
from tests.simulation.mutants.copying import ROOT
from tests.simulation.mutants.hunt import Caught
from tests.simulation.mutants.mutant import SMALL_MODEL, Mutant

FILE = ROOT / "docs/mutants.json"
PROOF = ROOT / "docs/proof.md"
BEGIN, END = "<!-- mutants -->", "<!-- end of mutants -->"


def published(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """What was caught, by the mutant's name; empty before the first run."""
    return {one["name"]: one for one in json.loads(file.read_text("utf-8"))} if file.exists() else {}


def merged(file: Path, found: Iterable[Caught]) -> str:
    """The file with these results in it, in the order of the catalogue."""
    known = published(file) | {one.name: one.facts() for one in found if one.why is not None}
    kept = [known[mutant.name] for mutant in MUTANTS if mutant.name in known]
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def table() -> str:
    """The published table, between its marks."""
    known = published()
    rows = [_row(mutant, known[mutant.name]) for mutant in MUTANTS if mutant.name in known]
    seeds = [one["tried"] for one in known.values() if one["seed"] is not None]
    told = f"{len(rows)} of {len(MUTANTS)} are caught"
    if seeds:
        told += f"; where seeds are needed, {statistics.median(seeds):g} in the median and {max(seeds)} at most"
    head = "| bug | re-creates | must break | what the oracle said | seeds |\n|---|---|---|---|---|"
    return "\n".join([BEGIN, f"{told}.", "", head, *rows, END])


def _row(mutant: Mutant, caught: dict[str, Any]) -> str:
    seeds = f"{caught['tried']:,} states" if mutant.judge == SMALL_MODEL else str(caught["tried"])
    why = str(caught["why"]).replace("|", "\\|").replace("<", "&lt;")
    return f"| **{mutant.name}.** {mutant.says} | {mutant.pitfall} | {mutant.breaks} | {why} | {seeds} |"


def written(page: str) -> str:
    """The page with the present table in it."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + table() + after


if __name__ == "__main__":
    PROOF.write_text(written(PROOF.read_text("utf-8")), "utf-8")
