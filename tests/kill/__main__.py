"""Kill and promote:   python -m tests.kill [--kills N | --failovers N] [--seed S] [--json]

Exit code 0: nothing was wrong; 1: an oracle spoke, its words are printed with the seed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.kill.run import Told, failover_run, kill_run

KILLS_OF_A_RUN = 25
"""Deaths of one installation; a longer run begins another one, so that its first moments are met often too."""


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=0, help="deaths of web and database processes")
    parser.add_argument("--failovers", type=int, default=0, help="promotions of a standby that lags")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line of JSON for each run")
    asked = parser.parse_args(words)
    wrong = 0
    for name, told, seconds in _runs(asked.kills, asked.failovers, asked.seed):
        wrong += bool(told.faults)
        line = {
            "run": name, "operations": told.operations, "requests": told.requests, "deaths": dict(told.deaths),
            "statuses": dict(told.statuses), "given_back": told.given_back, "seconds": seconds, "faults": told.faults,
        }  # fmt: skip
        print(json.dumps(line) if asked.json else _sentence(line), flush=True)
    return 1 if wrong else 0


def _runs(kills: int, failovers: int, seed: int) -> Iterator[tuple[str, Told, float]]:
    plans = [("kill", seed + nth, min(KILLS_OF_A_RUN, kills - begun))
             for nth, begun in enumerate(range(0, kills, KILLS_OF_A_RUN))]  # fmt: skip
    plans += [("fail-over", seed + nth, 1) for nth in range(failovers)]
    for what, own_seed, count in plans:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="singgah-kill-") as place:
            told = kill_run(Path(place), own_seed, count) if what == "kill" else failover_run(Path(place), own_seed)
        yield f"{what} seed {own_seed}", told, round(time.monotonic() - begun, 1)


def _sentence(line: dict[str, object]) -> str:
    wrong = "\n  ".join(["", *line["faults"]]) if line["faults"] else ", nothing wrong"  # type: ignore[misc]
    told = f"{line['operations']} operations in {line['requests']} requests, {line['deaths']}"
    return f"{line['run']}: {told}, {line['given_back']} given back, {line['seconds']} s{wrong}"


if __name__ == "__main__":
    sys.exit(main())
