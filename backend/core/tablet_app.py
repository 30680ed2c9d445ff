"""The built tablet app under /app/: its files as the bundle made them, and its page for every other address there."""

from __future__ import annotations

import mimetypes
import os
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory

from backend.core.problems import Busy, NotFound

DIST = Path(__file__).parents[2] / "pwa" / "dist"
PAGE = "index.html"
YEAR = 31_536_000


class NotBuilt(Busy):
    """The checkout has no bundle."""

    code = "tablet_not_built"


def init_app(app: Flask, folder: Path = DIST) -> None:
    """Open /app/ on the files of `folder`; it may be built later."""
    # The manifest's type is not in every system's list, and a browser that gets another ignores it.
    mimetypes.add_type("application/manifest+json", ".webmanifest")
    app.register_blueprint(blueprint(folder))


def blueprint(folder: Path) -> Blueprint:
    """GET /app/ and everything below it."""
    bp = Blueprint("tablet_app", __name__)

    @bp.get("/app/")
    @bp.get("/app/<path:name>")
    def file(name: str = PAGE) -> Response:
        """A file of the bundle; the page itself where an address names a screen. A missing asset is missing."""
        if not (folder / PAGE).is_file():
            raise NotBuilt("The tablet app is not built: run `make setup` or `npm run build` in pwa/.")
        if name.startswith("."):
            raise NotFound("There is nothing here.")
        if name.startswith("assets/"):
            # Names carry digests: the bytes behind one never change.
            return _sent(folder, name, f"public, max-age={YEAR}, immutable")
        # os.path, because it also says no to names that no file can have.
        return _sent(folder, name if os.path.isfile(folder / name) else PAGE, "no-cache")  # noqa: PTH113

    return bp


def _sent(folder: Path, name: str, keep: str) -> Response:
    answer = send_from_directory(folder, name)
    answer.headers["Cache-Control"] = keep
    return answer
