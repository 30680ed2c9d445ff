"""A refusal is a page even where the slice whose door was knocked at has nothing to say."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from backend.core.db import db, unit
from backend.exchange.models import ORGS
from backend.identity import sessions
from tests.makers import Browser, House

PAGES = ("/console/", "/console/visits/new", "/portal/")


@pytest.fixture(autouse=True)
def answers(app: Flask) -> None:
    app.testing = False  # What a view raises becomes an answer, as it does for people.


@pytest.mark.parametrize("path", PAGES)
def test_another_sites_form_is_refused_with_a_page(house: House, path: str) -> None:
    answer = house.browser("dispatcher").post(path, headers={"Sec-Fetch-Site": "cross-site", "Accept": "text/html"})
    assert answer.status_code in (403, 405)
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_another_host_is_refused_with_a_page(house: House, path: str) -> None:
    answer = house.browser("dispatcher").get(path, headers={"Host": "elsewhere.example"})
    assert answer.status_code == 421


def test_a_form_that_comes_after_the_session_ended_is_refused_with_a_page(house: House) -> None:
    answer = Browser(house.app, house.person("dispatcher")).post("/console/visits/new", data={"title": "Late"})
    assert answer.status_code == 401


@pytest.mark.parametrize("fault", [OperationalError("x", {}, Exception("gone")), NoConnection("all in use")])
@pytest.mark.parametrize("path", PAGES[:1] + PAGES[2:])
def test_a_database_that_is_away_is_said_to_be_busy(
    house: House, monkeypatch: pytest.MonkeyPatch, path: str, fault: Exception
) -> None:
    browser = house.browser("dispatcher")

    def away(*_: object) -> None:
        raise fault

    monkeypatch.setattr(sessions, "find", away)
    answer = browser.get(path)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([{"org_id": "o", "epoch": "e", "seq": 0, "floor": 0, "durable_seq": 0}] * 2, 503),
        ([{"org_id": "o", "epoch": None, "seq": 0, "floor": 0, "durable_seq": 0}], 500),
    ],
    ids=["made by two at once", "what no row can be"],
)
def test_who_came_second_may_try_again_and_a_fault_of_ours_stays_one(
    house: House, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, object]], status: int
) -> None:
    browser = house.browser("dispatcher")

    def keep(*_: object) -> None:
        with unit():
            for row in rows:
                db.session.execute(insert(ORGS), row)

    monkeypatch.setattr(sessions, "find", keep)
    assert browser.get("/console/").status_code == status
