"""`make test` counts and stops truly: the parts here are small commands that write what pytest and vitest write."""

import sys
from pathlib import Path

import pytest

from backend.install.suite import Count, Part, parts, read, run_all

PYTEST = '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/></testsuites>'
VITEST = '<testsuites tests="7"><testsuite tests="3" failures="0"/><testsuite tests="4" failures="2"/></testsuites>'


def suite_of(name: str, report: str, status: int = 0) -> Part:
    """A part that writes `report` to where it is told, and ends with `status`."""
    program = f"import pathlib, sys; pathlib.Path(sys.argv[1]).write_text({report!r}); sys.exit({status})"
    return Part(name, "python", (sys.executable, "-c", program), "{}")


def checker(name: str, status: int = 0) -> Part:
    return Part(name, "lint", (sys.executable, "-c", f"raise SystemExit({status})"))


def suite(passed: int, failed: int = 0) -> str:
    return f'<testsuites><testsuite tests="{passed + failed}" failures="{failed}"/></testsuites>'


def test_the_last_line_adds_up_checkers_and_tests(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_all([checker("ruff"), suite_of("Python", suite(12)), suite_of("tablet", suite(30))]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "43 passed, 0 failed"


def test_it_stops_at_the_first_part_that_fails_and_says_what_was_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    failing = suite_of("Python", suite(12, failed=2), status=1)

    assert run_all([checker("ruff"), failing, suite_of("tablet", suite(30)), checker("x")]) == 1

    said = capsys.readouterr().out
    assert "== tablet" not in said
    assert said.splitlines()[-3:] == [
        "Stopped at the first part that failed: Python.",
        "Not run: tablet, x.",
        "13 passed, 2 failed",
    ]


def test_every_part_that_ran_has_a_line_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    run_all([checker("ruff"), suite_of("Python", suite(12))])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.endswith(" s)")]
    assert [line.split(" (")[0] for line in lines] == ["  ruff: 1 passed, 0 failed", "  Python: 12 passed, 0 failed"]


@pytest.mark.parametrize(
    "crashed",
    [
        checker("ruff", status=2),
        suite_of("killed after writing that all passed", suite(3), status=137),
        Part("no report", "python", (sys.executable, "-c", "raise SystemExit(4)"), "{}"),
        suite_of("nothing collected although all is well", suite(0)),
        Part("no report although all is well", "python", (sys.executable, "-c", ""), "{}"),
    ],
    ids=lambda part: part.name,
)
def test_a_part_that_fails_without_a_failed_test_counts_as_one_failure(
    crashed: Part, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_all([crashed]) == 1
    assert capsys.readouterr().out.splitlines()[-1].endswith(" passed, 1 failed")


@pytest.mark.parametrize(
    ("report", "count"), [(PYTEST, Count(2, 2, 1)), (VITEST, Count(5, 2, 0))], ids=["pytest", "vitest"]
)
def test_reports_of_both_tools_are_read(report: str, count: Count, tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(report, encoding="utf-8")
    assert read(tmp_path / "report.xml") == count


def test_skipped_tests_are_told() -> None:
    assert str(Count(passed=3, skipped=1)) == "3 passed, 0 failed, 1 skipped"


def test_a_developers_own_settings_do_not_reach_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/production")
    program = "import os; raise SystemExit('DATABASE_URL' in os.environ)"
    assert run_all([Part("env", "lint", (sys.executable, "-c", program))]) == 0


def test_no_folder_of_tests_is_forgotten() -> None:
    """What the Python tests leave out runs elsewhere: journeys are a part of their own."""
    commands = [part.command for part in parts()]
    left_out = {word.removeprefix("--ignore=") for command in commands for word in command if "--ignore" in word}
    assert left_out == {"tests/journeys"}
    assert any("tests/journeys" in command for command in commands)
