"""A program on a fresh SQLite file with a few doors of its own, for tests that need no organisation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask, jsonify
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from marshmallow import fields

from backend.app import create_app
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import Base, db
from backend.core.schema import (
    CivilDate,
    DecimalText,
    ListOf,
    Money,
    OneOf,
    Strict,
    Text,
    Truth,
    UtcTime,
    Uuid7,
    Whole,
    load_json,
)

OWN = {"Origin": "http://localhost:8000", "X-Singgah": "1"}
"""What a page of our own sends with every change."""


class Nested(Strict):
    label = Text(20, required=True)


class Everything(Strict):
    """One field of each kind."""

    id = Uuid7()
    name = Text(40)
    notes = Text(400, lines=True)
    at = UtcTime()
    day = CivilDate()
    measure = DecimalText()
    count = Whole(0, 100)
    done = Truth()
    kind = OneOf("incident", "request")
    price = fields.Nested(Money)
    parts = ListOf(fields.Nested(Nested), most=3)


doors = Blueprint("doors", __name__)


@doors.post("/api/v1/try")
def echo() -> ResponseReturnValue:
    return jsonify(sorted(load_json(Everything())))


@doors.get("/api/v1/deep")
def deep() -> ResponseReturnValue:
    return deep()


@doors.get("/broken")
def broken() -> ResponseReturnValue:
    raise RuntimeError("the secret word is xyzzy")


@pytest.fixture
def plain_app(tmp_path: Path, clock: SetClock) -> Iterator[Flask]:
    """The program on SQLite, tables made, with the doors above."""
    config = Config.from_env({"DATA_DIR": str(tmp_path / "data")})
    made = create_app(config, clock_=clock)
    made.register_blueprint(doors)
    with made.app_context():
        Base.metadata.create_all(db.engine)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def own_client(plain_app: Flask) -> FlaskClient:
    """A client that sends what our own pages send."""
    client = plain_app.test_client()
    client.environ_base.update({"HTTP_ORIGIN": OWN["Origin"], "HTTP_X_SINGGAH": OWN["X-Singgah"]})
    return client
