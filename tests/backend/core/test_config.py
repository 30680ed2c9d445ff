"""Settings fail by name, once, at the door."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.core.config import Config


def test_an_empty_environment_is_a_whole_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    config = Config.from_env({})

    assert config.database_url == f"sqlite:///{tmp_path}/data/singgah.db"
    assert (config.port, config.bind, config.public_url) == (8000, "127.0.0.1", "http://localhost:8000")
    assert config.redis_url is None
    assert not config.secure


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg_3(scheme: str) -> None:
    config = Config.from_env({"DATABASE_URL": f"{scheme}://me@db/field"})

    assert config.database_url == "postgresql+psycopg://me@db/field"
    assert not config.sqlite


def test_the_public_address_follows_the_port_and_loses_its_slash() -> None:
    assert Config.from_env({"PORT": "9001"}).public_url == "http://localhost:9001"
    config = Config.from_env({"PUBLIC_URL": "https://field.example.com/"})
    assert (config.public_url, config.secure) == ("https://field.example.com", True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "80a"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("DATABASE_URL", "mysql://db/field"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("REDIS_URL", "http://localhost"),
        ("PUBLIC_URL", "http://field.example.com"),
        ("PUBLIC_URL", "https://field.example.com/path"),
        ("PUBLIC_URL", "field.example.com"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(name: str, value: str) -> None:
    with pytest.raises(SystemExit, match=name):
        Config.from_env({name: value})
