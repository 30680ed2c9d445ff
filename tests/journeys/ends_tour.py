"""The tablet beside a new version, after the system has emptied it, and when the office gives it up."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, Route, expect

from tests.journeys.browsers import NETWORK_IS_OFF
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import PIN, Engineer
from tests.journeys.tablet_tour import TO_START, TabletTour

A_VERSION_WAITS = """
if (sessionStorage.getItem('journey') === 'a version waits') {
  const worker = {postMessage: (word, [port] = []) => {
    if (word === 'form') window.answers = (form) => port.postMessage(form);
  }};
  const found = {waiting: worker, installing: null, addEventListener: () => {}, update: async () => {}};
  ServiceWorkerContainer.prototype.register = async () => found;
}"""
A_NEWER_VERSION_WAS_HERE = """() => new Promise((resolve, reject) => {
  const request = indexedDB.open('singgah-people', 99);
  request.onsuccess = () => { request.result.close(); resolve(); };
  request.onerror = () => reject(request.error);
})"""
EMPTY = """async () => {
  const names = (await indexedDB.databases()).map(({name}) => name);
  await Promise.all(names.map((name) => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  })));
}"""


@dataclass
class EndsTour:
    """Goes on where the tour of the tablet has ended."""

    tour: TabletTour

    @property
    def page(self) -> Page:
        return self.tour.page

    @property
    def engineer(self) -> Engineer:
        return self.tour.engineer

    @property
    def dispatcher(self) -> Dispatcher:
        return self.tour.dispatcher

    def a_new_version(self) -> None:
        """One that would not keep everything: it waits, is tried on a copy, and is not used."""
        page = self.page
        page.add_init_script(A_VERSION_WAITS)
        page.evaluate("() => sessionStorage.setItem('journey', 'a version waits')")
        self._starts_anew()
        yes = page.get_by_role("button", name="Use the new version")
        expect(yes, "the question").to_be_visible()
        self.tour.look("today", "new version")
        yes.click()
        expect(page.get_by_role("button", name="Trying it on a copy"), "the trial").to_be_visible()
        self.tour.look("today", "new version on trial")
        page.evaluate("() => window.answers({format: 99, plan: []})")
        expect(page.get_by_text("The new version is not used"), "the end of it").to_be_visible()
        self.tour.look("today", "new version refused")
        page.evaluate("() => sessionStorage.clear()")
        self._starts_anew()

    def _starts_anew(self) -> None:
        self.tour.go("", "Today")
        self.page.reload()
        self.engineer.unlocks()
        self.engineer.comes_in()

    def emptied(self) -> None:
        """A newer version takes the storage from this one; then the system empties it: it is enrolled anew."""
        page = self.page
        self.tour.go("", "Today")
        page.evaluate(A_NEWER_VERSION_WAS_HERE)
        expect(page.get_by_text("Another window has a newer version"), "that the window let go").to_be_visible()
        self.tour.look("today", "storage let go")
        page.reload()
        expect(page.get_by_text("A newer version of the app has been used here"), "why it stays shut").to_be_visible()
        self.tour.look("account_page", "a newer version was here")
        page.evaluate(EMPTY)
        page.reload()
        expect(page.get_by_text("The browser has emptied this tablet"), "that it was emptied").to_be_visible()
        self.tour.look("sign_in", "emptied by the system")
        self.tour.tries_to_sign_in(self.tour.house.passwords[self.engineer.name])
        known = page.get_by_text(re.compile("The office has \\d+ changes of it"))
        expect(known.first, "what had arrived").to_be_visible()
        self.tour.look("choose_pin", "after it was emptied")
        codes = page.get_by_text(re.compile("^Your tablet ")).all_inner_texts()
        for code in codes:
            self.dispatcher.replaces_the_tablet(code.split()[-1])
        self.tour.types(PIN)
        expect(page.get_by_text("The same PIN once more."), "the question again").to_be_visible()
        self.tour.types(PIN)
        characters = page.locator("[data-code]")
        expect(characters, "eight characters").to_be_visible()
        self.dispatcher.confirms_the_tablet(self.tour.full_name, characters.get_attribute("data-code") or "")
        self.engineer.comes_in()

    def given_up(self, ticket: str) -> None:
        """By the office: first it sends what it holds, then it empties itself."""
        page, held = self.page, list[Route]()
        self.engineer.sees_all_sent()
        self.tour.watch.expect(r"status of 403")
        self.tour.watch.expect(NETWORK_IS_OFF)
        page.route("**/api/v1/sync/push", lambda route: route.abort())
        page.route("**/wiped", lambda route: held.append(route))
        self.tour.go(f"ticket/{ticket}", TO_START)
        self.engineer.taps("Add a note")
        page.get_by_role("dialog").get_by_label("Note", exact=True).fill("The last one")
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        self.dispatcher.gives_the_tablet_up(self.tour.full_name)
        expect(self.dispatcher.page.get_by_role("main"), "the order").to_contain_text("Wipe asked for")
        self.engineer.asks_to_sync()
        self.tour.go("", "Today")
        expect(page.get_by_text("The office has given this tablet up"), "what is going to happen").to_be_visible()
        self.tour.look("today", "given up")
        with page.expect_request("**/wiped"):
            page.unroute("**/api/v1/sync/push")
            page.evaluate("() => dispatchEvent(new Event('online'))")
        expect(page.get_by_role("heading", name="This tablet empties itself"), "the end").to_be_visible()
        self.tour.look("account_page", "empties itself")
        held[0].continue_()
        # The tablet stood on its first address: an address that differs by a fragment alone would not start it anew.
        page.wait_for_url("**/app/?given-up")
        expect(page.get_by_text("What was on it was sent"), "why it is empty").to_be_visible()
        self.tour.look("sign_in", "given up")
