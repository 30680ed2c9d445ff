"""A body that breaks off is the sender's fault, whichever way the web server says it."""

from __future__ import annotations

import io

import pytest
from flask import Flask, request
from gunicorn.http.errors import InvalidChunkExtension, InvalidChunkSize, LimitRequestHeaders, NoMoreData

from backend.core import inbound, problems


class Broken(io.BytesIO):
    """A reader that raises what is given, whatever is asked of it."""

    def __init__(self, fault: Exception) -> None:
        super().__init__()
        self.fault = fault

    def read(self, *_: int) -> bytes:  # type: ignore[override]
        raise self.fault


@pytest.fixture
def door() -> Flask:
    app = Flask("door")
    problems.init_app(app)
    inbound.init_app(app)

    @app.post("/api/v1/door")
    def read() -> str:
        request.max_content_length = 100
        return str(len(request.get_data()))

    return app


def ask(door: Flask, stream: io.BytesIO, length: str):
    framing = {"wsgi.input_terminated": True, "CONTENT_LENGTH": length}
    return door.test_client().post("/api/v1/door", input_stream=stream, environ_overrides=framing)


@pytest.mark.parametrize(
    ("stream", "length", "status"),
    [
        (io.BytesIO(b"12345"), "5", 200),
        (io.BytesIO(b"12345"), "", 200),
        (io.BytesIO(b"12345"), "6", 400),
        (Broken(InvalidChunkSize(b"zz")), "", 400),
        (Broken(InvalidChunkExtension("bare CR")), "", 400),
        (Broken(LimitRequestHeaders("trailers")), "", 400),
        (Broken(NoMoreData()), "5", 400),
        (Broken(TimeoutError()), "5", 400),
        (Broken(ConnectionResetError()), "5", 400),
    ],
)
def test_what_breaks_off_is_a_request_that_cannot_be_read(door, stream, length, status):
    answer = ask(door, stream, length)

    assert answer.status_code == status
    assert status == 200 or answer.get_json()["code"] == "bad_request"


def test_a_fault_of_our_own_while_reading_is_not_the_senders(door, caplog):
    answer = ask(door, Broken(ZeroDivisionError()), "5")

    assert answer.status_code == 500
    assert "ZeroDivisionError" in caplog.text
