"""What the server signs for its tablets: recognised again, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from backend.core.envelopes import b64url, unb64url
from backend.identity import statement
from tests.makers import Config, build_app

CLAIMS = {"kind": "enrolment", "device": "01936000-0000-7000-8000-0000000000d1", "person": {"name": "Mei 陈"}}


@pytest.fixture
def ours(tmp_path: Path, sqlite_url: str) -> Iterator[Flask]:
    config = Config.from_env({"DATABASE_URL": sqlite_url, "DATA_DIR": str(tmp_path / "data")})
    with build_app(config) as app, app.app_context():
        yield app


def test_a_statement_says_later_what_it_said(ours: Flask) -> None:
    assert statement.verify(statement.sign(CLAIMS)) == CLAIMS


def test_a_statement_of_one_kind_is_none_of_another(ours: Flask) -> None:
    with pytest.raises(statement.BadStatement, match="kind wipe"):
        statement.verify(statement.sign(CLAIMS), "wipe")


def test_a_statement_without_a_kind_is_never_made(ours: Flask) -> None:
    with pytest.raises(ValueError, match="kind"):
        statement.sign({"device": "x"})


def test_another_installation_does_not_know_it(ours: Flask, tmp_path: Path) -> None:
    text = statement.sign(CLAIMS)
    config = Config.from_env({"DATA_DIR": str(tmp_path / "other")})
    with build_app(config) as other, other.app_context(), pytest.raises(statement.BadStatement, match="hold"):
        statement.verify(text)


def test_no_part_can_be_changed(ours: Flask) -> None:
    header, claims, signature = statement.sign(CLAIMS).split(".")
    other = b64url(json.dumps({**CLAIMS, "device": "another"}).encode())
    none = b64url(json.dumps({"alg": "none", "typ": statement.TYPE}).encode())
    flipped = b64url(bytes([unb64url(signature)[0] ^ 1]) + unb64url(signature)[1:])
    forged = [f"{header}.{other}.{signature}", f"{none}.{claims}.", f"{header}.{claims}.{flipped}"]
    forged += [f"{header}.{claims}", f"{header}.{claims}.{signature}x", f"{header}.{claims}.{'A' * 86}", "", "é.é.é"]
    for text in forged:
        with pytest.raises(statement.BadStatement):
            statement.verify(text)
