"""Hunt the seeded bugs:   singgah simulate --mutants [--only NAME] [--seeds N] [--json] [--write FILE]

Exit code 0 when each was caught, 1 when one survived.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from tests.simulation.mutants.catalogue import MUTANTS, named
from tests.simulation.mutants.hunt import MOST_SEEDS, Caught, hunt, survives
from tests.simulation.mutants.table import merged


def main(words: list[str]) -> int:
    asked = _asked(words)
    chosen = [named(name) for name in asked.only] if asked.only else list(MUTANTS)
    found: list[Caught] = []
    for caught in hunt(chosen, asked.seeds, asked.first_seed):
        found.append(caught)
        print(json.dumps(caught.facts()) if asked.json else _sentence(caught), flush=True)
        if asked.write:
            asked.write.write_text(merged(asked.write, found), "utf-8")
    return 1 if any(survives(one) for one in found) else 0


def _sentence(caught: Caught) -> str:
    if caught.why is None:
        return f"SURVIVED  {caught.name}: {caught.trouble or f'nobody noticed in {caught.tried}'}"
    unit = "states" if caught.seed is None else "seeds"
    return f"caught    {caught.name}: {caught.why} ({caught.tried} {unit})"


def _asked(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="singgah simulate --mutants", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="this one (again for more)")
    parser.add_argument("--seeds", type=int, default=MOST_SEEDS, help="seeds after which a mutant has survived")
    parser.add_argument("--first-seed", type=int, default=1, help="where to begin")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each mutant")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep what was caught in this file")
    return parser.parse_args(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
