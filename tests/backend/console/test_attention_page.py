"""The inbox as a dispatcher uses it: what waits, the tap that decides it, and two who decide at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from backend.console.pages import attention
from backend.core import jobs
from backend.core.db import unit
from backend.core.schema import wire_time
from backend.exchange.handlers import Result, applied
from backend.exchange.work import Work
from backend.identity import accounts
from backend.identity.actor import Scope
from sync.operation import Operation
from tests.backend.console.conftest import Desk
from tests.backend.inspections.test_operations import DEFINITION, NAME
from tests.backend.signoff.signatures import Pen
from tests.makers import House, Office, Tablet

INBOX = "/console/attention"


@pytest.fixture
def second(house: House) -> Tablet:
    return house.tablet("engineer", 2)


@pytest.fixture
def visit(house: House, office: Office, tablet: Tablet, second: Tablet) -> str:
    made = house.visit(tablet.person, second.person)
    office("checklist.publish", ("checklist", house.new_id()), {"definition": DEFINITION})
    office("visit.add_run", ("visit", made), {"run": house.new_id(), "checklist": NAME, "asset": None})
    for one in (tablet, second):
        one.sync()
    return made


def answers(one: Tablet, value: str) -> None:
    [run] = [entity for kind, entity in one.rows if kind == "run"]
    one.do("answer.set", ("run", run), {"item": "clean", "value": value})


@pytest.fixture
def clash(tablet: Tablet, second: Tablet, visit: str) -> None:
    answers(tablet, "pass")
    answers(second, "fail")


def action(page: str, what: str) -> str:
    found = re.search(rf'action="(/console/attention/{what}/[^"]+)"', page)
    assert found is not None, f"no {what} to decide"
    return found[1]


def said(desk: Desk, path: str, **fields: Any) -> str:
    """Send a decision and read what the page says next."""
    return desk.see(desk.made(path, **fields))


def test_an_empty_inbox_says_so_and_the_navigation_is_quiet(desk: Desk) -> None:
    page = desk.see(INBOX)
    assert "Nothing waits for a decision." in page
    assert 'class="badge"' not in page


def test_both_answers_stand_side_by_side_with_who_and_when_and_one_tap_decides(
    house: House, desk: Desk, clash: None, visit: str, second: Tablet
) -> None:
    page = desk.see(INBOX)
    assert re.search(r'class="badge">1<', page)
    for words in ("Clean", "pass", "fail", "Engineer 1", "Engineer 2", "Keep “pass”", "Take “fail”"):
        assert words in page
    after = said(desk, action(page, "conflicts"), choice="candidate")

    assert "Decided." in after
    assert "Nothing waits" in after
    second.sync()
    [run] = [row.value for key, row in second.rows.items() if key[0] == "run"]
    assert run["answers"] == {"clean": "fail"}
    shown = desk.see(f"/console/visits/{visit}")
    assert "Kept beside" in shown, "the value that lost stays visible"
    assert "Decided by Dispatcher 1" in shown


def test_the_second_of_two_dispatchers_is_told_who_was_first(desk: Desk, desk_of: Any, clash: None) -> None:
    path = action(desk.see(INBOX), "conflicts")
    said(desk, path, choice="current")

    after = said(desk_of("service_manager"), path, choice="candidate")

    assert "Dispatcher 1 decided this meanwhile; nothing was changed by you." in after
    assert "Nothing waits" in after, "the late decision is no held operation of its own"


def test_a_value_that_was_corrected_since_is_shown_as_it_is_now(desk: Desk, clash: None, tablet: Tablet) -> None:
    tablet.sync()
    answers(tablet, "na")
    page = desk.see(INBOX)
    assert "Corrected since: “na” is in force now." in page
    assert "Keep “na”" in page


def test_what_is_held_is_told_in_words_with_those_that_waited_for_it(
    house: House, tablet: Tablet, second: Tablet, visit: str
) -> None:
    house.office()("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    house.clock.advance(days=20)
    tablet.pull()
    for mark in ("travelling", "working"):
        tablet.act("visit.mark", ("visit", visit), {"mark": mark})
    tablet.push()
    desk = Desk(house.browser("dispatcher"))
    page = desk.see(INBOX)
    assert "Step: Travelling" in page
    assert "and 1 that waited for it" in page
    assert "Step: Working" in page
    also = re.search(r'name="also" value="([^"]+)"', page)
    assert also is not None

    after = said(desk, action(page, "held"), choice="carry_out", also=also[1])

    assert "Carried out." in after
    second.sync()
    assert [mark["mark"] for mark in second.value("visit", visit)["marks"]] == ["travelling", "working"]


def test_setting_aside_asks_for_a_reason_and_tells_the_engineer(
    house: House, desk: Desk, tablet: Tablet, visit: str
) -> None:
    n = tablet.act("visit.mark", ("visit", house.new_id()), {"mark": "working"})
    tablet.push()
    path = action(desk.see(INBOX), "held")
    assert "Say why it is set aside." in said(desk, path, choice="set_aside", reason=" ")

    assert "Set aside." in said(desk, path, choice="set_aside", reason="A visit of another provider")

    tablet.pull()
    told = tablet.value("held_decision", str(tablet.result(n)["id"]))
    assert (told["choice"], told["reason"]) == ("set_aside", "A visit of another provider")
    assert "Nothing waits" in desk.see(INBOX)


def test_what_cannot_be_carried_out_stays_and_it_is_said_why(house: House, desk: Desk, tablet: Tablet) -> None:
    tablet.sync()
    tablet.do("visit.mark", ("visit", house.new_id()), {"mark": "working"})
    after = said(desk, action(desk.see(INBOX), "held"), choice="carry_out")
    assert "Not done: It is not there any more." in after
    assert "Step: Working" in after


def test_work_on_a_cancelled_visit_is_billed_voided_or_kept(
    house: House, office: Office, desk: Desk, tablet: Tablet, visit: str
) -> None:
    office("visit.cancel", ("visit", visit), {"reason": "Moved"})
    answers(tablet, "pass")
    page = desk.see(INBOX)
    for words in ("bill, void or keep?", "Bill it", "Void it", "Keep, not billed"):
        assert words in page
    said(desk, action(page, "tasks"), choice="void", note="Ten minutes only")
    shown = desk.see(f"/console/visits/{visit}")
    assert "void, Dispatcher 1" in shown
    assert "Ten minutes only" in shown


def test_of_two_signatures_the_dispatcher_names_the_one_that_governs(
    desk: Desk, tablet: Tablet, second: Tablet, visit: str
) -> None:
    Pen(tablet).sign(visit)
    Pen(second).sign(visit, visit_outcome="partly")
    page = desk.see(INBOX)
    assert "(governs now)" in page
    other = re.findall(r'name="signoff" value="([^"]+)"', page)[1]
    assert "Named." in said(desk, action(page, "visits"), signoff=other)
    second.sync()
    assert second.value("visit", visit)["outcome"] == "partly"


def test_photos_that_are_missing_after_a_day_and_suspended_tablets_are_shown(
    house: House, desk: Desk, tablet: Tablet, visit: str
) -> None:
    Pen(tablet).sign(visit)
    assert "Photos still on the tablet" not in desk.see(INBOX)
    house.clock.advance(hours=25)
    late = Desk(house.browser("dispatcher"))
    assert "Photos still on the tablet after a day" in late.see(INBOX)
    late.made(f"/console/devices/{tablet.id}/suspend")
    assert "Suspended tablets" in late.see(INBOX)


def test_what_came_after_the_signature_waits_until_somebody_has_seen_it(
    desk: Desk, tablet: Tablet, second: Tablet, visit: str
) -> None:
    Pen(tablet).sign(visit)
    answers(second, "fail")
    page = desk.see(INBOX)
    assert "it is kept for an amendment" in page
    assert "Carry out" not in page
    said(desk, action(page, "held"), choice="set_aside", reason="Told the client by telephone")
    assert "it is kept for an amendment" not in desk.see(INBOX)


def test_two_dispatchers_on_one_form_get_the_page_back_with_both_values_and_the_choice(
    house: House, desk: Desk, desk_of: Any, visit: str
) -> None:
    other = desk_of("service_manager")
    page = f"/console/visits/{visit}"
    base = re.search(r'name="as_of" value="(\d+)"', desk.see(page))
    assert base is not None
    times = [house.clock.now() + timedelta(days=day) for day in (1, 2)]
    for who, start in zip((desk, other), times, strict=True):
        ends = start + timedelta(hours=1)
        plan = {"starts_at": f"{start:%Y-%m-%dT%H:%M}", "ends_at": f"{ends:%Y-%m-%dT%H:%M}"}
        back = who.made(f"{page}/plan", as_of=base[1], **plan)
    assert back == page
    shown = other.see(back)
    assert "Both values are shown here" in shown
    assert "Starts at" in shown
    assert shown.count("Take “") == 2
    assert wire_time(times[0])[:4] in shown
    choice = action(shown, "conflicts")
    after = other.see(other.made(choice, choice="candidate", back=page))
    assert "Decided." in after
    assert "Decided by Service Manager 1" in after


@pytest.mark.parametrize("place", ["clients", "sites", "assets", "contacts"])
def test_two_dispatchers_on_one_thing_of_the_directory_are_asked_to_choose(
    house: House, office: Office, desk: Desk, desk_of: Any, place: str
) -> None:
    made = {"assets": house.new_id(), "contacts": house.new_id()}
    office("asset.create", ("asset", made["assets"]), {"site": house.ids["site"], "type": "ups", "name": "UPS"})
    office("contact.create", ("contact", made["contacts"]), {"site": house.ids["site"], "name": "Tan"})
    row = {"clients": house.ids["client"], "sites": house.ids["site"], **made}[place]
    page, other = f"/console/{place}/{row}", desk_of("service_manager")
    forms = [form_of(who.see(f"{page}/edit")) for who in (desk, other)]
    desk.made(f"{page}/edit", **{**forms[0], "name": "The first name"})

    shown = other.see(other.made(f"{page}/edit", **{**forms[1], "name": "The second name"}))

    assert "Both values are shown here" in shown
    for words in ("Keep “The first name”", "Take “The second name”", "Dispatcher 1", "Service Manager 1"):
        assert words in shown
    after = other.see(other.made(action(shown, "conflicts"), choice="candidate", back=page))
    assert re.search(r"<h1>[^<]*The second name", after)
    assert "The first name" in other.see(f"{page}/history")


def form_of(page: str) -> dict[str, Any]:
    """What a browser would send of the page's form."""
    form = page[page.index('class="entry"') :]
    fields: dict[str, Any] = dict(
        re.findall(r'<input type="(?:text|hidden|email|date)"[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', form)
    )
    fields |= {
        name: value
        for value, name in re.findall(
            r'<input type="(?:text|hidden|email|date)"[^>]*?value="([^"]*)"[^>]*?name="([^"]+)"', form
        )
    }
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def break_down(house: House, org: str) -> None:
    """A job of the organisation, or of the installation, that has failed for good."""

    def fails(_: jobs.Job) -> None:
        raise RuntimeError("the disk is full")

    with house.app.app_context():
        jobs.register(house.app, "tests.fails", fails)
        with unit():
            jobs.post(org, "tests.fails", {}, "once")
        for _ in range(4):
            jobs.run_due()
            house.clock.advance(hours=1)


