"""Health: 200 when people can work, 503 when they cannot, numbers only."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.core import clock, health, jobs
from backend.core.db import db, unit


def test_a_fresh_installation_is_well(own_client: FlaskClient) -> None:
    answer = own_client.get("/health")

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["ok"] is True
    assert answer.json["database"]["kind"] == "sqlite"
    assert answer.json["jobs"] == {"ok": True, "dead": 0, "waiting": 0, "later": 0, "oldest": None, "late": False}
    assert answer.json["storage"]["free_mb"] > 0


def test_it_counts_the_jobs_that_wait(plain_app: Flask, own_client: FlaskClient) -> None:
    jobs.register(plain_app, "thing", lambda job: None)
    with plain_app.app_context(), unit():
        jobs.post("org", "thing", {}, "k")
        posted = clock.now()

    found = own_client.get("/health").json

    assert found is not None
    assert found["jobs"]["waiting"] == 1
    assert found["jobs"]["oldest"].startswith(posted.strftime("%Y-%m-%dT%H:%M:%S"))


def test_a_database_that_does_not_answer_is_unwell(plain_app: Flask, own_client: FlaskClient) -> None:
    with plain_app.app_context():
        db.engine.dispose()
        file = Path(str(db.engine.url.database))
    for part in file.parent.glob("singgah.db*"):
        part.unlink()
    file.mkdir()

    answer = own_client.get("/health")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"]["ok"] is False
    assert str(file) not in answer.text


def test_a_full_disk_is_unwell(own_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_MB", 1 << 40)

    answer = own_client.get("/health")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["storage"]["ok"] is False
