"""What was just done, said once on the next page: a signed cookie of the console alone, never a place for anything else."""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from backend.core import keys, settings

COOKIE = "singgah-said"
PURPOSE = b"console messages"


def init_app(app: Flask) -> None:
    app.config["SESSION_COOKIE_NAME"] = COOKIE
    app.session_interface = Messages()


class Messages(SecureCookieSessionInterface):
    """Opened on console pages only, so that no other door needs the key ring for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith("/console/"):
            return None
        if app.secret_key is None:
            app.secret_key = hmac.digest(keys.ring().secret, PURPOSE, hashlib.sha256)
        return super().open_session(app, request)

    def get_cookie_path(self, app: Flask) -> str:
        return "/console/"

    def get_cookie_secure(self, app: Flask) -> bool:
        return settings.current().secure

    def get_cookie_samesite(self, app: Flask) -> str:
        return "Lax"
