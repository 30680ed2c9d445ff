"""The tablet app's files under /app/."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.core import problems, tablet_app

PROGRAM = {"Accept": "application/json"}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A folder as the bundle leaves it, with a secret beside it."""
    dist = tmp_path / "dist"
    for name in ("index.html", "sw.js", "manifest.webmanifest", "assets/index-1a.js", ".vite/manifest.json"):
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_text(f"<{name}>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return dist


@pytest.fixture
def tablet(bundle: Path) -> FlaskClient:
    app = Flask(__name__)
    problems.init_app(app)
    tablet_app.init_app(app, bundle)
    return app.test_client()


@pytest.mark.parametrize("path", ["/app/", "/app/visit/0192", "/app/run/a/b", "/app/nothing.html"])
def test_every_screen_of_the_app_is_its_page(tablet: FlaskClient, path: str) -> None:
    answer = tablet.get(path)

    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<index.html>", "text/html")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "kind", "keep"),
    [
        ("/app/sw.js", "text/javascript", "no-cache"),
        ("/app/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/app/assets/index-1a.js", "text/javascript", "public, max-age=31536000, immutable"),
    ],
)
def test_files_come_with_their_type_and_stay_in_caches_only_when_their_name_says_their_bytes(
    tablet: FlaskClient, path: str, kind: str, keep: str
) -> None:
    answer = tablet.get(path)

    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, kind, keep)


def test_an_asset_of_an_older_bundle_is_missing_and_is_not_the_page(tablet: FlaskClient) -> None:
    assert tablet.get("/app/assets/index-00.js", headers=PROGRAM).status_code == 404


@pytest.mark.parametrize("path", ["/app/../secret.txt", "/app/%2e%2e/secret.txt", "/app/assets/../../secret.txt"])
def test_nothing_outside_the_bundle_is_served(tablet: FlaskClient, path: str) -> None:
    assert "secret" not in tablet.get(path, headers=PROGRAM).text.replace("secret.txt", "")


def test_what_the_bundler_keeps_for_itself_is_not_served(tablet: FlaskClient) -> None:
    assert tablet.get("/app/.vite/manifest.json", headers=PROGRAM).status_code == 404


def test_a_checkout_without_a_bundle_says_so(bundle: Path, tablet: FlaskClient) -> None:
    (bundle / "index.html").unlink()

    answer = tablet.get("/app/", headers=PROGRAM)

    assert (answer.status_code, answer.get_json()["code"]) == (503, "tablet_not_built")
