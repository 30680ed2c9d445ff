"""Lists, pages and forms of the directory, each kind the same way."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.console.pages.directory import SECTIONS
from tests.backend.console.conftest import Desk
from tests.makers import House

WINDOWS = {f"terms.windows.{code}": "mon-fri 09:00-18:00" for code in ("P1", "P2", "P3", "P4")}


def filled(house: House, kind: str) -> dict[str, Any]:
    """A form of this kind with everything that it needs."""
    forms: dict[str, dict[str, Any]] = {
        "client": {"name": "Gudang Sejuk", "status": "active", "language": "ms"},
        "site": {
            "client": house.ids["client"],
            "name": "Larkin depot",
            "rules": ["no_photography", "escort"],
            "sheet": "parking: level B2",
        },
        "contact": {"site": house.ids["site"], "name": "Puan Aminah", "language": "ms", "may_sign": "on"},
        "asset": {
            "site": house.ids["site"],
            "name": "Core switch",
            "type": "switch",
            "tag": "SW-1",
            "stage": "in_service",
        },
        "agreement": {
            "number": "A-9",
            "name": "Full care",
            "client": house.ids["client"],
            "legal_entity": house.ids["legal_entity"],
            "starts_on": "2026-01-01",
            "terms.effective_from": "2026-01-01",
            "terms.targets.P1.response": "15",
            **WINDOWS,
        },
        "person": {"name": "Ravi Menon", "skills": "network, firewall", "active": "on"},
        "calendar": {
            "code": "SGR",
            "name": "Selangor",
            "terms.effective_from": "2026-01-01",
            "terms.weekend": ["5", "6"],
            "terms.days": "2026-08-31 Merdeka",
        },
        "region": {"code": "KUL", "name": "Kuala Lumpur"},
        "legal_entity": {"name": "Sungai Sdn Bhd", "country": "MY", "currency": "MYR"},
    }
    return forms[kind]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.kind)
def test_what_is_entered_is_listed_shown_and_can_be_changed(house: House, desk: Desk, section: Any) -> None:
    form = filled(house, section.kind)
    page = desk.made(f"{section.href}/new", **form)
    assert form["name"] in desk.see(section.href)
    assert form["name"] in desk.see(page)
    edit = desk.see(f"{page}/edit")
    assert 'name="as_of" value="0"' not in edit, "the form must say which state of things it shows"
    desk.made(f"{page}/edit", **{**form, "name": "Renamed"})
    assert "Renamed" in desk.see(page)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.kind)
def test_an_empty_form_comes_back_with_every_fault_at_its_field(desk: Desk, section: Any) -> None:
    answer = desk.send(f"{section.href}/new")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page or "Not accepted" in page or 'role="alert"' in page


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.kind)
def test_a_row_of_another_organisation_is_not_there(house: House, desk: Desk, section: Any) -> None:
    other = house.other()
    form = filled(other, section.kind)
    page = Desk(other.browser("dispatcher")).made(f"{section.href}/new", **form)
    desk.see(page, 404)
    desk.see(f"{page}/edit", 404)


def test_what_a_person_typed_is_shown_as_text(desk: Desk) -> None:
    page = desk.made("/console/clients/new", name="<script>alert(1)</script>", status="active", language="en")
    raw = desk.browser.get(page).get_data(as_text=True)
    assert "<script>alert(1)" not in raw
    assert "&lt;script&gt;alert(1)" in raw


def test_a_form_keeps_what_was_typed_when_one_field_is_wrong(house: House, desk: Desk) -> None:
    answer = desk.send(
        "/console/assets/new", site=house.ids["site"], name="Rack PDU", type="NOT A WORD", stage="in_service"
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="Rack PDU"' in page
    assert re.search(r'id="type"[^>]*aria-invalid="true"', page)


def test_two_people_of_the_office_do_not_overwrite_each_other_in_silence(house: House, desk: Desk) -> None:
    page = desk.made("/console/regions/new", code="KUL", name="Kuala Lumpur")
    base = re.search(r'name="as_of" value="(\d+)"', desk.see(f"{page}/edit"))
    assert base is not None
    Desk(house.browser("administrator")).made(f"{page}/edit", as_of=base[1], code="KUL", name="KL office")
    desk.made(f"{page}/edit", as_of=base[1], code="KUL", name="Kuala Lumpur office")
    seen = desk.see(page)
    assert "KL office" in seen
    assert "Somebody else changed this meanwhile" in seen


def test_an_agreements_changed_terms_become_a_version(house: House, desk: Desk) -> None:
    form = filled(house, "agreement")
    page = desk.made("/console/agreements/new", **form)
    desk.made(f"{page}/edit", **{**form, "terms.effective_from": "2027-01-01", "terms.targets.P1.response": "10"})
    assert re.search(r'class="[^"]*number[^"]*">2</td>', desk.see("/console/agreements"))


@pytest.mark.parametrize(
    "address",
    ["?page=0", "?page=-3", "?page=99999999999", "?page=two", "?q=%00", "?q=" + "x" * 5000, "?client=%27OR%201"],
)
def test_a_strange_address_of_a_list_shows_the_list(desk: Desk, address: str) -> None:
    assert "Sites" in desk.see(f"/console/sites{address}")


def test_searching_finds_by_name_tag_and_number(house: House, desk: Desk) -> None:
    desk.made("/console/assets/new", **filled(house, "asset"))
    assert "Core switch" in desk.see("/console/find?q=SW-1")
    assert "Nothing found" in desk.see("/console/find?q=zzzz")


@pytest.mark.parametrize("place", ["agreements", "calendars"])
def test_what_is_wrong_with_a_new_version_is_said_at_its_field(desk: Desk, place: str) -> None:
    page = desk.send(f"/console/{place}/new").get_data(as_text=True)
    assert re.search(r'id="terms.effective_from"[^>]*aria-invalid="true"', page)
    assert "versions." not in page