@pytest.mark.parametrize("of", ["organisation", "installation"])
def test_work_of_the_server_that_failed_is_shown_and_tried_again(house: House, of: str) -> None:
    break_down(house, jobs.INSTALLATION if of == "installation" else house.org_id)
    desk = Desk(house.browser("dispatcher"))
    page = desk.see(INBOX)
    assert "Work of the server that failed" in page
    assert "RuntimeError" in page
    after = said(desk, action(page, "jobs"))
    assert "It is tried again." in after
    assert "Work of the server that failed" not in after


def test_who_does_not_see_the_whole_organisation_tries_no_work_of_the_server_again(house: House) -> None:
    break_down(house, house.org_id)
    path = action(Desk(house.browser("dispatcher")).see(INBOX), "jobs")
    agent = house.person("desk_agent")
    with house.app.app_context(), unit():
        accounts.grant(house.org_id, agent.id, Scope("desk_agent", "site", house.ids["site"]))
        accounts.withdraw(house.org_id, agent.id, Scope("desk_agent", "organisation", house.org_id))

    desk = Desk(house.browser("desk_agent"))

    assert "Work of the server that failed" not in desk.see(INBOX)
    assert "It waits for nobody any more." in said(desk, path)
    assert "Work of the server that failed" in Desk(house.browser("dispatcher")).see(INBOX)


