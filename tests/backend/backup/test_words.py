"""`singgah backup`, `restore`, `bump-epoch` as an operator types them: what they say, and how they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from backend.backup import postgres_copy
from backend.backup.copying import BackupFailed
from backend.cli import main
from backend.core.config import Config
from backend.core.db import db, reading
from backend.exchange.models import SyncOrg
from tests.makers import House

Run = Callable[..., Result]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The words are the same on both; what they do is tested on both elsewhere."""
    return sqlite_url


@pytest.fixture
def run(house: House, config: Config) -> Run:
    """`run("backup", "--to", …)` in the environment of the house."""
    env = {"DATA_DIR": str(config.data_dir), "DATABASE_URL": config.database_url, "BACKUP_DIR": ""}
    with house.app.app_context():
        db.engine.dispose()
    return lambda *words, **more: CliRunner().invoke(main, [str(word) for word in words], env={**env, **more})


def epoch_of(house: House) -> str:
    with house.app.app_context(), reading() as session:
        return str(session.scalar(select(SyncOrg.epoch)))


def test_a_backup_says_what_it_holds_and_that_the_keys_are_not_in_it(run: Run, tmp_path: Path) -> None:
    done = run("backup", "--to", tmp_path / "kept")

    assert done.exit_code == 0, done.output
    assert "verified" in done.output
    assert "The keys are not in it." in done.output


def test_as_json_it_says_where_and_up_to_where(run: Run, tmp_path: Path, house: House) -> None:
    told = json.loads(run("backup", "--to", tmp_path / "kept", "--json").output)

    assert Path(told["folder"]).is_dir()
    assert told["durable_seq"][house.org_id] > 0
    assert told["kind"] == "sqlite"


def test_it_goes_to_the_folder_of_the_settings(run: Run, tmp_path: Path) -> None:
    assert run("backup", BACKUP_DIR=str(tmp_path / "set")).exit_code == 0
    assert len(list((tmp_path / "set").glob("2*"))) == 1


def test_without_a_place_it_asks_for_one(run: Run) -> None:
    done = run("backup")

    assert done.exit_code == 1
    assert "--to FOLDER" in done.output


def test_a_place_that_cannot_be_written_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("backup", "--to", tmp_path / "file" / "kept")

    assert done.exit_code == 1
    assert "cannot be used for backups" in done.output


def test_a_restore_names_the_backup_and_the_new_epoch(run: Run, tmp_path: Path, house: House) -> None:
    run("backup", "--to", tmp_path / "kept")
    before = epoch_of(house)
    with house.app.app_context():
        db.session.remove()
        db.engine.dispose()

    done = run("restore", tmp_path / "kept", "--force", "--json")

    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["epochs"] == {house.org_id: epoch_of(house)}
    assert epoch_of(house) != before


def test_what_is_refused_is_one_sentence(run: Run, tmp_path: Path) -> None:
    run("backup", "--to", tmp_path / "kept")
    unasked, nothing = run("restore", tmp_path / "kept"), run("restore", tmp_path)

    assert (unasked.exit_code, nothing.exit_code) == (1, 1)
    assert "--force" in unasked.output
    assert "There is no backup in" in nothing.output


def test_a_new_epoch_can_be_asked_for(run: Run, house: House) -> None:
    before = epoch_of(house)

    told = json.loads(run("bump-epoch", "--json").output)

    assert told == {house.org_id: epoch_of(house)}
    assert epoch_of(house) != before


def test_health_says_how_old_the_last_one_is(run: Run, tmp_path: Path) -> None:
    assert "nothing is backed up" in run("health").output
    run("backup", "--to", tmp_path / "kept")
    assert "backup    verified 20" in run("health").output


def test_missing_client_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres_copy, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackupFailed, match=r"pg_dump is not installed here: install Debian's postgresql-client\."):
        postgres_copy.client("pg_dump", BackupFailed)
