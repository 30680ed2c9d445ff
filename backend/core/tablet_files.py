"""The tablet's files: what Vite built, under /app/. Every path of the app that is not a file is the app itself."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from backend.core.problems import Busy, NotFound

bp = Blueprint("tablet", __name__, url_prefix="/app")

BUILT = Path(__file__).resolve().parents[2] / "pwa" / "dist"
HASHED = "assets/"
"""Files below have a digest in their name and never change."""

YEAR = 31_536_000


@bp.get("/", defaults={"path": "index.html"})
@bp.get("/<path:path>")
def show(path: str) -> Response:
    """A built file, or the app's page, which then shows what the path asks for."""
    if not (BUILT / "index.html").is_file():
        raise Busy("The tablet's app is not built yet: `make up` builds it.")
    if (BUILT / path).is_file():
        return _file(path)
    if path.startswith(HASHED) or "." in path.rsplit("/", 1)[-1]:
        raise NotFound("There is no such file.")
    return _file("index.html")


def _file(path: str) -> Response:
    answer = send_from_directory(BUILT, path)
    fresh = f"public, max-age={YEAR}, immutable" if path.startswith(HASHED) else "no-cache"
    answer.headers["Cache-Control"] = fresh
    if path == "sw.js":
        answer.headers["Service-Worker-Allowed"] = "/app/"
    return answer
