"""Who follows a visit and its site: entering on assignment, leaving when nothing near remains (model.md, Audiences)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from backend.core.roles import DESK
from backend.exchange.kinds import State
from backend.exchange.work import Work
from backend.visits import rules


def visit_audience(visit: str) -> str:
    return f"v:{visit}"


def site_audience(site: str) -> str:
    return f"s:{site}"


def enter(work: Work, visit: State, people: Iterable[str]) -> None:
    for person in people:
        work.enter(person, visit_audience(visit["id"]))
        work.enter(person, site_audience(visit["site"]))


def leave(work: Work, visit: State, people: Iterable[str]) -> None:
    """Leave the visit, and its site when no other visit of that person is near there."""
    for person in people:
        work.leave(person, visit_audience(visit["id"]))
        settle_site(work, visit["site"], person)


def settle_site(work: Work, site: str, person: str) -> None:
    """The person follows the site exactly while an assigned visit there is to come or ended less than 14 days ago."""
    near = any(person in visit["engineers"] and is_near(work, visit) for visit in work.find("visit", site=site))
    (work.enter if near else work.leave)(person, site_audience(site))


def office_reaches(work: Work, audience: str) -> bool:
    """Whether one of the actor's roles at a desk is held for the organisation, or for this site, client or region.

    An actor without any scopes is the program itself, also where it speaks for a person.
    """
    held = [scope for scope in work.actor.scopes if scope.role in DESK & work.actor.roles]
    if not work.actor.scopes or any(scope.type == "organisation" for scope in held):
        return True
    kind, _, entity = audience.partition(":")
    visit = work.get("visit", entity) if kind == "v" else None
    site = work.get("site", visit["site"] if visit is not None else entity)
    if site is None:
        return False
    places = {"site": site["id"], "client": site["client"], "region": site["region"]}
    return any(places[scope.type] == scope.id for scope in held)


def is_near(work: Work, visit: State) -> bool:
    """Whether the visit is to come or ended less than 14 days ago."""
    return rules.keeps_site(work.now, datetime.fromisoformat(visit["ends_at"]))


def settle_crew(work: Work, conflict: State) -> None:
    """Told by the exchange that a conflict was decided: whoever is on the visit now follows it, nobody else does."""
    if conflict["kind"] != "visit" or conflict["field"] not in ("engineers", "lead"):
        return
    visit = work.must("visit", conflict["entity"])
    crew = visit["engineers"]
    lead = visit["lead"] if visit["lead"] in crew else next(iter(crew), None)
    after = rules.move(visit["state"], rules.assign_verb(crew))
    work.set("visit", visit["id"], lead=lead, state=after or visit["state"])
    came, went = rules.crew_change(work.people_in(visit_audience(visit["id"])), crew)
    enter(work, visit, came)
    leave(work, visit, went)
