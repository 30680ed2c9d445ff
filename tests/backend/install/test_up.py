import socket
from pathlib import Path

import pytest

from backend.install.steps import ROOT, SetUpFailed
from backend.install.up import clear_half_a_demo, refuse_a_taken_port, settings_from, wants_demo


@pytest.fixture
def wanted(tmp_path: Path):
    """Whether the demo is wanted in a data folder that holds these files, with these settings."""

    def ask(*files: str, **settings: str) -> bool:
        for name in files:
            (tmp_path / name).touch()
        return wants_demo(settings, tmp_path, tmp_path / "demo-begun")

    return ask


def test_the_first_run_gets_the_demo(wanted) -> None:
    assert wanted()


def test_a_later_run_does_not_get_it_again(wanted) -> None:
    assert not wanted("singgah.db", "demo-accounts.json")
    assert not wanted("singgah.db", "demo-accounts.json", DEMO="1")


def test_an_installation_that_began_without_the_demo_stays_without_it(wanted) -> None:
    assert not wanted("singgah.db")


def test_an_interrupted_loading_is_begun_again(wanted) -> None:
    assert wanted("singgah.db", "demo-accounts.json", "demo-begun")


def test_the_demo_is_not_poured_over_work_that_is_there(wanted) -> None:
    assert not wanted("singgah.db", DEMO="1")


def test_half_a_demo_is_cleared_and_keys_stay(tmp_path: Path) -> None:
    for name in ("singgah.db", "singgah.db-wal", "demo-accounts.json", "demo-begun"):
        (tmp_path / name).touch()
    for name in ("blobs", "keys"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()

    clear_half_a_demo(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"keys", "demo-begun"}
    assert (tmp_path / "keys/file").exists()


def test_a_database_of_ones_own_gets_the_demo_only_when_asked(wanted) -> None:
    assert not wanted(DATABASE_URL="postgresql://db/singgah")
    assert wanted(DATABASE_URL="postgresql://db/singgah", DEMO="1")


def test_an_interrupted_demo_does_not_follow_into_a_database_of_ones_own(wanted) -> None:
    assert not wanted("singgah.db", "demo-begun", DATABASE_URL="postgresql://db/singgah")


def test_a_fresh_installation_can_be_had_without_the_demo(wanted) -> None:
    assert not wanted(DEMO="0")


def test_both_programs_are_told_one_origin_although_their_ports_are_counted_up() -> None:
    settings = settings_from({"PORT": "9000"})
    assert (settings["PORT"], settings["PUBLIC_URL"]) == ("9000", "http://localhost:9000")


def test_a_public_address_that_was_set_is_kept() -> None:
    assert settings_from({"PUBLIC_URL": "https://field.example"})["PUBLIC_URL"] == "https://field.example"


def test_data_lies_in_the_project_by_default_and_elsewhere_by_setting(tmp_path: Path) -> None:
    assert settings_from({})["DATA_DIR"] == str(ROOT / "data")
    assert settings_from({"DATA_DIR": str(tmp_path)})["DATA_DIR"] == str(tmp_path)


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1"])
def test_a_port_that_is_none_is_refused_by_name(port: str) -> None:
    with pytest.raises(SetUpFailed, match="PORT must be a number from 1 to 65535"):
        settings_from({"PORT": port})


def test_the_commands_of_the_environment_come_first_on_the_path() -> None:
    assert settings_from({"PATH": "/usr/bin"})["PATH"].startswith(str(ROOT / ".venv/bin"))


def test_a_port_that_is_taken_is_told_before_anything_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(SetUpFailed, match=rf"cannot listen on 127\.0\.0\.1:{port} \(Address already in use\)"):
            refuse_a_taken_port({"PORT": port})
    refuse_a_taken_port({"PORT": port})
