"""The drill on both databases; and that it would see a loss."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete

from backend.core.config import Config
from backend.core.db import db, unit
from backend.exchange.models import SyncOp
from backend.media.models import VisitKey
from tests.drill import ledger
from tests.drill.ledger import Photo
from tests.drill.restore import Drill
from tests.makers import House, Tablet


@pytest.fixture(params=["sqlite", "postgresql"])
def nothing(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """Settings with a database without a table."""
    env = {"DATA_DIR": str(tmp_path / "data")}
    if request.param == "postgresql":
        env["DATABASE_URL"] = str(request.getfixturevalue("postgres_url"))
    return Config.from_env(env)


def test_after_yesterdays_backup_everything_of_today_is_there_again(nothing: Config, tmp_path: Path) -> None:
    said: list[str] = []

    outcome = Drill(nothing, tmp_path / "backups", said.append).run()

    assert outcome.lost == [], said
    assert outcome.after_restore == outcome.in_backup < outcome.told
    assert outcome.after_restore + outcome.given_back == outcome.told
    assert (outcome.tablets, outcome.forgotten) == (4, 2)
    assert outcome.photos_after_restore < outcome.photos


@pytest.fixture
def worked(house: House, tablet: Tablet) -> tuple[House, Tablet, Photo]:
    """A tablet with an applied, a held and a rejected operation and a photo, all acknowledged."""
    visit = house.visit(tablet.person)
    tablet.pull()
    tablet.act("note.add", ("note", house.new_id()), {"visit": visit, "text": "one"})
    tablet.act("note.add", ("note", house.new_id()), {"visit": house.new_id(), "text": "of no visit"})
    tablet.act("note.add", ("note", house.new_id()), {"visit": visit})
    tablet.sync()
    photo = Photo(visit, b"\xff\xd8 a photo")
    tablet.upload(visit, photo.data)
    return house, tablet, photo


def losses(worked: tuple[House, Tablet, Photo]) -> list[str]:
    house, tablet, photo = worked
    return ledger.lost(ledger.told([tablet], [photo]), ledger.kept(house.app, house.org_id))


def test_what_is_there_is_not_called_lost(worked: tuple[House, Tablet, Photo]) -> None:
    _, tablet, _ = worked
    assert {result["status"] for result in tablet.results.values()} >= {"applied", "rejected"}
    assert losses(worked) == []


def test_an_operation_that_is_gone_is_seen(worked: tuple[House, Tablet, Photo]) -> None:
    house, tablet, _ = worked
    with house.app.app_context(), unit():
        db.session.execute(delete(SyncOp).where(SyncOp.device == tablet.id, SyncOp.n == 2))

    [line] = losses(worked)

    assert line.startswith("operation") and line.endswith("is gone")


def test_an_operation_that_ended_otherwise_is_seen(worked: tuple[House, Tablet, Photo]) -> None:
    _, tablet, _ = worked
    tablet.results[1] = {**tablet.results[1], "status": "held"}

    assert ["has become applied" in line for line in losses(worked)] == [True]


def test_a_photo_that_nobody_can_open_is_seen(worked: tuple[House, Tablet, Photo]) -> None:
    house, _, _ = worked
    with house.app.app_context(), unit():
        db.session.execute(delete(VisitKey))

    assert ["photo" in line for line in losses(worked)] == [True]


def test_the_word_of_the_command_line_says_what_was_compared() -> None:
    words = [sys.executable, "-m", "backend.cli", "drill", "restore", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(os.environ), timeout=300)

    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert told["lost"] == []
    assert told["given_back"] > 0
