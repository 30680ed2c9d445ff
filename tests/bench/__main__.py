"""`make bench`: every measurement and every script, one after the other, into build/bench.json and onto the screen.

ONLY=push,pull,... chooses parts (PARTS); SIZE=tiny shows in a minute or two that all works. Stop what else the machine
is doing first. Peers run in the same run as we, through the same driver; one that cannot be set up is named as missing.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from tests.bench import run
from tests.bench.publish import page
from tests.bench.sizes import FULL, TINY

RESULT = Path("build/bench.json")


def main() -> int:
    only = frozenset(filter(None, os.environ.get("ONLY", "").split(",")))
    unknown = only - set(run.PARTS)
    if unknown:
        print(f"there is no part {', '.join(sorted(unknown))}; the parts are {', '.join(run.PARTS)}", file=sys.stderr)
        return 2
    sizes = TINY if os.environ.get("SIZE") == "tiny" else FULL
    report = run.run(sizes, only or frozenset(run.PARTS), say=lambda text: print(text, flush=True)).to_json()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(page(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
