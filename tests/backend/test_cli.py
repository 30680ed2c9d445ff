"""The words of the command line, as an operator types them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend import cli, schema_version
from backend.core.config import Config
from tests.makers import SAME_ORIGIN, build_app


class Shell:
    """One installation's command line."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.env = {"DATA_DIR": str(data), "DATABASE_URL": "", "REDIS_URL": "", "PUBLIC_URL": "", "PORT": "8000"}

    def __call__(self, *words: str, **env: str) -> Result:
        mask = os.umask(0o022)
        try:
            return CliRunner().invoke(cli.main, words, env={**self.env, **env})
        finally:
            os.umask(mask)

    @property
    def config(self) -> Config:
        return Config.from_env({"DATA_DIR": str(self.data)})


@pytest.fixture
def singgah(tmp_path: Path) -> Shell:
    """An installation that is migrated."""
    shell = Shell(tmp_path / "data")
    assert shell("migrate").exit_code == 0
    return shell


def sign_in(shell: Shell, line: str) -> int:
    """Try what an accounts command printed at the door; the status."""
    name, password = line.split()
    with build_app(shell.config) as app:
        asked = {"sign_in": name, "password": password}
        return app.test_client().post("/api/v1/session", json=asked, headers=SAME_ORIGIN).status_code


ANNA = ("accounts", "add", "anna", "--role", "administrator", "--name", "Anna Lim")


def test_migrating_says_where_the_database_stands_and_may_be_repeated(singgah: Shell) -> None:
    again = singgah("migrate")

    assert (again.exit_code, again.output) == (0, f"the database is at version {schema_version.newest()}\n")


def test_nobody_else_on_the_machine_can_read_the_data(singgah: Shell) -> None:
    for path in (singgah.data, singgah.data / "singgah.db", singgah.data / "blobs"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_health_says_it_in_words_and_in_json(singgah: Shell) -> None:
    words, data = singgah("health"), singgah("health", "--json")

    assert words.exit_code == data.exit_code == 0
    assert re.search(r"^database  sqlite$", words.output, re.M)
    assert re.search(r"^jobs      0 waiting, 0 dead$", words.output, re.M)
    assert json.loads(data.output)["ok"] is True


def test_health_ends_with_1_when_the_database_is_not_there(tmp_path: Path) -> None:
    done = Shell(tmp_path)("health", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert done.exit_code == 1
    assert re.search(r"^database  OperationalError$", done.output, re.M)


def test_the_first_administrator_comes_from_the_command_line(singgah: Shell) -> None:
    made = singgah(*ANNA, "--organisation", "Northlight IT")

    assert made.exit_code == 0, made.output
    assert sign_in(singgah, made.output) == 201


def test_the_next_account_belongs_to_the_same_organisation(singgah: Shell) -> None:
    singgah(*ANNA, "--organisation", "Northlight IT")
    made = singgah("accounts", "add", "ben", "--role", "engineer", "--role", "dispatcher", "--name", "Ben Teo")

    assert sign_in(singgah, made.output) == 201
    again = singgah("accounts", "add", "cai", "--role", "engineer", "--name", "Cai", "--organisation", "Another")
    assert again.exit_code != 0
    assert "leave --organisation out" in again.output


def test_a_new_password_replaces_the_old_one(singgah: Shell) -> None:
    old = singgah(*ANNA, "--organisation", "Northlight IT").output
    new = singgah("accounts", "password", "Anna").output

    assert (sign_in(singgah, old), sign_in(singgah, new.lower())) == (401, 201)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (ANNA, "name the new organisation"),
        (("accounts", "password", "nobody"), "no such account"),
        (("accounts", "add", "x y", "--role", "engineer", "--name", "X", "--organisation", "N"), "sign-in name"),
        (("accounts", "add", "anna", "--role", "king", "--name", "X"), "king"),
        (("accounts", "add", "c", "--role", "client_contact", "--name", "X", "--organisation", "N"), "--site"),
        (("verify", "no-such-file.pdf"), "does not exist"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(singgah: Shell, words: tuple[str, ...], reason: str) -> None:
    done = singgah(*words)

    assert done.exit_code != 0
    assert reason in done.output
    assert "Traceback" not in done.output


def test_accounts_alone_prints_the_demos_sign_ins_and_how_to_enrol(singgah: Shell) -> None:
    assert "No demo accounts here" in singgah("accounts").output

    people = [{"sign_in": "weijie", "password": "abcd", "name": "Lim Wei Jie", "roles": ["engineer"]}]
    (singgah.data / "demo-accounts.json").write_text(json.dumps(people), encoding="utf-8")
    said = singgah("accounts", PUBLIC_URL="http://localhost:9001").output

    assert re.search(r"weijie +abcd +Lim Wei Jie, engineer", said)
    assert "http://localhost:9001/app/" in said
    assert "needs HTTPS: docs/operators-guide.md" in said


def test_a_wrong_setting_is_named_before_anything_begins(tmp_path: Path) -> None:
    done = Shell(tmp_path)("migrate", PORT="eighty")

    assert done.exit_code != 0
    assert "PORT" in str(done.exception)


def test_one_process_on_sqlite_two_on_postgresql(tmp_path: Path) -> None:
    small = cli.gunicorn_options(Config.from_env({"DATA_DIR": str(tmp_path)}))
    large = cli.gunicorn_options(Config.from_env({"DATABASE_URL": "postgres://db/x", "PORT": "9001", "BIND": "::1"}))

    assert {"--workers=1", "--threads=48", "--bind=127.0.0.1:8000", "--graceful-timeout=3"} <= set(small)
    assert {"--workers=2", "--bind=[::1]:9001", "--no-control-socket"} <= set(large)


def test_verify_answers_for_a_file_that_is_no_report(singgah: Shell, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(b"%PDF-1.7\nnot a report\n")
    singgah(*ANNA, "--organisation", "Northlight IT")

    assert singgah("verify", str(file)).exit_code not in (0, 1)


def test_simulate_hands_its_words_on_and_ends_as_the_simulation_ends(
    singgah: Shell, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = singgah("simulate", "--seeds", "few")

    assert refused.exit_code == 2
    assert "simulate: error: argument --seeds: invalid int value: 'few'" in capfd.readouterr().err


def test_simulate_asks_for_the_source_tree_where_there_is_none(
    singgah: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "__file__", str(tmp_path / "site-packages" / "backend" / "cli.py"))

    refused = singgah("simulate", "--seeds", "1")

    assert refused.exit_code == 1
    assert "this needs the source tree" in refused.output
