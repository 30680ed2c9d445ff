"""A test of the tests: a view that forgets to commit must be seen to have forgotten (decisions.md 20)."""

from __future__ import annotations

from flask import Flask, has_app_context
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from backend.core.db import db, reading, unit
from backend.core.journal import JournalHead
from tests.backend.core.conftest import OWN


def forget() -> ResponseReturnValue:
    db.session.add(JournalHead(org_id="forgotten", entry=0, hash="0" * 64))
    db.session.flush()
    return "kept, says the view"


def remember() -> ResponseReturnValue:
    with unit():
        db.session.add(JournalHead(org_id="kept", entry=0, hash="0" * 64))
    return "kept"


def count(app: Flask) -> int:
    with app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(JournalHead).where(JournalHead.entry == 0)) or 0


def test_no_test_stands_in_an_applications_context(app: Flask) -> None:
    assert not has_app_context()


def test_a_view_that_forgets_to_commit_is_found_out(app: Flask) -> None:
    app.add_url_rule("/forget", view_func=forget, methods=["POST"])
    app.add_url_rule("/remember", view_func=remember, methods=["POST"])
    client = app.test_client()

    assert client.post("/forget", headers=OWN).status_code == 200
    assert count(app) == 0
    assert client.post("/remember", headers=OWN).status_code == 200
    assert count(app) == 1
