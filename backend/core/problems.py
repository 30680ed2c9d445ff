"""One class per reason, one place for HTTP.

A service raises a Problem; here it becomes problem+json (RFC 9457 with `code` and, where one field is to blame,
`field`) for programs and a page for people. Whatever happens, nobody is shown a traceback.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from flask import Flask, Response, current_app, json, make_response, request
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException

from backend.core.db import is_taken
from backend.core.log import trace
from backend.core.sqlite import QueueFull

log = logging.getLogger("singgah.problems")


class Problem(Exception):
    """Why a request was refused. `title` is a sentence for a person, `code` a word for a program."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"

    def __init__(self, title: str, *, field: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(title)
        self.title = title
        self.field = field
        self.headers = dict(headers or {})

    def detail(self) -> dict[str, Any]:
        """More members of the answer, for subclasses."""
        return {}


class Invalid(Problem):
    """Something in the request cannot be meant; `field` says where."""

    code = "invalid"


class SignInNeeded(Problem):
    """No living session, or no acceptable device proof."""

    status, code = 401, "sign_in"


class Forbidden(Problem):
    """Signed in, but not allowed."""

    status, code = 403, "forbidden"


class NotFound(Problem):
    """It is not there, or not for this person: both look the same."""

    status, code = 404, "not_found"


class Conflict(Problem):
    """What is there already says otherwise."""

    status, code = 409, "conflict"


class TooLarge(Problem):
    """More bytes than the stated limit."""

    status, code = 413, "too_large"


class WrongMediaType(Problem):
    """The body is of a kind that this door does not take."""

    status, code = 415, "wrong_media_type"


class TooMany(Problem):
    """A rate limit; the header Retry-After says when to come again."""

    status, code = 429, "too_many"


class Busy(Problem):
    """The database or a store cannot take this now; nothing was changed."""

    status, code = 503, "busy"


def init_app(app: Flask) -> None:
    """Answer every exception of this application."""
    app.register_error_handler(Problem, render)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ValidationError, _validation)
    app.register_error_handler(RecursionError, _recursion)
    app.register_error_handler(QueueFull, _busy)
    app.register_error_handler(OperationalError, _operational)
    app.register_error_handler(InterfaceError, _operational)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(NoConnection, _busy)
    app.register_error_handler(DataError, _unkeepable)


def render(problem: Problem) -> Response:
    """The answer that says `problem`."""
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        **({"field": problem.field} if problem.field else {}),
        **problem.detail(),
        "trace": trace(),
    }
    answer = _page(body) if wants_page() else _json(body)
    answer.status_code = problem.status
    answer.headers.extend(problem.headers)
    return answer


def wants_page() -> bool:
    """Whether a person reads the answer: a browser's own request outside the API."""
    if request.path.startswith("/api/"):
        return False
    if "HX-Request" in request.headers:  # htmx puts the answer into the page and accepts */*
        return True
    return request.accept_mimetypes.best_match(["application/json", "text/html"], "text/html") == "text/html"


def _json(body: Mapping[str, Any]) -> Response:
    answer = make_response(json.dumps(body))
    answer.content_type = "application/problem+json"
    return answer


def _page(body: Mapping[str, Any]) -> Response:
    # Not render_template: the words that a slice lends to its own pages may be what failed, or need a signed-in person.
    template = current_app.jinja_env.get_template("problem.html")
    return make_response(template.render(problem={"field": None, **body}))


def _http(fault: HTTPException) -> Response:
    if fault.response is not None:
        return make_response(fault.response)
    status = fault.code or 500
    if status == 500:
        log.error("unexpected", exc_info=getattr(fault, "original_exception", None) or fault)
    answer = render(_from_status(status, fault))
    for name, value in fault.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


TITLES = {
    400: "The request cannot be read.",
    404: "There is nothing here.",
    405: "This door does not take that method.",
    413: "The request is larger than allowed.",
    415: "The body is of a kind that this door does not take.",
    500: "Something went wrong here. It has been written down; nothing was changed.",
}
CODES = {400: "bad_request", 404: "not_found", 413: "too_large", 415: "wrong_media_type", 500: "server_error"}


def _from_status(status: int, fault: HTTPException) -> Problem:
    problem = Problem(TITLES.get(status, f"{fault.name}."))
    # Instance attributes: werkzeug's statuses are many and need no class each.
    problem.__dict__["status"] = status
    problem.__dict__["code"] = CODES.get(status, HTTPStatus(status).name.lower())
    return problem


def _validation(fault: ValidationError) -> Response:
    return render(invalid(fault))


def invalid(fault: ValidationError) -> Problem:
    """The first of a schema's complaints, with the path of the field, such as `entities.0.name`."""
    path, message = _first(fault.messages, ())
    named = [part for part in path if part != "_schema"]
    return Invalid(message, field=".".join(named) or None)


def _first(messages: Any, path: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    if isinstance(messages, dict):
        key, inner = next(iter(messages.items()))
        return _first(inner, (*path, str(key)))
    if isinstance(messages, list):
        return _first(messages[0], path)
    return path, str(messages)


def _recursion(_: RecursionError) -> Response:
    log.warning("too deep", exc_info=True)
    return render(Invalid("The request is nested too deeply."))


def _unkeepable(fault: DataError) -> Response:
    """An address or a form whose text no row can hold: PostgreSQL refuses NUL even in a question."""
    log.warning("not to be kept", extra={"why": type(fault.orig).__name__})
    return render(Invalid("The request holds a character or a number that cannot be meant."))


def _busy(fault: Exception) -> Response:
    log.warning("busy: %s", fault)
    return render(Busy("Too busy now; nothing was changed. Try again.", headers={"Retry-After": "2"}))


def _integrity(fault: IntegrityError) -> Response:
    """Two who make the same thing at once: the second one finds it there when it asks again."""
    if not is_taken(fault):
        raise fault
    log.warning("made by somebody else at once", extra={"why": type(fault.orig).__name__})
    return render(Busy("Somebody else did the same just now. Try again.", headers={"Retry-After": "1"}))


def _operational(fault: OperationalError | InterfaceError) -> Response:
    log.error("database", exc_info=fault)
    return render(Busy("The database does not answer; nothing was changed. Try again.", headers={"Retry-After": "5"}))
