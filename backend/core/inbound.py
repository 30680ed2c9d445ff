"""Bodies as they come in from the socket: one that breaks off, or whose framing is broken, is the sender's fault.

The web server finds such faults while a door reads, in exceptions of its own, and says that a short body is whole. Here
both become the one exception that Werkzeug has for it, which is answered with 400. Any other exception is a fault of
ours and stays one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any

from flask import Flask
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("singgah.inbound")
BROKEN = (OSError, ParseException)
"""What the web server raises for a body that cannot be read: the connection's faults, and those of its framing."""


def init_app(app: Flask) -> None:
    """Read every body of this application so."""
    app.wsgi_app = Inbound(app.wsgi_app)  # type: ignore[method-assign] # as Flask documents it


class Inbound:
    """The application behind readers that tell whose fault it is."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"] = Body(environ["wsgi.input"])
        if environ.get("CONTENT_LENGTH"):
            # Where a length was said Werkzeug counts the bytes itself: the end of the connection ends no body early.
            environ.pop("wsgi.input_terminated", None)
        return self.application(environ, start_response)


class Body:
    """What is read of one request. Raises ClientDisconnected."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, *size: int) -> bytes:
        return self._tried(self._stream.read, *size)

    def readline(self, *size: int) -> bytes:
        return self._tried(self._stream.readline, *size)

    def _tried(self, read: Callable[..., bytes], *size: Any) -> bytes:
        try:
            return read(*size)
        except BROKEN as broken:
            log.info("a body cannot be read", extra={"why": type(broken).__name__})
            raise ClientDisconnected from broken
