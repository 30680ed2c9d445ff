"""Signing in and out through the front door (identity.md 5.2, 5.3; abuse cases 70, 75, 76)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from backend.core import journal
from backend.core.clock import SetClock
from backend.core.config import Config
from backend.core.db import db, reading, unit
from backend.identity import accounts, limits
from backend.identity.actor import Scope
from backend.identity.models import SessionRow
from tests.makers import PASSWORD, SAME_ORIGIN, Browser, House


def cookie_of(browser: Browser) -> str:
    found = browser.client.get_cookie("singgah")
    assert found is not None
    return found.value


def enter(house: House, role: str = "dispatcher") -> Browser:
    """A browser that came in through the door, not by a maker's short cut."""
    browser = Browser(house.app, house.person(role))
    assert knock(browser).status_code == 201
    return browser


def knock(browser: Browser, password: str = PASSWORD) -> TestResponse:
    """Ask for a session."""
    return browser.post("/api/v1/session", json={"sign_in": browser.person.sign_in, "password": password})


def signed_in(browser: Browser) -> bool:
    return browser.get("/api/v1/session").status_code == 200


def test_a_session_says_who_it_is(house: House) -> None:
    person = house.person("dispatcher")

    answer = house.browser("dispatcher").get("/api/v1/session")

    said = answer.get_json()
    assert (said["person"], said["organisation"], said["roles"]) == (person.id, house.org_id, ["dispatcher"])
    assert len(said["session_hash"]) == 43
    assert answer.headers["DPoP-Nonce"]


def test_without_a_session_a_program_gets_401_and_a_person_the_form(house: House) -> None:
    stranger = Browser(house.app, house.person("dispatcher"))

    assert stranger.get("/api/v1/session").get_json()["code"] == "sign_in"
    page = stranger.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.location) == (303, "/sign-in?next=/")
    piece = stranger.get("/", headers={"HX-Request": "true"})
    assert (piece.status_code, piece.headers["HX-Redirect"]) == (401, "/sign-in")


@pytest.mark.parametrize("name", ["nobody.here", ""])
def test_a_wrong_name_and_a_wrong_password_look_the_same(house: House, name: str) -> None:
    person = house.person("dispatcher")
    browser = Browser(house.app, person)

    unknown = browser.post("/api/v1/session", json={"sign_in": name or person.sign_in, "password": "wrong wrong"})

    assert unknown.status_code == 401
    assert unknown.get_json()["code"] == "wrong_password"
    assert "Set-Cookie" not in unknown.headers


def test_names_do_not_mind_capitals_and_spaces_around(house: House) -> None:
    person = house.person("dispatcher")
    answer = Browser(house.app, person).post(
        "/api/v1/session", json={"sign_in": f" {person.sign_in.upper()} ", "password": PASSWORD}
    )

    assert answer.status_code == 201


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    person = house.person("engineer")
    answer = Browser(house.app, person).post(
        "/api/v1/session", json={"sign_in": person.sign_in, "password": PASSWORD}
    )

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("singgah=")
    assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_the_database_keeps_no_cookie(house: House) -> None:
    token = cookie_of(enter(house))

    with house.app.app_context(), reading() as session:
        kept = session.scalars(select(SessionRow.token_hash)).all()
    assert len(token) == 43
    assert token not in kept


def test_signing_in_again_ends_the_session_before(house: House) -> None:
    browser = enter(house)
    before = cookie_of(browser)

    knock(browser)

    assert cookie_of(browser) != before
    browser.client.set_cookie("singgah", before, path="/")
    assert not signed_in(browser)


def test_a_planted_cookie_is_never_adopted(house: House) -> None:
    browser = Browser(house.app, house.person("dispatcher"))
    browser.client.set_cookie("singgah", "planted" * 6)

    knock(browser)

    assert cookie_of(browser) != "planted" * 6


@pytest.mark.parametrize("door", ["api", "page"])
def test_signing_out_ends_it_on_the_server_too(house: House, door: str) -> None:
    browser = enter(house)
    before = cookie_of(browser)

    if door == "api":
        assert browser.open("DELETE", "/api/v1/session").status_code == 204
    else:
        assert browser.post("/sign-out").location == "/sign-in"

    assert browser.client.get_cookie("singgah") is None
    browser.client.set_cookie("singgah", before, path="/")
    assert not signed_in(browser)


