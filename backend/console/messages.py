"""What was just done, said once on the next page. A signed cookie of the console alone; nothing else is kept in it."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from backend.core import keys, settings

COOKIE = "singgah-said"
PURPOSE = b"console messages"


def init_app(app: Flask) -> None:
    """Give the application its messages."""
    app.config.update(
        SESSION_COOKIE_NAME=COOKIE,
        SESSION_COOKIE_PATH="/console/",
        SESSION_COOKIE_SECURE=app.extensions[settings.KEY].secure,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.session_interface = Messages()


class Messages(SecureCookieSessionInterface):
    """Opened on console pages only, so that no other door needs the key ring for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith("/console/"):
            return None
        if app.secret_key is None:
            app.secret_key = hmac.digest(keys.ring().secret, PURPOSE, hashlib.sha256)
        return super().open_session(app, request)
