"""Addresses and names that no file and no row can have are answered, on both databases, as what they are: nothing."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.makers import House


@pytest.fixture(autouse=True)
def answers(app: Flask) -> None:
    app.testing = False  # What a view raises becomes an answer, as it does for people.


@pytest.mark.parametrize(
    "path",
    ["/api/v1/devices/a%00b", "/app/" + "a" * 5_000, "/app/a%00b", "/static/a%00b", "/r/a%00b", "/portal/?q=%00"],
)
def test_an_address_that_cannot_be_meant_is_no_failure_of_the_program(house: House, path: str) -> None:
    assert house.browser("engineer").get(path).status_code < 500


def test_a_name_with_nul_does_not_sign_in(house: House) -> None:
    answer = house.browser("engineer").post("/sign-in", data={"sign_in": "a\x00b", "password": "whatever it is"})
    assert answer.status_code in (400, 401)