def test_no_key_that_moves_or_goes_decides_anything() -> None:
    """`k` on a card must not keep what it only wanted to leave."""
    keys = {key for choices in attention.SETTLE.values() for _, _, key in choices}
    assert keys & set("jkgne/?") == set()


def test_held_work_that_the_database_refuses_goes_on_waiting_and_can_be_set_aside(
    house: House, tablet: Tablet, second: Tablet, visit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.office()("visit.assign", ("visit", visit), {"engineers": [second.person.id], "lead": second.person.id})
    house.clock.advance(days=20)
    tablet.pull()
    tablet.do("visit.mark", ("visit", visit), {"mark": "travelling"})
    desk = Desk(house.browser("dispatcher"))
    path = action(desk.see(INBOX), "held")
    operation = house.app.extensions["singgah.exchange"].operations["visit.mark", 1]

    def without_a_title(work: Work, op: Operation, args: dict[str, Any]) -> Result:
        work.set("visit", op.entity[1], title=None)
        return applied()

    monkeypatch.setitem(vars(operation), "handle", without_a_title)
    house.app.testing = False

    after = said(desk, path, choice="carry_out")

    assert "Not done: the program failed at it again" in after
    assert "Step: Travelling" in after
    assert "Set aside." in said(desk, path, choice="set_aside", reason="Told by telephone")
    second.sync()
    assert second.value("visit", visit)["title"], "nothing of it was kept"


def test_a_decision_that_means_nothing_is_refused_in_words(desk: Desk, clash: None) -> None:
    path = action(desk.see(INBOX), "conflicts")
    assert "Choose one of the two." in said(desk, path, choice="both")
    assert "Two values for one field" in desk.see(INBOX)


def test_a_way_back_out_of_the_console_is_not_followed(desk: Desk, clash: None) -> None:
    path = action(desk.see(INBOX), "conflicts")
    assert desk.made(path, choice="current", back="https://example.org/") == INBOX


def test_two_signatures_of_a_visit_can_be_told_apart(desk: Desk, tablet: Tablet, second: Tablet, visit: str) -> None:
    Pen(tablet).sign(visit)
    Pen(second).sign(visit, visit_outcome="partly")

    buttons = re.findall(r'<button class="button" data-act="\d">(.*?), \w{3} ', desk.see(INBOX))

    assert sorted(buttons) == ["Engineer 1: Completed, accepted", "Engineer 2: Partly, accepted"]
