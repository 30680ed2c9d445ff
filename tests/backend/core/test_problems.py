"""Hostile and mistaken requests: each is answered by a problem that names the field, never by a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

TRY = "/api/v1/try"


def post(client: FlaskClient, body: str | bytes, content_type: str = "application/json") -> TestResponse:
    return client.post(TRY, data=body, content_type=content_type)


def problem(answer: TestResponse) -> dict[str, Any]:
    assert answer.content_type == "application/problem+json"
    found: dict[str, Any] = answer.get_json(force=True)
    assert found["status"] == answer.status_code
    assert {"type", "title", "code", "trace"} <= set(found)
    return found


def test_a_good_request_passes(own_client: FlaskClient) -> None:
    answer = post(own_client, '{"name": "Ng Wei", "count": 3}')

    assert (answer.status_code, answer.json) == (200, ["count", "name"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"name": "a\\u0000b"}', None),
        ('{"name": "pay \\u202e001"}', "name"),
        ('{"name": "pay \\u2066001"}', "name"),
        ('{"name": "line\\nbreak"}', "name"),
        ('{"name": "\\u0007"}', "name"),
        ('{"name": "  "}', "name"),
        ('{"name": 5}', "name"),
        ('{"name": ["x"]}', "name"),
        ('{"name": "' + "x" * 41 + '"}', "name"),
        ('{"name": "Z' + "\u0301\u0302" * 5 + '"}', "name"),
        ('{"name": null}', "name"),
        ('{"is_admin": true}', "is_admin"),
        ('{"org_id": "x", "name": "y"}', "org_id"),
        ('{"__proto__": {}}', "__proto__"),
        ('{"id": "0192F7A0-0000-7000-8000-000000000000"}', "id"),
        ('{"id": "0192f7a0-0000-4000-8000-000000000000"}', "id"),
        ('{"id": "0192f7a0000070008000000000000000"}', "id"),
        ('{"at": "2026-11-23T09:14:05Z"}', "at"),
        ('{"at": "2026-11-23T09:14:05.120+08:00"}', "at"),
        ('{"at": "2026-13-23T09:14:05.120Z"}', "at"),
        ('{"at": 1764000000}', "at"),
        ('{"day": "2026-02-30"}', "day"),
        ('{"day": "23/11/2026"}', "day"),
        ('{"measure": 12}', "measure"),
        ('{"measure": "1e5"}', "measure"),
        ('{"measure": "01.5"}', "measure"),
        ('{"measure": "+1"}', "measure"),
        ('{"measure": "١٢"}', "measure"),
        ('{"count": "5"}', "count"),
        ('{"count": true}', "count"),
        ('{"count": 101}', "count"),
        ('{"count": -1}', "count"),
        ('{"done": 1}', "done"),
        ('{"done": "yes"}', "done"),
        ('{"kind": "party"}', "kind"),
        ('{"kind": 3}', "kind"),
        ('{"price": {"minor": "5", "currency": "SGD"}}', "price.minor"),
        ('{"price": {"minor": 5, "currency": "XXX"}}', "price.currency"),
        ('{"price": 5}', "price"),
        ('{"parts": [{"label": "a"}, {"label": ""}]}', "parts.1.label"),
        ('{"parts": [{"label":"a"},{"label":"a"},{"label":"a"},{"label":"a"}]}', "parts"),
        ('{"parts": {"0": 1}}', "parts"),
        ("[]", None),
        ("null", None),
        ('"text"', None),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_field(own_client: FlaskClient, body: str, field: str | None) -> None:
    answer = post(own_client, body)

    found = problem(answer)
    assert (answer.status_code, found["code"], found.get("field")) == (400, "invalid", field)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "{'name': 'x'}",
        '{"name": "x",}',
        '{"name": "x"} {}',
        '\ufeff{"name": "x"}',
        '{"count": 1.0}',
        '{"count": 1e2}',
        '{"count": -0}',
        '{"count": 9007199254740993}',
        '{"count": ' + "9" * 5000 + "}",
        '{"count": NaN}',
        '{"count": Infinity}',
        '{"name": "a", "name": "b"}',
        '{"name": "\\ud800"}',
        "[" * 50_000,
        "[" * 20 + "]" * 20,
        '{"a":' * 3_000 + "1" + "}" * 3_000,
    ],
)
def test_what_is_not_strict_json_is_refused(own_client: FlaskClient, body: str) -> None:
    answer = post(own_client, body.encode())

    assert answer.status_code == 400
    assert problem(answer)["code"] == "invalid"


def test_bytes_that_are_not_utf_8_are_refused(own_client: FlaskClient) -> None:
    assert post(own_client, b'{"name": "\xff"}').status_code == 400


def test_one_byte_more_than_allowed_is_too_large(own_client: FlaskClient) -> None:
    empty = len('{"notes": ""}')
    fits, over = (f'{{"notes": "{" " * (65_536 - empty + more)}"}}' for more in (0, 1))

    assert post(own_client, fits).status_code == 400  # read, and then found to be empty
    answer = post(own_client, over)
    assert (answer.status_code, problem(answer)["code"]) == (413, "too_large")


def test_a_body_without_a_stated_length_is_cut_off_too(own_client: FlaskClient) -> None:
    chunked = {"wsgi.input": _Endless(), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    answer = own_client.post(TRY, content_type="application/json", environ_overrides=chunked)

    assert answer.status_code == 413


class _Endless:
    """A sender that never stops."""

    def read(self, size: int = -1) -> bytes:
        return b" " * (size if size > 0 else 4096)

    def readline(self, size: int = -1) -> bytes:
        return self.read(size)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_kind_of_body_is_refused(own_client: FlaskClient, kind: str) -> None:
    answer = post(own_client, '{"name": "x"}', kind)

    assert (answer.status_code, problem(answer)["code"]) == (415, "wrong_media_type")


def test_unknown_doors_and_methods_are_problems(own_client: FlaskClient) -> None:
    assert problem(own_client.get("/api/v1/nowhere"))["code"] == "not_found"
    answer = own_client.put(TRY)
    assert problem(answer)["code"] == "method_not_allowed"
    assert "POST" in answer.headers["Allow"]


def test_a_mistake_of_ours_says_nothing_but_a_trace(plain_app: Flask, own_client: FlaskClient) -> None:
    answer = own_client.get("/broken", headers={"Accept": "application/json"})

    found = problem(answer)
    assert (answer.status_code, found["code"]) == (500, "server_error")
    assert "xyzzy" not in answer.text
    assert found["trace"] == answer.headers["X-Trace"]


def test_endless_recursion_is_a_bad_request(own_client: FlaskClient) -> None:
    assert own_client.get("/api/v1/deep").status_code == 400


def test_people_get_a_page_and_programs_get_json(own_client: FlaskClient) -> None:
    page = own_client.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing here." in page.text

    data = own_client.get("/nowhere", headers={"Accept": "application/json"})
    assert data.mimetype == "application/problem+json"


def test_what_the_address_says_is_shown_as_text(own_client: FlaskClient) -> None:
    page = own_client.get("/<script>alert(1)</script>", headers={"Accept": "text/html"})

    assert "<script>" not in page.text
