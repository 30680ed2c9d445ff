"""The directory through the front door: clients, sites, contacts, assets, agreements and their coverage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.core.schema import wire_time
from tests.makers import House, Office, Tablet

VERSION: dict[str, Any] = {
    "effective_from": "2026-01-01",
    "windows": {"P1": "24x7"},
    "targets": {"P1": {"response": 30, "resolved": 240}},
    "rates": [{"hours": "after_hours", "money": {"minor": 12_000, "currency": "SGD"}}],
}


def agreement(house: House, office: Office, **changes: Any) -> str:
    made = house.new_id()
    facts = {
        "number": "A-1",
        "client": house.ids["client"],
        "legal_entity": house.ids["legal_entity"],
        "name": "Care",
        "starts_on": "2026-01-01",
        "versions": [VERSION],
        **changes,
    }
    office("agreement.create", ("agreement", made), facts)
    return made


def asset(house: House, office: Office, **changes: Any) -> str:
    made = house.new_id()
    facts = {"site": house.ids["site"], "type": "server", "name": "Rack server", "tag": "SG-001", **changes}
    office("asset.create", ("asset", made), facts)
    return made


def on_tablet(house: House, tablet: Tablet, kind: str, entity: str) -> dict[str, Any]:
    tablet.sync()
    return tablet.value(kind, entity)


@pytest.fixture
def followed(house: House, tablet: Tablet) -> Tablet:
    """The engineer's tablet, with a visit at the site."""
    house.visit(house.person("engineer"))
    tablet.sync()
    return tablet


def test_a_tablet_gets_a_clients_name_and_nothing_else_of_it(house: House, office: Office, tablet: Tablet) -> None:
    office("client.edit", ("client", house.ids["client"]), {"notes": "pays late"})
    assert on_tablet(house, tablet, "client", house.ids["client"]) == {"name": "Kedai Kopi Group"}


def test_renaming_a_client_renames_it_at_its_sites(house: House, office: Office, followed: Tablet) -> None:
    office("client.edit", ("client", house.ids["client"]), {"name": "Kopi Holdings"})
    assert on_tablet(house, followed, "site", house.ids["site"])["client_name"] == "Kopi Holdings"


def test_a_tablet_never_gets_a_persons_address(house: House, office: Office, tablet: Tablet) -> None:
    person = house.person("desk_agent").id
    office("person.edit", ("person", person), {"email": "mei@example.com", "phone": "+65 1"})
    assert not {"email", "phone"} & on_tablet(house, tablet, "person", person).keys()


def test_a_new_row_needs_all_its_fields_and_an_old_one_only_the_changed(house: House, office: Office) -> None:
    region = house.new_id()
    refused = office.ask("region.edit", ("region", region), {"name": "Johor"})
    assert (refused["status"], refused["field"]) == ("rejected", "args.code")
    office("region.edit", ("region", house.ids["region"]), {"name": "Singapore office"})


def test_an_unknown_key_is_refused_by_name(house: House, office: Office) -> None:
    refused = office.ask("client.edit", ("client", house.ids["client"]), {"colour": "red"})
    assert (refused["status"], refused["code"], refused["field"]) == ("rejected", "invalid", "args.colour")


def test_a_wrong_word_is_refused_by_name(house: House, office: Office) -> None:
    refused = office.ask("client.edit", ("client", house.ids["client"]), {"status": "friend"})
    assert refused["field"] == "args.status"


def test_a_site_of_a_client_that_is_not_there_is_held(house: House, office: Office) -> None:
    asked = office.ask("site.create", ("site", house.new_id()), {"client": house.new_id(), "name": "Nowhere"})
    assert (asked["status"], asked["code"]) == ("held", "entity_gone")


def test_an_engineer_may_not_edit_a_site(house: House, followed: Tablet) -> None:
    assert followed.do("site.edit", ("site", house.ids["site"]), {"phone": "1"})["code"] == "forbidden"


def test_two_people_of_the_office_meet_on_one_field_and_must_choose(house: House, office: Office) -> None:
    site = ("site", house.ids["site"])
    office("site.edit", site, {"phone": "1"})
    later = house.office("service_manager").ask("site.edit", site, {"phone": "2"}, base=1)
    assert later["status"] == "conflict"


