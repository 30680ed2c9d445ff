"""The parts of `make test`, one after the other:   suite [lint | python | pwa | journeys | all]

Stops at the first part that fails and says which were not run. The last line counts what really ran: tests
by the reports that pytest and vitest wrote, and each checker (ruff, mypy, ...) as one.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from backend.install import environment, tablet
from backend.install.steps import ROOT

# A developer's own settings must not decide what the tests run against.
NOT_FOR_TESTS = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT", "PUBLIC_URL", "BIND", "DEMO", "SINGGAH_TEST_MOMENT"}
# Midnight and the year end two minutes into these tests: nothing may depend on the day they were written on.
NEW_YEARS_EVE = {"SINGGAH_TEST_MOMENT": "2026-12-31T23:58+08:00"}
OF_THE_DAY = ("console", "desk", "directory", "exchange", "signoff", "visits")


@dataclass(frozen=True)
class Part:
    """One command. `group` holds the words that choose it; `report` is the option that makes it write a JUnit file,
    None for a checker.
    """

    name: str
    group: str
    command: tuple[str, ...]
    report: str | None = None
    folder: Path = ROOT
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def parts() -> list[Part]:
    def tool(name: str) -> str:
        return str(environment.command(name))

    npm = str(tablet.NPM)
    pytest = (tool("python"), "-m", "pytest")
    abreast = ("-n", "2", "--dist", "loadfile")
    apart = ("--ignore=tests/journeys",)
    return [
        Part("ruff", "lint", (tool("ruff"), "check", ".")),
        Part("mypy", "lint", (tool("mypy"),)),
        Part("import directions", "lint", (tool("lint-imports"),)),
        Part("types and directions of the tablet", "lint", (npm, "run", "check"), folder=tablet.PWA),
        # Pages of the console and the portal link files that the bundle makes.
        Part(
            "build of the tablet app",
            "python journeys",
            (sys.executable, "-m", "backend.install.set_up", "--bundle"),
        ),
        Part("Python tests", "python", (*pytest, *abreast, *apart), "--junitxml={}"),
        Part(
            "Python tests at 23:58 on 31 December, Singapore",
            "python",
            (*pytest, *abreast, "-k", "not postgresql", *(f"tests/backend/{slice_}" for slice_ in OF_THE_DAY)),
            "--junitxml={}",
            settings=NEW_YEARS_EVE,
        ),
        Part(
            "tablet tests",
            "pwa",
            (npm, "test", "--", "--reporter=default", "--reporter=junit"),
            "--outputFile.junit={}",
            tablet.PWA,
        ),
        # In the order of their names: the accessibility journey is the longest and begins first.
        Part(
            "journeys in a browser",
            "journeys",
            (*pytest, *abreast, "--no-loadscope-reorder", "tests/journeys"),
            "--junitxml={}",
        ),
    ]


def main(words: list[str]) -> int:
    group = words[0] if words else "all"
    chosen = [part for part in parts() if group in ("all", *part.group.split())]
    if not chosen:
        print(f"no part of the tests is called {group}", file=sys.stderr)
        return 2
    try:
        return run_all(chosen)
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def run_all(chosen: list[Part]) -> int:
    total, seconds = Count(), []
    for place, part in enumerate(chosen):
        print(f"\n== {part.name}", flush=True)
        started = time.monotonic()
        status, count = run(part)
        total += count
        seconds.append(f"  {part.name}: {count} ({time.monotonic() - started:.1f} s)")
        if status != 0:
            return finish(seconds, total, part, chosen[place + 1 :])
    return finish(seconds, total)


def run(part: Part) -> tuple[int, Count]:
    """Run one part; one that fails without a failed test (a crash, nothing collected) is one failure."""
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.xml"
        options = (part.report.format(report),) if part.report else ()
        env = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
        env |= {**environment.path_with_venv(), **part.settings}
        status = subprocess.run((*part.command, *options), cwd=part.folder, env=env, check=False).returncode
        count = read(report) if report.exists() else Count(passed=0 if part.report else int(status == 0))
    if status == 0 and part.report and count.passed == 0:
        print(f"{part.name}: no test ran", file=sys.stderr)
        status = 1
    return status, count if status == 0 or count.failed else count + Count(failed=1)


def read(report: Path) -> Count:
    """The counts in a JUnit file; a test that failed in its set-up is an error there and a failure here."""
    counts = Count()
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - we wrote it
        tests, failures, errors, skipped = (
            int(suite.get(name) or 0) for name in ("tests", "failures", "errors", "skipped")
        )
        counts += Count(tests - failures - errors - skipped, failures + errors, skipped)
    return counts


def finish(
    seconds: list[str], total: Count, failed: Part | None = None, left: list[Part] | None = None
) -> int:
    print("\n" + "\n".join(seconds))
    if failed is not None:
        print(f"Stopped at the first part that failed: {failed.name}.")
        if left:
            print(f"Not run: {', '.join(part.name for part in left)}.")
    print(total, flush=True)
    return 1 if failed is not None else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
