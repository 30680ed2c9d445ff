"""axe-core finds nothing on any screen in any of its states, and no screen is forgotten."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright

from backend.app import create_app
from backend.core.config import Config
from backend.install.steps import ROOT
from tests import makers
from tests.journeys import busy_office, outsiders, states
from tests.journeys.browsers import NETWORK_IS_OFF, Watch, office_browser, window
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.ends_tour import EndsTour
from tests.journeys.engineer import Engineer
from tests.journeys.house import House
from tests.journeys.looking import Looking
from tests.journeys.office_tour import REFUSED, OfficeTour, PortalTour
from tests.journeys.tablet_tour import FAILING, TO_START, TabletTour

SITE, CONTACT = "Senai plant", "Siti Hajar binti Salleh"
COLLEAGUE = "siewling"
ENGINEER, FULL_NAME = "hafiz", "Muhammad Hafiz bin Osman"
CHECKLIST, TICKET = "UPS and power check", "Switch in the plant restarts"
FEATURES = ROOT / "pwa" / "src" / "features"


def last_of(address: str) -> str:
    return urlsplit(address).path.rpartition("/")[2]


@pytest.fixture(scope="module")
def looking() -> Looking:
    return Looking()


@pytest.fixture(scope="module")
def browser(office: BrowserContext) -> Browser:
    assert office.browser is not None
    return office.browser


@pytest.fixture(scope="module")
def visit(
    house: House,
    watch: Watch,
    dispatcher: Dispatcher,
    engineer: Callable[..., Engineer],
    browser: Browser,
    looking: Looking,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """The whole tour of the tablet; the console's address of the visit that was signed on it."""
    watch.expect(NETWORK_IS_OFF)
    watch.expect(REFUSED)
    walker = engineer(ENGINEER)
    tour = TabletTour(house, watch, walker, FULL_NAME, dispatcher, looking)
    tour.before_the_door(browser)
    tour.in_through_the_door()
    portal = PortalTour(window(browser.new_context, watch, house.url).new_page(), looking)
    portal.signs_in(house.passwords["client"])
    portal.visits("nothing yet")

    ticket = dispatcher.takes_a_ticket(SITE, TICKET)
    starts = house.now() + timedelta(minutes=10)
    planned = dispatcher.plans_a_visit(
        SITE, "Quarterly check", starts, engineer=FULL_NAME, checklist=CHECKLIST, ticket=ticket
    )
    office_tour = OfficeTour(house, watch, dispatcher.page, looking)
    office_tour.attention("nothing waits")
    dispatcher.takes_a_ticket(SITE, TO_START)
    rattles = last_of(office_tour.first_of(f"tickets?q={TO_START}"))
    tour.lists(SITE)
    tour.the_visit(SITE)
    run = last_of(str(walker.page.get_by_role("link", name=CHECKLIST).get_attribute("href")))
    asked = walker.page.get_by_role("link", name=TICKET).first.get_attribute("href")
    tour.a_checklist(CHECKLIST)
    tour.a_ticket(TICKET)
    site = site_of(dispatcher)
    tour.the_site(site)
    tour.small_screens()
    tour.two_places(site, COLLEAGUE)
    visit_id = last_of(planned)
    tour.two_opinions(visit_id, COLLEAGUE, rattles)
    office_tour.attention("full")
    office_tour.two_values(planned)
    paths = {name: name for name in ("sync", "more", "unplanned", "walk_up", "rescue", "bring_in", "readiness")}
    ticket_path = str(asked).removeprefix("/app/")
    paths |= {
        "today": "",
        "visit": f"visit/{visit_id}",
        "run": f"run/{run}",
        "ticket": ticket_path,
        "site": f"site/{site}",
        "conflicts": f"conflicts/{visit_id}",
    }
    tour.in_other_languages(paths)
    dispatcher.decides_by_keyboard(FAILING, "1")
    dispatcher.sets_aside("Start the ticket", "The desk had started it already")
    tour.after_the_decision(visit_id)
    ends = EndsTour(tour)
    ends.a_new_version()
    tour.without_network()
    tour.the_sign_off(visit_id, CONTACT)
    tour.after_the_sign_off(visit_id, run)
    tour.signed_out()
    tour.copied()
    ends.emptied()
    ends.given_up(rattles)

    report = tmp_path_factory.mktemp("report") / "report.pdf"
    report.write_bytes(dispatcher.opens_the_report(planned))
    printed = outsiders.told("pdftotext", "-raw", report, "-")
    portal.in_three_languages(visit_id)
    portal.public_pages(re.findall(r"/r/[a-z2-7]{26}", printed)[0])
    return planned