def test_a_second_asset_of_one_tag_is_refused_to_the_office_and_held_for_a_tablet(
    house: House, office: Office, followed: Tablet
) -> None:
    asset(house, office)
    facts = {"site": house.ids["site"], "type": "server", "name": "Other", "tag": "SG-001"}
    assert office.ask("asset.create", ("asset", house.new_id()), facts)["field"] == "args.tag"
    assert followed.do("asset.create", ("asset", house.new_id()), facts)["code"] == "taken"


def test_assets_without_a_tag_do_not_meet(house: House, office: Office) -> None:
    asset(house, office, tag=None)
    asset(house, office, tag=None)


def test_an_engineer_finds_and_moves_an_asset_within_the_client(house: House, office: Office, followed: Tablet) -> None:
    found, there = house.new_id(), house.site()
    facts = {"site": house.ids["site"], "type": "nas", "name": "Found NAS", "serial": "S1"}
    assert followed.do("asset.create", ("asset", found), facts)["status"] == "applied"
    assert followed.do("asset.move", ("asset", found), {"site": there})["status"] == "applied"


def test_an_engineer_does_not_move_an_asset_to_another_client(house: House, office: Office, followed: Tablet) -> None:
    client, site, moved = house.new_id(), house.new_id(), asset(house, office)
    office("client.create", ("client", client), {"name": "Elsewhere"})
    office("site.create", ("site", site), {"client": client, "name": "Their store"})
    assert followed.do("asset.move", ("asset", moved), {"site": site})["code"] == "other_client"
    office("asset.move", ("asset", moved), {"site": site})


def test_what_was_disposed_of_does_not_come_back(house: House, office: Office) -> None:
    gone = asset(house, office)
    office("asset.stage", ("asset", gone), {"stage": "disposed"})
    assert office.ask("asset.stage", ("asset", gone), {"stage": "in_service"})["code"] == "wrong_state"


def test_a_removed_contact_stays_known_and_is_not_active(house: House, office: Office, followed: Tablet) -> None:
    contact = house.new_id()
    office("contact.create", ("contact", contact), {"site": house.ids["site"], "name": "Puan Aishah"})
    assert on_tablet(house, followed, "contact", contact)["active"] is True
    office("contact.remove", ("contact", contact), {})
    assert on_tablet(house, followed, "contact", contact)["active"] is False


def test_an_agreement_covers_every_site_of_its_client(house: House, office: Office, followed: Tablet) -> None:
    agreement(house, office)
    covered = on_tablet(house, followed, "coverage", house.ids["site"])
    assert covered["number"] == "A-1"
    assert covered["targets"]["P1"]["resolved"] == 240


def test_a_site_made_later_is_covered_too(house: House, office: Office) -> None:
    agreement(house, office)
    site = house.site()
    tablet = house.tablet("engineer", 2)
    house.visit(house.person("engineer", 2), site=site)
    assert on_tablet(house, tablet, "coverage", site)["number"] == "A-1"


def test_an_agreement_that_has_ended_covers_nothing(house: House, office: Office, followed: Tablet) -> None:
    ended = agreement(house, office)
    followed.sync()
    office("agreement.edit", ("agreement", ended), {"ends_on": "2026-11-22"})
    followed.sync()
    assert ("coverage", house.ids["site"]) not in followed.rows


def test_no_tablet_gets_an_agreement(house: House, office: Office, followed: Tablet) -> None:
    agreement(house, office)
    followed.sync()
    assert not [key for key in followed.rows if key[0] == "agreement"]


def test_versions_of_an_agreement_are_only_added(house: House, office: Office) -> None:
    made = agreement(house, office)
    later = {**VERSION, "effective_from": "2027-01-01"}
    changed = {**VERSION, "windows": {"P1": "mon-fri 09:00-18:00"}}
    refused = office.ask("agreement.edit", ("agreement", made), {"versions": [changed]})
    assert (refused["code"], refused["field"]) == ("history", "args.versions")
    office("agreement.edit", ("agreement", made), {"versions": [VERSION, later]})


def test_an_agreement_does_not_end_before_it_starts(house: House, office: Office) -> None:
    made = agreement(house, office)
    refused = office.ask("agreement.edit", ("agreement", made), {"ends_on": "2025-12-31"})
    assert refused["field"] == "args.ends_on"


