"""What pages may read: only with a role, only within its reach, only of one's own organisation."""

from __future__ import annotations

import pytest

from backend.core.listing import Cut
from backend.core.problems import Forbidden, NotFound
from backend.directory import services as directory
from backend.identity.services import Actor, Scope
from tests.makers import House, Office, Person


def reaching(person: Person, kind: str, scope: str) -> Actor:
    """The same person with a reach of one region, client or site."""
    return Actor(person.org_id, person.id, frozenset({person.role}), frozenset({Scope(person.role, kind, scope)}))


def names(house: House, actor: Actor) -> list[str]:
    with house.app.app_context():
        return [site.name for site in directory.list_sites(actor).rows]


def elsewhere(house: House, office: Office) -> tuple[str, str]:
    """A second client with one site; their ids."""
    client, site = house.new_id(), house.new_id()
    office("client.create", ("client", client), {"name": "Other client"})
    office("site.create", ("site", site), {"client": client, "name": "Their store"})
    return client, site


@pytest.mark.parametrize("role", ["dispatcher", "service_manager", "administrator", "desk_agent"])
def test_people_at_a_desk_see_every_site_of_the_organisation(house: House, office: Office, role: str) -> None:
    elsewhere(house, office)
    assert names(house, house.person(role).actor) == ["Tanjong Pagar store", "Their store"]


@pytest.mark.parametrize("role", ["engineer", "client_contact"])
def test_who_has_no_role_at_a_desk_sees_nothing_of_the_office(house: House, role: str) -> None:
    actor = house.person(role).actor
    with house.app.app_context():
        for ask in (directory.list_sites, directory.list_clients, directory.list_people, directory.list_agreements):
            with pytest.raises(Forbidden):
                ask(actor)


def test_a_role_without_any_reach_sees_nothing(house: House, dispatcher: Person) -> None:
    with house.app.app_context(), pytest.raises(Forbidden):
        directory.list_sites(Actor(house.org_id, dispatcher.id, frozenset({"dispatcher"})))


def test_a_reach_ends_where_it_ends(house: House, office: Office, dispatcher: Person) -> None:
    client, site = elsewhere(house, office)
    assert names(house, reaching(dispatcher, "client", client)) == ["Their store"]
    assert names(house, reaching(dispatcher, "site", site)) == ["Their store"]
    assert names(house, reaching(dispatcher, "region", house.ids["region"])) == ["Tanjong Pagar store"]


def test_out_of_reach_is_not_there(house: House, office: Office, dispatcher: Person) -> None:
    client, site = elsewhere(house, office)
    actor = reaching(dispatcher, "site", house.ids["site"])
    with house.app.app_context():
        assert [row.name for row in directory.list_clients(actor).rows] == ["Kedai Kopi Group"]
        for ask, entity in ((directory.site, site), (directory.client, client)):
            with pytest.raises(NotFound):
                ask(actor, entity)


def test_another_organisation_is_not_there(house: House, dispatcher: Person) -> None:
    other = house.other()
    with house.app.app_context():
        for ask, kind in ((directory.site, "site"), (directory.client, "client"), (directory.region, "region")):
            with pytest.raises(NotFound):
                ask(dispatcher.actor, other.ids[kind])
        assert directory.person_names(dispatcher.actor, [other.person("engineer").id]) == {}


def test_a_list_is_searched_counted_and_cut(house: House, dispatcher: Person) -> None:
    for nth in range(3):
        house.site(f"Branch {nth} 100%")
    with house.app.app_context():
        found = directory.list_sites(dispatcher.actor, Cut("branch KEDAI", offset=1, limit=1))
        assert ([row.name for row in found.rows], found.total) == (["Branch 1 100%"], 3)
        assert directory.list_sites(dispatcher.actor, Cut("100%")).total == 3
        assert directory.list_sites(dispatcher.actor, Cut("1_0")).total == 0


def test_choices_are_of_one_client_when_asked(house: House, office: Office, dispatcher: Person) -> None:
    client, site = elsewhere(house, office)
    with house.app.app_context():
        assert directory.site_choices(dispatcher.actor, client) == [(site, "Other client, Their store")]
        assert len(directory.site_choices(dispatcher.actor)) == 2


def test_who_left_is_no_choice_any_more(house: House, office: Office, dispatcher: Person) -> None:
    gone = house.person("engineer").id
    office("person.edit", ("person", gone), {"active": False})
    with house.app.app_context():
        assert gone not in dict(directory.person_choices(dispatcher.actor))
        assert directory.list_people(dispatcher.actor, active=False).total == 1


def test_a_removed_contact_is_in_no_list(house: House, office: Office, dispatcher: Person) -> None:
    contact = house.new_id()
    office("contact.create", ("contact", contact), {"site": house.ids["site"], "name": "Puan Aishah"})
    with house.app.app_context():
        assert directory.list_contacts(dispatcher.actor, site=house.ids["site"]).total == 1
    office("contact.remove", ("contact", contact), {})
    with house.app.app_context():
        assert directory.list_contacts(dispatcher.actor).total == 0
        assert directory.contact(dispatcher.actor, contact).active is False
