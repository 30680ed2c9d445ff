"""The published page from the figures of a run:   python -m tests.bench.publish build/bench.json

Writes docs/benchmarks.json and docs/benchmarks.md beside each other; a test holds that the one is made from the other.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.bench.figures import FORMAT, figure_rows, goal_rows, table

DOCS = Path(__file__).resolve().parents[2] / "docs"
HEAD = """# Benchmarks

Made by `make bench` on one machine in one run; ratios say more than absolute figures, because storage and processors
differ. To repeat it: stop what else the machine is doing, then `make bench`; `make bench ONLY=push,pull` runs parts of
it, `make bench SIZE=tiny` shows that all of it works. This page is written from its figures by
`.venv/bin/python -m tests.bench.publish build/bench.json`.

One client process asks over loopback on one connection that is kept alive. What is sent is made before the watch
starts; the watch stops when the whole answer is read. Each figure is the median of its runs; of pushes, of pulls by the
bare route and of peers one run before them is not counted. Peers run in the same run, in the setting that their own
documentation gives for speed, with records of the same members as our operations. Durability differs and is stated: it
is part of the result.
"""


def page(report: dict[str, Any]) -> str:
    """The page of one run's JSON. ValueError for the JSON of another version of this program."""
    if report.get("format") != FORMAT:
        raise ValueError(f"this is a run of format {report.get('format')}, the program writes {FORMAT}")
    at = report["machine"]
    machine = (
        f"Run of {at['at']} on {at['cores']} cores ({at['processor']}), {at['memory_gib']} GiB, {at['system']}, "
        f"Python {at['python']}; load before it {at['load_before'][0]:.2f}."
    )
    parts = [HEAD, machine, "", "## Goals", "", *_goals(report), "## What was measured", "", *_systems(report)]
    parts += ["## Speed and cost", "", *_figures(report), "## Correctness", "", *_correctness(report)]
    if report["missing"]:
        parts += ["## Missing", "", *[f"- {sentence}" for sentence in report["missing"]], ""]
    return "\n".join(parts).rstrip() + "\n"


def _goals(report: dict[str, Any]) -> list[str]:
    return [*table(("goal", "bound", "measured", ""), goal_rows(report["goals"])), ""]


def _systems(report: dict[str, Any]) -> list[str]:
    rows = [[one["who"], one["version"], one["settings"], one["durability"]] for one in report["systems"]]
    return [*table(("system", "version", "settings", "an acknowledged write is"), rows), ""]


def _figures(report: dict[str, Any]) -> list[str]:
    return [*table(("what", "who", "median", "unit", "least – most", "note"), figure_rows(report["figures"])), ""]


def _correctness(report: dict[str, Any]) -> list[str]:
    words = (
        "*poller*: writers write at once while one client follows the feed; lost is what was acknowledged and never "
        "reached it. *lost answer*: the answer is lost after the commit and the client sends again. *restore*: the "
        "server is put back to a backup that is older than the last work; lost is what was acknowledged after it and "
        "is not there once the clients have synced."
    )
    rows = [
        [one["who"], one["script"], str(one["wrote"]), str(one["lost"]), str(one["doubled"]), one["how"]]
        for one in report["correctness"]
    ]
    return [words, "", *table(("system", "script", "written", "lost", "doubled", "how"), rows), ""]


def publish(result: Path, folder: Path = DOCS) -> None:
    """Lay the run and its page side by side."""
    report = json.loads(result.read_text("utf-8"))
    (folder / "benchmarks.md").write_text(page(report), encoding="utf-8")
    (folder / "benchmarks.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    publish(Path(sys.argv[1]))
