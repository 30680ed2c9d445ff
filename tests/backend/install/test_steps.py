from pathlib import Path

import pytest

from backend.install import steps
from backend.install.steps import Log, SetUpFailed, Step, digest_of, side_by_side


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(steps, "STATE", tmp_path / "state")
    return tmp_path / "state"


class Work:
    """Counts how often it was done and makes the file it is told to make."""

    def __init__(self, makes: Path | None = None) -> None:
        self.times = 0
        self._makes = makes

    def __call__(self, log: Log) -> None:
        self.times += 1
        if self._makes:
            self._makes.touch()


def test_a_step_is_skipped_while_its_inputs_stay_the_same_and_done_again_when_they_change() -> None:
    work = Work()
    for inputs in ("a", "a", "b", "b", "a"):
        Step("npm", "packages", inputs, work).do()
    assert work.times == 3


def test_a_step_is_done_again_when_what_it_made_was_removed(tmp_path: Path) -> None:
    made = tmp_path / "made"
    work = Work(makes=made)
    step = Step("fonts", "fonts", "a", work, (made,))
    step.do()
    made.unlink()
    step.do()
    assert work.times == 2


def test_an_interrupted_step_is_done_again() -> None:
    def interrupted(log: Log) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Step("npm", "packages", "a", interrupted).do()
    work = Work()
    Step("npm", "packages", "a", work).do()
    assert work.times == 1


def test_a_step_that_fails_after_it_was_once_done_is_not_taken_for_done() -> None:
    Step("npm", "packages", "a", Work()).do()
    with pytest.raises(SetUpFailed):
        Step("npm", "packages", "b", lambda log: log.run("false")).do()
    work = Work()
    Step("npm", "packages", "a", work).do()
    assert work.times == 1


def test_a_step_that_makes_less_than_it_says_fails(tmp_path: Path) -> None:
    with pytest.raises(SetUpFailed, match=r"fonts: .*never-made was not made; see .*fonts\.log"):
        Step("fonts", "fonts", "a", Work(), (tmp_path / "never-made",)).do()


def test_a_failing_command_is_told_in_one_sentence_with_the_place_of_its_log(state: Path) -> None:
    with pytest.raises(SetUpFailed) as failure:
        Step("npm", "packages", "a", lambda log: log.run("sh", "-c", "echo no network; exit 7")).do()

    assert str(failure.value) == f"packages: `sh` ended with 7; see {state}/npm.log."
    assert "no network" in (state / "npm.log").read_text(encoding="utf-8")


def test_one_line_is_printed_for_a_step_that_worked_and_none_for_one_that_was_skipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    step = Step("npm", "tablet packages", "a", Work())
    step.do()
    step.do()
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("  tablet packages (")


def test_jobs_side_by_side_are_all_finished_before_a_failure_is_told() -> None:
    finished = []

    def fails() -> None:
        raise SetUpFailed("no network")

    with pytest.raises(SetUpFailed, match="no network"):
        side_by_side(fails, lambda: finished.append("fonts"))
    assert finished == ["fonts"]


def test_the_digest_changes_with_a_byte_a_name_and_a_border(tmp_path: Path) -> None:
    page = tmp_path / "page"
    seen = set()
    for content in (b"", b"a", b"b"):
        page.write_bytes(content)
        seen.add(digest_of(page))
    page.rename(tmp_path / "renamed")
    seen |= {digest_of(tmp_path / "renamed"), digest_of("ab", "c"), digest_of("a", "bc")}
    assert len(seen) == 6


def test_the_digest_of_a_folder_counts_every_file_below_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    before = digest_of(tmp_path)
    (tmp_path / "deep/file").write_bytes(b"")
    assert digest_of(tmp_path) != before
