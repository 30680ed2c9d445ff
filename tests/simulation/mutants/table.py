"""What is published: `docs/mutants.json` and `docs/simulation.json`, and the tables in `docs/proof.md` made of them.

python -m tests.simulation.mutants.table     writes the tables anew
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
PLAYED = ROOT / "docs/simulation.json"
"""The answer of `singgah simulate --json` whose counts are published."""
PROOF = ROOT / "docs/proof.md"


def published(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """What was caught, by the mutant's name; empty before the first run."""
    return {one["name"]: one for one in json.loads(file.read_text("utf-8"))} if file.exists() else {}


def merged(file: Path, found: Iterable[Caught]) -> str:
    """The file with these results in it, in the order of the catalogue."""
    known = published(file) | {one.name: one.facts() for one in found if one.why is not None}
    kept = [known[mutant.name] for mutant in MUTANTS if mutant.name in known]
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def tables() -> dict[str, str]:
    """What stands between `<!-- name -->` and `<!-- end of name -->` of the page."""
    return {"faults": _faults(), "mutants": _mutants()}


def _mutants() -> str:
    known = published()
    rows = [_row(mutant, known.get(mutant.name)) for mutant in MUTANTS]
    seeds = [one["tried"] for one in known.values() if one["seed"] is not None]
    told = f"{len(known)} of {len(MUTANTS)} are caught"
    if seeds:
        told += f"; where seeds are needed, {statistics.median(seeds):g} in the median and {max(seeds)} at most"
    head = "| bug | re-creates | must break | what the oracle said | seeds |\n|---|---|---|---|---|"
    return "\n".join([f"{told}.", "", head, *rows])


def _row(mutant: Mutant, caught: dict[str, Any] | None) -> str:
    first = f"| **{mutant.name}.** {mutant.says} | {mutant.pitfall} | {mutant.breaks} |"
    if caught is None:
        return f"{first} *not caught yet* | |"
    seeds = f"{caught['tried']:,} states" if mutant.judge == SMALL_MODEL else str(caught["tried"])
    why = str(caught["why"]).replace("|", "\\|").replace("<", "&lt;")
    return f"{first} {why} ({mutant.judge}) | {seeds} |"


def _faults() -> str:
    if not PLAYED.exists():
        return ""
    run = json.loads(PLAYED.read_text("utf-8"))
    last = run["first_seed"] + run["histories"] - 1
    told = (
        f"`singgah simulate`, seeds {run['first_seed']} to {last}: {run['histories']:,} histories of"
        f" {run['operations']:,} operations, {len(run['failed'])} not well."
    )
    rows = [f"| {name} | {count:,} |" for name, count in sorted(run["met"].items())]
    return "\n".join([told, "", "| fault, refusal or outcome | times |", "|---|---|", *rows])


def written(page: str) -> str:
    """The page with the present tables in it."""
    for name, text in tables().items():
        before, begin, rest = page.partition(f"<!-- {name} -->")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        page = f"{before}{begin}\n{text}\n{end}{after}"
    return page


if __name__ == "__main__":
    PROOF.write_text(written(PROOF.read_text("utf-8")), "utf-8")