def test_an_idle_office_session_ends_and_a_used_one_goes_on(house: House, clock: SetClock) -> None:
    browser = enter(house)
    for _ in range(3):
        clock.advance(minutes=29)
        assert signed_in(browser)
    clock.advance(minutes=30)

    assert not signed_in(browser)


def test_even_a_used_session_has_an_end(house: House, clock: SetClock) -> None:
    browser, began = enter(house), clock.now()
    while clock.now() < began + timedelta(hours=12) - timedelta(minutes=20):
        assert signed_in(browser)
        clock.advance(minutes=20)
    clock.set(began + timedelta(hours=12))

    assert not signed_in(browser)


def test_an_engineers_session_outlives_weeks_without_network(house: House, clock: SetClock) -> None:
    browser = enter(house, "engineer")

    clock.advance(days=29, hours=23)

    assert signed_in(browser)


def test_use_is_noted_once_a_minute_at_most(house: House, clock: SetClock) -> None:
    browser, began = enter(house), clock.now()

    def seen() -> timedelta:
        with house.app.app_context(), reading() as session:
            return session.scalars(select(SessionRow.last_seen_at)).one() - began

    clock.advance(seconds=59)
    signed_in(browser)
    assert seen() == timedelta(0)
    clock.advance(seconds=1)
    signed_in(browser)
    assert seen() == timedelta(minutes=1)


def test_a_withdrawn_role_counts_no_more_at_the_next_request(house: House) -> None:
    browser, person = house.browser("dispatcher"), house.person("dispatcher")
    with house.app.app_context(), unit():
        accounts.withdraw(house.org_id, person.id, Scope("dispatcher", "organisation", house.org_id))

    assert browser.get("/api/v1/session").get_json()["roles"] == []
    assert browser.get("/console/events").status_code == 403


def test_a_disabled_account_is_out_at_once_and_stays_out(house: House) -> None:
    browser, person = house.browser("dispatcher"), house.person("dispatcher")
    with house.app.app_context(), unit():
        accounts.disable(person.sign_in)

    assert not signed_in(browser)
    again = browser.post("/api/v1/session", json={"sign_in": person.sign_in, "password": PASSWORD})
    assert again.status_code == 401


def test_a_new_password_ends_every_session(house: House) -> None:
    browser, person = house.browser("dispatcher"), house.person("dispatcher")
    with house.app.app_context(), unit():
        accounts.set_password(person.sign_in, "a different horse battery")

    assert not signed_in(browser)
    answer = browser.post(
        "/api/v1/session", json={"sign_in": person.sign_in, "password": "a different horse battery"}
    )
    assert answer.status_code == 201


def test_five_failures_close_a_name_for_a_while(house: House) -> None:
    person = house.person("dispatcher")
    browser = Browser(house.app, person)
    wrong = {"sign_in": person.sign_in, "password": "wrong wrong wrong"}

    codes = [browser.post("/api/v1/session", json=wrong).status_code for _ in range(6)]
    right = browser.post("/api/v1/session", json={"sign_in": person.sign_in, "password": PASSWORD})

    assert codes == [401] * 5 + [429]
    assert right.status_code == 429
    assert int(right.headers["Retry-After"]) > 0


def test_ten_failures_close_an_address_whatever_the_names(house: House) -> None:
    browser = Browser(house.app, house.person("dispatcher"))
    codes = [
        browser.post("/api/v1/session", json={"sign_in": f"guess{turn}", "password": "wrong"}).status_code
        for turn in range(11)
    ]

    assert codes == [401] * 10 + [429]


def test_a_forwarded_address_is_not_believed_without_a_proxy(house: House) -> None:
    browser = Browser(house.app, house.person("dispatcher"))
    codes = [
        browser.post(
            "/api/v1/session",
            json={"sign_in": f"guess{turn}", "password": "wrong"},
            headers={"X-Forwarded-For": f"10.0.0.{turn}"},
        ).status_code
        for turn in range(11)
    ]

    assert codes[-1] == 429


