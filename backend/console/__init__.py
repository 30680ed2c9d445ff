"""The console: the office's pages. Lists, forms and one page a thing; every change is an operation."""

from __future__ import annotations

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    """Register every page of the console."""
    from backend.console import messages, shell
    from backend.console.pages import (
        access,
        attention,
        checklists,
        devices,
        directory,
        home,
        media,
        past,
        rescue,
        tickets,
        visits,
    )

    # A blueprint of its own for each application: one that is registered takes no more pages.
    bp = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
    for pages in (home, attention, past, directory, access, tickets, visits, checklists, devices, rescue, media):
        pages.add_to(bp)
    bp.context_processor(shell.context)
    messages.init_app(app)
    app.register_blueprint(bp)