def site_of(dispatcher: Dispatcher) -> str:
    dispatcher.page.goto(f"/console/sites?q={SITE}")
    return last_of(str(dispatcher.page.locator("tr[data-href]").first.get_attribute("data-href")))


@pytest.fixture(scope="module")
def everything_seen(
    house: House, watch: Watch, dispatcher: Dispatcher, browser: Browser, looking: Looking, visit: str
) -> Looking:
    page = window(browser.new_context, watch, house.url).new_page()
    admin = Dispatcher(page)
    admin.signs_in("admin", house.passwords["admin"])
    ticket = dispatcher.takes_a_ticket(SITE, "A second one")
    starts = house.now() + timedelta(days=1)
    assigned = dispatcher.plans_a_visit(
        SITE, "Another check", starts, engineer=FULL_NAME, checklist=CHECKLIST, ticket=ticket
    )
    tour = OfficeTour(house, watch, page, looking)
    tour.home()
    tour.work(assigned, visit)
    tour.directory()
    tour.access()
    tour.sign_in_page(browser)
    busy = Dispatcher(window(browser.new_context, watch, house.url).new_page())
    busy.signs_in(busy_office.opened(house), makers.PASSWORD)
    OfficeTour(house, watch, busy.page, looking).much_waits()
    return looking


def test_axe_finds_nothing_on_any_screen_in_any_state(everything_seen: Looking) -> None:
    assert not everything_seen.faults, "\n".join(everything_seen.faults)


def test_every_state_of_the_list_was_looked_at(everything_seen: Looking) -> None:
    listed = {
        (screen, state) for screens in (states.TABLET, states.OFFICE) for screen in screens for state in screens[screen]
    }
    assert everything_seen.seen == listed


def missing_screens(files: list[Path]) -> set[str]:
    """Screens of the tablet, by their files, that the list of states does not name."""
    names = {path.name.removesuffix("_screen.tsx") for path in files}
    return {states.SCREEN_FILES.get(name, name) for name in names} - set(states.TABLET)


def missing_pages(rules: list[str]) -> set[str]:
    """Doors that answer a GET and are neither looked at nor known to be no page."""
    pages = {rule for rule in rules if not rule.startswith("/api/")}
    return pages - set(states.OFFICE) - set(states.NO_PAGE)


def test_every_screen_of_the_tablet_is_in_the_list() -> None:
    files = sorted(FEATURES.glob("*/*_screen.tsx"))
    assert len(files) > 5
    assert missing_screens(files) == set()
    assert missing_screens([*files, Path("weather_screen.tsx")]) == {"weather"}


def test_every_page_of_the_office_and_the_clients_is_in_the_list(tmp_path: Path) -> None:
    app = create_app(Config.from_env({"DATA_DIR": str(tmp_path)}))
    rules = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    assert missing_pages(rules) == set()
    assert missing_pages([*rules, "/console/weather"]) == {"/console/weather"}
    assert set(states.OFFICE) | set(states.NO_PAGE) <= set(rules), "a page of the list is gone"


def test_a_page_with_faults_is_found_out(playwright: Playwright, watch: Watch, house: House) -> None:
    with office_browser(playwright, watch, house.url, house.program.port) as context:
        page = context.new_page()
        page.set_content(
            "<title>x</title><main><h1>Hello</h1><img src='data:,'><div style='width:3000px'>wide</div></main>"
        )
        looking = Looking()
        looking.at(page, "broken", "on purpose")
        assert any(re.search("image-alt", fault) for fault in looking.faults)
        assert any("wider than the screen" in fault for fault in looking.faults)