def test_signing_in_correctly_uses_up_no_limit(house: House) -> None:
    browser = Browser(house.app, house.person("dispatcher"))

    assert [knock(browser).status_code for _ in range(12)] == [201] * 12


def test_a_store_of_counts_that_is_away_lets_nobody_guess(house: House, tmp_path: Path) -> None:
    nobody_there = Config.from_env({"DATA_DIR": str(tmp_path), "REDIS_URL": "redis://127.0.0.1:1/0"})
    elsewhere = Flask("elsewhere")
    limits.init_app(elsewhere, nobody_there)
    house.app.extensions[limits.KEY] = elsewhere.extensions[limits.KEY]
    person = house.person("dispatcher")

    answer = Browser(house.app, person).post(
        "/api/v1/session", json={"sign_in": person.sign_in, "password": PASSWORD}
    )

    assert answer.status_code == 503


def test_each_change_of_identity_is_a_journal_line(house: House) -> None:
    person = house.person("dispatcher")

    def lines() -> int:
        with house.app.app_context():
            return journal.head(house.org_id)[0]

    scope = Scope("desk_agent", "organisation", house.org_id)
    changes = [
        lambda: accounts.grant(house.org_id, person.id, scope),
        lambda: accounts.withdraw(house.org_id, person.id, scope),
        lambda: accounts.set_password(person.sign_in, "a different horse battery"),
        lambda: accounts.disable(person.sign_in),
        lambda: accounts.enable(person.sign_in),
        lambda: accounts.create(house.org_id, house.new_id(), "new.person", "yet another horse", [scope]),
    ]
    for change, more in zip(changes, [1, 1, 1, 1, 1, 2], strict=True):
        before = lines()
        with house.app.app_context(), unit():
            change()
        assert lines() == before + more
    with house.app.app_context():
        assert journal.first_fault(house.org_id) is None


def test_the_form_signs_in_and_goes_where_the_person_wanted(house: House) -> None:
    person = house.person("dispatcher")
    client, headers = house.app.test_client(), {"Sec-Fetch-Site": "same-origin"}
    form = {"sign_in": person.sign_in, "password": PASSWORD, "next": "/console/visits"}

    assert client.post("/sign-in", data=form, headers=headers).location == "/console/visits"
    assert client.get("/sign-in").location == "/console/"
    elsewhere = client.post("/sign-in", data={**form, "next": "//evil.example"}, headers=headers)
    assert elsewhere.location == "/console/"


def test_the_form_says_why_and_shows_names_as_text(house: House) -> None:
    answer = house.app.test_client().post(
        "/sign-in",
        data={"sign_in": '"><script>alert(1)</script>', "password": "wrong"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("role", ["dispatcher", "engineer", "client_contact"])
def test_the_start_sends_each_role_home(house: House, role: str) -> None:
    homes = {"dispatcher": "/console/", "engineer": "/app/", "client_contact": "/portal/"}

    assert house.browser(role).get("/").location == homes[role]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sign_in": "x"}, "password"),
        ({"sign_in": "x", "password": 5}, "password"),
        ({"sign_in": "x", "password": "y", "remember": True}, "remember"),
        ({"sign_in": "a\u202eb", "password": "y"}, "sign_in"),
    ],
)
def test_a_malformed_sign_in_names_the_field(house: House, body: dict[str, object], field: str) -> None:
    answer = house.app.test_client().post("/api/v1/session", json=body, headers=SAME_ORIGIN)

    assert (answer.status_code, answer.get_json()["field"]) == (400, field)


def test_ended_sessions_are_forgotten_in_time(app: Flask, house: House, clock: SetClock) -> None:
    enter(house)
    with app.app_context(), unit():
        db.session.execute(update(SessionRow).values(expires_at=clock.now() - timedelta(seconds=1)))

    enter(house)

    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(SessionRow)) == 1


def test_a_burst_of_guesses_at_once_is_counted_like_one_after_the_other(house: House) -> None:
    browsers = [Browser(house.app, house.person("dispatcher")) for _ in range(12)]
    with ThreadPoolExecutor(12) as many:
        guesses = [many.submit(knock, browser, "wrong") for browser in browsers]
    codes = sorted(guess.result().status_code for guess in guesses)

    assert codes == [401] * 5 + [429] * 7
