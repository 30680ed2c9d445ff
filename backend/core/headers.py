"""The walls of a browser: security headers, one origin, and who may ask for a change.

identity.md 5.7, decisions.md 16 and 23.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from backend.core.config import Config
from backend.core.problems import Forbidden, Problem

BASE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
)
TABLET_POLICY = BASE_POLICY + (
    "script-src 'self' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; trusted-types singgah"
)
# No Trusted Types here: htmx inserts fragments that the server rendered and escaped.
PAGE_POLICY = BASE_POLICY + "script-src 'self'"

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
TWO_YEARS = "max-age=63072000; includeSubDomains"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS_OF_STRANGERS = frozenset({"/sign-in", "/sign-out"})
"""Plain forms that work before any script: the browser's word on where they come from must do."""


def init_app(app: Flask, config: Config) -> None:
    """Put up the walls of one origin."""
    public = urlsplit(config.public_url)

    @app.before_request
    def keep_to_one_origin() -> AnyResponse | None:
        """127.0.0.1 becomes the public name, or cookies would be two sets; other names are refused."""
        typed = urlsplit(f"//{request.host}").hostname
        if typed == public.hostname or request.path == "/health":
            return None
        if typed == "127.0.0.1" and request.method in SAFE:
            return redirect(config.public_url + request.full_path.rstrip("?"), 307)
        raise WrongHost(config.public_url)

    @app.before_request
    def refuse_other_sites() -> None:
        """A change is asked for by our own pages only (CONTRACT of identity: CSRF)."""
        if request.method not in SAFE:
            _must_be_same_origin(config.public_url)
            if request.path not in FORMS_OF_STRANGERS:
                _must_carry_own_header()

    @app.after_request
    def add_headers(answer: Response) -> Response:
        of_tablet = request.path.startswith("/app/")
        wanted = {**FIXED, "Content-Security-Policy": TABLET_POLICY if of_tablet else PAGE_POLICY}
        if request.endpoint != "static" and not of_tablet:
            wanted["Cache-Control"] = "no-store"
        # Looking for each name by itself would cost more than the rest of a short answer.
        said = {name.lower() for name, _ in answer.headers}
        answer.headers.extend({name: value for name, value in wanted.items() if name.lower() not in said})
        if config.secure:
            answer.headers["Strict-Transport-Security"] = TWO_YEARS
        return answer


class WrongHost(Problem):
    """The request names another host: a proxy that does not pass Host on, or a page that tries to reach inside."""

    status, code = 421, "wrong_host"

    def __init__(self, public_url: str) -> None:
        super().__init__(f"This program answers as {public_url} only.")


class OtherOrigin(Forbidden):
    """The request comes from another site, or does not say where from."""

    code = "other_origin"


def _must_be_same_origin(public_url: str) -> None:
    site = request.headers.get("Sec-Fetch-Site")
    same = site == "same-origin" if site is not None else request.headers.get("Origin") == public_url
    if not same:
        raise OtherOrigin("This change was asked for by another site.")


def _must_carry_own_header() -> None:
    if "X-Singgah" not in request.headers and "HX-Request" not in request.headers:
        raise OtherOrigin("This change must carry the header X-Singgah or HX-Request.")
