"""Whatever is typed into an address or a form of the office, the answer is a page that says so, never a failure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.makers import Browser, House

HOSTILE = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "‮evil",
    "́" * 40,
    "9" * 5_000,
    "-1",
    "1e9",
    "NaN",
    "0001-01-01T00:00",
    "9999-12-31T23:59",
    "9999-12-31",
    "0000-00-00",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "'; DROP TABLE visit; --",
    "../../etc/passwd",
    "x" * 5_000,
    "00000000-0000-0000-0000-000000000000",
    "on",
)
"""One text for each way in which a field has been seen to break a program."""

DEEDS = ("assign", "plan", "cancel", "note", "resolve", "confirm")
DEED = re.compile(rf"/({'|'.join(DEEDS)})$")
NAME = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')


def places(app: Flask, house: House, method: str) -> Iterator[str]:
    """The address of every door of the console that takes the method, filled with ids that exist or do not."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console/") and method in (rule.methods or ()) and "events" not in rule.rule:
            yield from _filled(rule, house)


def _filled(rule: Rule, house: House) -> Iterator[str]:
    own = {"sites": "site", "clients": "client", "regions": "region", "legal-entities": "legal_entity"}
    kind = own.get(rule.rule.split("/")[2])
    ids = [house.ids[kind]] if kind else [house.ids["visit"], house.ids["ticket"]]
    for one in ids:
        address = re.sub(r"<uuid:[a-z_]+>", one, rule.rule)
        for deed in DEEDS if "<" in address else ("",):
            yield re.sub(r"<[^>]+>", deed, address)


@pytest.fixture
def office(app: Flask, house: House) -> Browser:
    app.testing = False  # What a view raises becomes an answer, as it does for people.
    house.ids["visit"] = house.visit(house.person("engineer"))
    house.ids["ticket"] = house.new_id()
    ticket = {"kind": "incident", "site": house.ids["site"], "title": "No network", "channel": "phone"}
    house.office()("ticket.create", ("ticket", house.ids["ticket"]), ticket)
    return house.browser("dispatcher")


def names_on(page: str) -> list[str]:
    return sorted({unescape(name) for name in NAME.findall(page)})


def test_no_address_makes_a_page_fail(app: Flask, house: House, office: Browser) -> None:
    failed = set()
    for place in places(app, house, "GET"):
        fields = [*names_on(office.get(place).text), "page", "q", "state", "site", "client", "engineer", "ticket"]
        for text in HOSTILE:
            if office.get(place, query_string=dict.fromkeys(fields, text)).status_code >= 500:
                failed.add((place, text[:20]))
    assert not failed


def test_no_form_makes_a_page_fail(app: Flask, house: House, office: Browser) -> None:
    failed = set()
    for place in places(app, house, "POST"):
        shown = office.get(DEED.sub("", place))
        fields = names_on(shown.text) if shown.status_code == 200 else []
        for text in HOSTILE:
            if office.post(place, data=dict.fromkeys(fields, text)).status_code >= 500:
                failed.add((place, text[:20]))
    assert not failed


def test_a_page_that_fails_is_seen_by_these_tests(app: Flask, office: Browser) -> None:
    app.view_functions["console.home"] = lambda: str(int("x"))
    assert office.get("/console/").status_code == 500
