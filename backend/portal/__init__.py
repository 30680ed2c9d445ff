"""The client's pages: visits and reports of their own sites, and the public page behind a report's QR code."""

from __future__ import annotations

from flask import Flask

from backend.portal import pages, public


def init_app(app: Flask) -> None:
    """Register the portal and the public page."""
    app.register_blueprint(pages.bp)
    app.register_blueprint(public.bp)
