"""Search the small model:   python -m tests.simulation.small_model [--states N] [--broken] [--json]"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator

from tests.simulation.small_model.broken import EXAMPLES
from tests.simulation.small_model.days import DAYS, IN_PROVE
from tests.simulation.small_model.search import Searched, search

ENOUGH = 60_000
"""States within which a broken example must be found."""


def main(words: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="small_model", description="Every interleaving of few acts and faults.")
    asked.add_argument("--states", type=int, default=IN_PROVE, help="states of each day at which the search stops")
    asked.add_argument("--broken", action="store_true", help="search the broken protocols instead; each must be found")
    asked.add_argument("--json", action="store_true", help="one line of JSON for each search")
    options = asked.parse_args(words)
    failed = 0
    for line in _broken() if options.broken else _days(options.states):
        failed += not line["ok"]
        print(json.dumps(line) if options.json else _sentence(line), flush=True)
    return 1 if failed else 0


def _days(states: int) -> Iterator[dict[str, object]]:
    for day in DAYS:
        begun = time.monotonic()
        done = search(day, states)
        yield {**_line(done, begun), "ok": done.found is None}


def _broken() -> Iterator[dict[str, object]]:
    for example in EXAMPLES:
        begun = time.monotonic()
        done = search(example.bounds, ENOUGH, example.server, example.tablet)
        ok = done.found is not None and done.found.what.startswith(example.breaks)
        yield {**_line(done, begun), "ok": ok, "name": example.name, "pitfall": example.pitfall}


def _line(done: Searched, begun: float) -> dict[str, object]:
    return {
        "name": done.bounds, "states": done.states, "moves": done.moves, "whole": done.whole,
        "seconds": round(time.monotonic() - begun, 1), "found": str(done.found) if done.found else None,
    }  # fmt: skip


def _sentence(line: dict[str, object]) -> str:
    extent = "all there are" if line["whole"] else f"every sequence of {line['moves']} moves"
    found = f"\n{line['found']}" if line["found"] else "nothing found"
    return f"{line['name']}: {line['states']:,} states ({extent}), {line['seconds']} s: {found}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
