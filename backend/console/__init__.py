"""The console: the office's pages. Lists, forms and one page a thing; every change is an operation."""

from __future__ import annotations

from flask import Blueprint, Flask

bp = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


def init_app(app: Flask) -> None:
    """Register every page of the console."""
    from backend.console import shell
    from backend.console.pages import devices, directory, home, media, tickets, visits

    for pages in (home, directory, tickets, visits, devices, media):
        pages.add_to(bp)
    bp.context_processor(shell.context)
    app.register_blueprint(bp)
