"""The console's tests: pages read as a person reads them, forms sent as htmx sends them."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.makers import Browser, House


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On SQLite alone: pages ask through the services, which are tested on both databases."""
    return sqlite_url


class Desk:
    """Somebody at the console."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def see(self, path: str, status: int = 200) -> str:
        """The page's text, entities undone."""
        answer = self.browser.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        return unescape(answer.get_data(as_text=True))

    def send(self, path: str, **fields: Any) -> TestResponse:
        """A form, as a person sends it: with the `base` of the page it stands on."""
        return self.browser.post(path, data={"as_of": "0", **fields}, headers={"HX-Request": "true"})

    def made(self, path: str, **fields: Any) -> str:
        """Send a form that must succeed; where it leads."""
        answer = self.send(path, **fields)
        assert answer.status_code == 303, unescape(answer.get_data(as_text=True))[-4000:]
        return str(answer.location)


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house.browser("dispatcher"))


@pytest.fixture
def desk_of(house: House) -> Callable[[str], Desk]:
    return lambda role: Desk(house.browser(role))