def test_the_organisation_is_its_own_id_and_the_administrators(house: House, office: Office) -> None:
    facts, own = {"name": "Another", "privacy_notice": "privacy-sg@1"}, ("organisation", house.org_id)
    administrator = house.office("administrator")
    refused = administrator.ask("organisation.edit", ("organisation", house.new_id()), facts)
    assert (refused["status"], refused["field"]) == ("rejected", "entity")
    assert office.ask("organisation.edit", own, facts)["code"] == "forbidden"
    administrator("organisation.edit", own, facts)


def test_nobody_but_the_program_says_whether_it_is_a_demo(house: House) -> None:
    own = ("organisation", house.org_id)
    refused = house.office("administrator").ask("organisation.edit", own, {"demo": True})
    assert (refused["code"], refused["field"]) == ("forbidden", "args.demo")


def test_an_engineer_opens_a_visit_at_a_client_and_a_site_that_they_type(house: House, tablet: Tablet) -> None:
    client, site, visit = house.new_id(), house.new_id(), house.new_id()
    begin, end = wire_time(house.clock.now()), wire_time(house.clock.now() + timedelta(hours=1))
    tablet.act("client.create", ("client", client), {"name": "Warung Baru"})
    tablet.act("site.create", ("site", site), {"client": client, "name": "Level 2", "address": "3 Jalan Wong"})
    opened = {
        "number": tablet.next_number("V"), "site": site, "title": "No network", "kind": "unplanned",
        "starts_at": begin, "ends_at": end, "unplanned": True,
    }  # fmt: skip
    tablet.act("visit.create", ("visit", visit), opened)
    tablet.sync()
    assert [result["status"] for result in tablet.results.values()] == ["applied"] * 3
    assert tablet.value("visit", visit)["site_name"] == "Level 2"
    assert tablet.value("site", site)["client_name"] == "Warung Baru"
    followed = {row.value["audience"] for (kind, _), row in tablet.rows.items() if kind == "scope"}
    assert followed >= {f"s:{site}", f"v:{visit}"}
    page = house.browser("dispatcher").get(f"/console/sites/{site}")
    assert "Warung Baru" in page.text and "Level 2" in page.text


def test_what_was_typed_is_followed_edited_by_the_office_and_seen_on_the_tablet(house: House, tablet: Tablet) -> None:
    client, site = house.new_id(), house.new_id()
    tablet.do("client.create", ("client", client), {"name": "Warung Baru"})
    tablet.do("site.create", ("site", site), {"client": client, "name": "Level 2"})
    house.office()("client.edit", ("client", client), {"name": "Warung Baru Sdn Bhd"})
    house.office()("site.edit", ("site", site), {"address": "3 Jalan Wong"})
    seen = on_tablet(house, tablet, "site", site)
    assert (seen["client_name"], seen["address"]) == ("Warung Baru Sdn Bhd", "3 Jalan Wong")
    assert tablet.do("site.edit", ("site", site), {"name": "Level 3"})["code"] == "forbidden"


@pytest.mark.parametrize(
    ("type_", "args", "field"),
    [
        ("client.create", {"name": "Warung", "status": "prospect"}, "args.status"),
        ("client.create", {"name": "Warung", "notes": "pays late"}, "args.notes"),
        ("site.create", {"name": "Level 2", "rules": ["escort"]}, "args.rules"),
        ("site.create", {"name": "Level 2", "access_notes": "Back door"}, "args.access_notes"),
    ],
)
def test_more_than_name_address_and_phone_is_the_offices_to_say(
    house: House, tablet: Tablet, type_: str, args: dict[str, Any], field: str
) -> None:
    facts = {**args, "client": house.ids["client"]} if type_ == "site.create" else args
    refused = tablet.do(type_, (type_.split(".")[0], house.new_id()), facts)
    assert (refused["status"], refused["code"], refused["field"]) == ("rejected", "forbidden", field)


def test_nobody_enters_a_site_by_typing_it_again(house: House, tablet: Tablet) -> None:
    facts = {"client": house.ids["client"], "name": "Mine"}
    refused = tablet.do("site.create", ("site", house.ids["site"]), facts)
    assert refused["status"] in ("held", "rejected")
    tablet.sync()
    assert ("site", house.ids["site"]) not in tablet.rows
