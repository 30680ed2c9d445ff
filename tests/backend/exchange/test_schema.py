"""A tablet gets the kinds that its schema knows; when it learns more, it gets those from the feed's beginning."""

from __future__ import annotations

import pytest

from backend.exchange import pull as pull_module
from backend.exchange.cursors import Place
from sync.feed import checksum
from tests.makers import House, Tablet


@pytest.fixture
def newer_notes(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if notes had come with schema 2."""
    monkeypatch.setattr(pull_module, "SCHEMA", 2)
    monkeypatch.setitem(vars(house.app.extensions["singgah.exchange"].kinds["note"]), "since", 2)


def note(house: House, visit: str, text: str) -> str:
    entity = house.new_id()
    house.office()("note.add", ("note", entity), {"visit": visit, "text": text})
    return entity


def texts(tablet: Tablet) -> set[str]:
    return {row.value["text"] for (kind, _), row in tablet.rows.items() if kind == "note"}


@pytest.mark.usefixtures("newer_notes")
def test_a_kind_that_a_tablet_does_not_know_is_not_sent_and_not_summed(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    note(house, visit, "unknown to it")

    tablet.pull()

    assert texts(tablet) == set()
    assert tablet.sums[f"v:{visit}"] == checksum([("visit", visit, tablet.rows["visit", visit].ver)])


@pytest.mark.usefixtures("newer_notes")
@pytest.mark.parametrize("limit", [2, 1_000])
def test_after_its_update_a_tablet_gets_what_it_could_not_read_before(house: House, tablet: Tablet, limit: int) -> None:
    visit = house.visit(tablet.person)
    for nth in range(5):
        note(house, visit, f"old {nth}")
    tablet.pull()
    gone = note(house, visit, "behind the cursor")
    tablet.schema = 2

    tablet.pull(limit)

    assert texts(tablet) == {*(f"old {nth}" for nth in range(5)), "behind the cursor"}
    fresh = house.tablet("engineer")
    fresh.schema = 2
    fresh.pull()
    tablet.pull()
    assert fresh.rows == tablet.rows
    assert ("note", gone) in tablet.rows
    assert tablet.pull().get_json()["changes"] == []


@pytest.mark.usefixtures("newer_notes")
def test_what_changes_while_the_rest_is_fetched_comes_too(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    for nth in range(4):
        note(house, visit, f"old {nth}")
    tablet.pull()
    tablet.schema = 2
    assert tablet.pull(2, pages=1).get_json()["more"]

    note(house, visit, "meanwhile")
    house.office()("visit.edit", ("visit", visit), {"title": "Meanwhile"})
    tablet.pull(2)

    assert texts(tablet) == {"old 0", "old 1", "old 2", "old 3", "meanwhile"}
    assert tablet.value("visit", visit)["title"] == "Meanwhile"


@pytest.mark.usefixtures("newer_notes")
def test_a_tablet_that_went_back_and_forth_misses_nothing(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    tablet.schema = 2
    tablet.pull()
    tablet.schema = 1
    note(house, visit, "while it was old again")
    tablet.pull()
    assert texts(tablet) == set()

    tablet.schema = 2
    tablet.pull()

    assert texts(tablet) == {"while it was old again"}


@pytest.mark.usefixtures("newer_notes")
def test_an_update_in_the_middle_of_the_first_fetch_misses_nothing(house: House, tablet: Tablet) -> None:
    visit = house.visit(tablet.person)
    note(house, visit, "early")
    for nth in range(6):
        house.office()("visit.edit", ("visit", visit), {"title": f"Title {nth}"})
    assert tablet.pull(3, pages=2).get_json()["more"]
    tablet.schema = 2

    tablet.pull(3)

    assert texts(tablet) == {"early"}


def test_a_tablet_that_is_newer_than_its_server_is_served(house: House, tablet: Tablet) -> None:
    tablet.schema = 9
    assert tablet.pull().status_code == 200
    assert tablet.pull().get_json()["changes"] == []


PLACES = [Place(0), Place(7), Place(7, 9), Place(7, None, 2), Place(7, 9, 2), Place(7, None, 1, 3), Place(7, 9, 2, 3)]


@pytest.mark.parametrize("place", PLACES)
def test_a_cursor_says_where_a_pull_is(place: Place) -> None:
    assert Place.read(place.cursor, 100, 1) == place


def test_the_first_cursors_are_still_understood() -> None:
    assert Place.read("MTo5MDQxMg", 100_000, 2) == Place(90_412)
    assert Place.read("MTo5.MTo5MDQxMg", 100_000, 2) == Place(9, 90_412)


@pytest.mark.parametrize("text", ["", ".", "MTo5.", "MTo5..MTox", ".MTo5", "MTo5.MTo5.MToy.MTox.MTox", "MTo5...", "x"])
def test_a_cursor_that_nobody_gave_out_is_refused_by_name(house: House, tablet: Tablet, text: str) -> None:
    tablet.cursor = text
    answer = tablet.pull()
    assert (answer.status_code, answer.get_json()["field"]) == (400, "cursor")
