"""The walls of a browser: one origin, two content policies, changes only from our own pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.app import create_app
from backend.core.config import Config
from tests.backend.core.conftest import OWN


def secure_client(folder: Path) -> FlaskClient:
    app = create_app(Config.from_env({"DATA_DIR": str(folder), "PUBLIC_URL": "https://field.example.com"}))
    return app.test_client()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OWN, 400),
        ({"Sec-Fetch-Site": "same-origin", "X-Singgah": "1"}, 400),
        ({"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}, 400),
        ({"Sec-Fetch-Site": "cross-site", **OWN}, 403),
        ({"Sec-Fetch-Site": "same-site", **OWN}, 403),
        ({"Sec-Fetch-Site": "none", **OWN}, 403),
        ({"Origin": "http://localhost:8001", "X-Singgah": "1"}, 403),
        ({"Origin": "null", "X-Singgah": "1"}, 403),
        ({"X-Singgah": "1"}, 403),
        ({"Origin": OWN["Origin"]}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
def test_a_change_comes_from_our_own_pages_only(plain_app: Flask, headers: dict[str, str], status: int) -> None:
    """400 is the door itself, which dislikes the empty body: the wall let it through."""
    answer = plain_app.test_client().post("/api/v1/try", headers=headers, data="", content_type="application/json")

    assert answer.status_code == status


def test_a_plain_form_can_sign_in_from_here_but_not_from_elsewhere(plain_app: Flask) -> None:
    client, form = plain_app.test_client(), {"sign_in": "nobody", "password": "nothing"}

    assert client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 401
    assert client.post("/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post("/sign-in", data=form).status_code == 403


def test_reading_asks_for_no_header(plain_app: Flask) -> None:
    assert plain_app.test_client().get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_the_number_in_the_address_bar_becomes_the_name(plain_app: Flask) -> None:
    client = plain_app.test_client()

    answer = client.get("/sign-in?next=/console/", base_url="http://127.0.0.1:8000")

    assert (answer.status_code, answer.location) == (307, "http://localhost:8000/sign-in?next=/console/")
    assert client.get("/health", base_url="http://127.0.0.1:8000").status_code == 200
    assert client.post("/sign-in", base_url="http://127.0.0.1:8000", headers=OWN).status_code == 421


def test_another_name_is_refused(plain_app: Flask) -> None:
    answer = plain_app.test_client().get("/sign-in", base_url="http://rebound.example")

    assert answer.status_code == 421


def test_every_answer_carries_the_walls(own_client: FlaskClient) -> None:
    for path in ("/sign-in", "/api/v1/nowhere", "/static/tokens.css", "/broken"):
        headers = own_client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "microphone=()" in headers["Permissions-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in headers


def test_the_tablet_has_trusted_types_and_the_console_has_none(own_client: FlaskClient) -> None:
    tablet = own_client.get("/app/anything").headers["Content-Security-Policy"]
    console = own_client.get("/sign-in").headers["Content-Security-Policy"]

    assert "require-trusted-types-for 'script'; trusted-types singgah" in tablet
    assert "script-src 'self' 'wasm-unsafe-eval'" in tablet
    assert "trusted-types" not in console
    for policy in (tablet, console):
        assert "'unsafe-inline'" not in policy
        assert "'unsafe-eval'" not in policy.replace("'wasm-unsafe-eval'", "")


def test_api_and_pages_are_never_kept_but_named_files_are(own_client: FlaskClient) -> None:
    assert own_client.get("/api/v1/nowhere").headers["Cache-Control"] == "no-store"
    assert own_client.get("/sign-in").headers["Cache-Control"] == "no-store"
    assert "immutable" in own_client.get("/static/tokens.css?v=1").headers["Cache-Control"]
    assert "immutable" not in (own_client.get("/static/tokens.css").headers.get("Cache-Control") or "")
    assert "immutable" not in (own_client.get("/static/gone.css?v=1").headers.get("Cache-Control") or "")


def test_https_says_so_for_two_years(tmp_path: Path, own_client: FlaskClient) -> None:
    answer = secure_client(tmp_path).get("/sign-in", base_url="http://field.example.com")

    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in own_client.get("/sign-in").headers
