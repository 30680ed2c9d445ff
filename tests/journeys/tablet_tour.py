"""A walk with a tablet through every screen and state of states.TABLET."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.journeys.browsers import Watch, window
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import PIN, ChineseClient, Engineer
from tests.journeys.house import House
from tests.journeys.looking import Looking
from tests.journeys.pictures import photo_with_place

NOWHERE = "01900000-0000-7000-8000-000000000000"
LONG = "Überlange_Überschrift_ohne_Leerzeichen " + "the quick brown fox jumps over the lazy dog " * 3
FAILING = "No alarm on the display"
TO_START = "A fan that rattles"
MOVE = """(path) => {
  history.pushState({inside: true}, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}"""
SET_CLOCK_ON = """(days) => {
  const real = Date.now;
  window.clockIsRight = () => { Date.now = real; };
  Date.now = () => real() + days * 86_400_000;
  dispatchEvent(new Event('pointerdown'));  // somebody is here: it does not lock
}"""
SET_CLOCK_BACK = "() => { window.clockIsRight(); dispatchEvent(new Event('pointerdown')); }"
LANGUAGES = {"Malay": "Bahasa Melayu", "Chinese": "中文"}


@dataclass
class TabletTour:
    house: House
    watch: Watch
    engineer: Engineer
    full_name: str
    dispatcher: Dispatcher
    looking: Looking

    @property
    def page(self) -> Page:
        return self.engineer.page

    def look(self, screen: str, state: str) -> None:
        self.looking.at(self.page, screen, state)

    def go(self, path: str, heading: str = "") -> None:
        """To an address inside the app, without starting it anew."""
        self.page.evaluate(MOVE, f"/app/{path}")
        if heading:
            expect(self.page.get_by_role("heading", name=heading).first, heading).to_be_visible()

    def before_the_door(self, browser: Browser) -> None:
        tab = window(browser.new_context, self.watch, self.house.url).new_page()
        tab.goto("/app/")
        expect(tab.get_by_role("heading", name="Not in this browser"), "the refusal").to_be_visible()
        self.looking.at(tab, "refused", "in a browser's tab")
        tab.context.close()
        page = self.engineer.tablet.open()
        expect(page.get_by_role("heading", name="Sign in"), "the door").to_be_visible()
        self.look("sign_in", "first time")
        self.watch.expect(r"/api/v1/session.*status of 401")
        self.tries_to_sign_in("not the password")
        expect(page.get_by_text("Name or password is wrong."), "the refusal").to_be_visible()
        self.look("sign_in", "wrong password")
        self.house.network.refuse()
        self.tries_to_sign_in("whatever")
        expect(page.get_by_text("The server does not answer."), "the trouble").to_be_visible()
        self.look("sign_in", "no network")
        self.house.network.accept()

    def tries_to_sign_in(self, password: str) -> None:
        self.page.get_by_label("Sign-in name").fill(self.engineer.name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def in_through_the_door(self) -> None:
        page = self.page
        self.tries_to_sign_in(self.house.passwords[self.engineer.name])
        expect(page.get_by_role("heading", name="Choose a PIN"), "the choice of a PIN").to_be_visible()
        self.look("choose_pin", "first")
        self.types(PIN)
        expect(page.get_by_text("The same PIN once more."), "the question again").to_be_visible()
        self.look("choose_pin", "again")
        self.types(PIN[::-1])
        expect(page.get_by_text("The two PINs differ."), "that they differ").to_be_visible()
        self.look("choose_pin", "the two differ")
        self.types(PIN)
        self.types(PIN)
        code = page.locator("[data-code]")
        expect(code, "eight characters").to_be_visible()
        self.look("waiting", "for the office")
        self.dispatcher.confirms_the_tablet(self.full_name, code.get_attribute("data-code") or "")
        self.engineer.comes_in()
        self.look("today", "nothing to do")

    def types(self, pin: str) -> None:
        for digit in pin:
            self.page.get_by_role("button", name=digit, exact=True).click()
        self.page.get_by_role("button", name="Done").click()

    def lists(self, site: str) -> None:
        page = self.page
        self.engineer.syncs_now()
        expect(page.get_by_role("link", name=site).first, "the visit").to_be_visible()
        self.look("today", "full")
        page.get_by_label("Search").fill(site)
        expect(page.get_by_role("heading", name="Sites"), "what was found").to_be_visible()
        self.look("today", "found")
        page.get_by_label("Search").fill("zzzzzz")
        expect(page.get_by_text("Nothing found on this tablet"), "nothing").to_be_visible()
        self.look("today", "nothing found")
        page.get_by_label("Search").fill("")

    def the_visit(self, site: str) -> None:
        self.engineer.opens_the_visit(site)
        self.look("visit", "assigned")
        self.engineer.notes_the_steps("Travelling", "At the desk", "Working")
        self.look("visit", "under way")
        self.engineer.notes(LONG)
        self.look("visit", "long text")
        self.go(f"visit/{NOWHERE}", "This visit is not on this tablet")
        self.look("visit", "gone")
        self.page.go_back()

    def a_checklist(self, checklist: str) -> None:
        engineer, page = self.engineer, self.page
        engineer.opens_the_checklist(checklist)
        self.look("run", "empty")
        engineer.chooses(FAILING, "Fail")
        self.look("run", "failed item")
        field = engineer.item("Load").locator(".item__answer").locator("input")
        field.fill("a lot")
        field.blur()
        expect(engineer.item("Load").get_by_role("alert"), "the fault").to_contain_text("Write digits")
        self.look("run", "wrong number")
        engineer.measures("Load", "64")
        engineer.photographs(FAILING, photo_with_place("ALARM"))
        engineer.item(FAILING).locator(".thumb__open").first.click()
        expect(page.get_by_role("dialog"), "the photo, large").to_be_visible()
        self.look("run", "photo")
        page.keyboard.press("Escape")
        engineer.remarks(FAILING, LONG)
        engineer.leaves_the_checklist()
        self.go(f"run/{NOWHERE}", "This checklist is not on this tablet")
        self.look("run", "gone")
        page.go_back()

    def a_ticket(self, title: str) -> None:
        page = self.page
        page.get_by_role("link", name=title).first.click()
        expect(page.get_by_role("heading", name=title), "the ticket").to_be_visible()
        self.look("ticket", "new")
        for state, button in (("resolve", "Resolve"), ("wait", "Put on wait"), ("note", "Add a note")):
            self.engineer.taps(button)
            expect(page.get_by_role("dialog"), f"the sheet to {state}").to_be_visible()
            self.look("ticket", state)
            page.keyboard.press("Escape")
        self.engineer.taps("Add a note")
        page.get_by_role("dialog").get_by_label("Note", exact=True).fill(LONG)
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog"), "the closed sheet").to_have_count(0)
        self.look("ticket", "long text")
        self.engineer.goes_back()
        self.engineer.resolves_the_ticket(title, cause="Loose cord", action="Fixed it")
        page.get_by_role("link", name=title).first.click()
        expect(page.get_by_role("heading", name=title), "the ticket").to_be_visible()
        self.look("ticket", "resolved")
        self.engineer.goes_back()
        self.go(f"ticket/{NOWHERE}", "This ticket is not on this tablet")
        self.look("ticket", "gone")
        page.go_back()

    def two_opinions(self, visit: str, colleague: str, ticket: str) -> None:
        """A colleague answered otherwise, and the desk started a ticket that is started here without a network."""
        page = self.page
        self.go(f"conflicts/{visit}", "Two values")
        self.look("conflicts", "nothing")
        self.house.a_colleague_answers_otherwise(colleague, visit)
        self.house.network.refuse()
        self.go(f"ticket/{ticket}", TO_START)
        self.engineer.taps("Start")
        self.dispatcher.starts_the_ticket(ticket)
        self.house.network.accept()
        self.go("sync", "Sync")
        page.get_by_role("button", name="Sync now").click()
        expect(page.get_by_role("heading", name="Needs attention"), "what the office did not take").to_be_visible()
        self.look("sync", "attention")
        self.go(f"conflicts/{visit}", "Two values")
        expect(page.get_by_text("The office decides"), "who decides").to_be_visible()
        self.look("conflicts", "two values")

    def two_places(self, site: str, colleague: str) -> None:
        """Of an asset, which is of no visit: whose word came second is shown both."""
        self.house.two_say_where_an_asset_stands(site, colleague, self.engineer.name)
        self.engineer.asks_to_sync()
        self.go("conflicts", "Two values")
        expect(self.page.get_by_text("Rack 2, at the top"), "the other value").to_be_visible()
        self.look("conflicts", "of no visit")

    def after_the_decision(self, visit: str) -> None:
        self.go("sync", "Sync")
        self.page.get_by_role("button", name="Sync now").click()
        expect(self.page.get_by_role("heading", name="Decided by the office"), "the decision").to_be_visible()
        self.look("sync", "decided")
        self.go(f"conflicts/{visit}", "Two values")
        self.look("conflicts", "decided")
        self.go("", "Today")

    def the_site(self, site: str) -> None:
        self.go(f"site/{site}", "Devices here")
        self.look("site", "full")
        self.page.locator(f"a[href^='/app/site/{site}/']").first.click()
        expect(self.page.get_by_text("Serial number").first, "the asset").to_be_visible()
        self.look("site", "asset")
        self.go(f"site/{NOWHERE}", "This site is not on this tablet")
        self.look("site", "gone")
        self.go("", "Today")

    def small_screens(self) -> None:
        page = self.page
        for screen, state, path, heading in (
            ("more", "full", "more", "More"),
            ("unplanned", "empty", "unplanned", "Unplanned visit"),
            ("walk_up", "empty", "walk_up", "Since you are here"),
            ("sign_in_again", "with the tablet open", "sign_in", "Sign in"),
            ("missing", "no such page", "nowhere", "No such page"),
        ):
            self.go(path, heading)
            self.look(screen, state)
        self.go("walk_up", "Since you are here")
        page.get_by_role("radio", name="Yes").check()
        self.look("walk_up", "solved")
        self.go("", "Today")

    def in_other_languages(self, paths: dict[str, str]) -> None:
        """`paths`: the address of each screen that is looked at in each language."""
        for language, named in LANGUAGES.items():
            self.go("more")
            self.page.get_by_role("radio", name=named).check()
            for screen, path in paths.items():
                self.go(path)
                expect(self.page.get_by_role("heading", level=1), f"{screen} in {language}").to_be_visible()
                self.look(screen, language)
        self.go("more")
        self.page.get_by_role("radio", name="English").check()

    def without_network(self) -> None:
        self.house.network.refuse()
        self.go("", "Today")
        self.engineer.tablet.close()
        self.engineer.tablet.open()
        expect(self.page.get_by_role("heading", name="Unlock"), "the door").to_be_visible()
        self.look("unlock", "locked")
        self.types("000000")
        expect(self.page.get_by_text("Wrong PIN"), "the refusal").to_be_visible()
        self.look("unlock", "wrong PIN")
        self.page.get_by_role("button", name="Save unsent work to a file").click()
        expect(self.page.get_by_text("If this tablet no longer opens"), "the last way out").to_be_visible()
        self.look("rescue_door", "asks for the PIN")
        self.page.get_by_role("button", name="Back to unlocking").click()
        self.types(PIN)
        self.engineer.comes_in()
        self.look("today", "offline")
        self.too_long()
        self.go("sync", "Sync")
        self.look("sync", "offline")
        self.house.network.accept()
        self.page.get_by_role("button", name="Sync now").click()
        expect(self.page.get_by_text("The office has everything that you did."), "everything sent").to_be_visible()
        self.look("sync", "all sent")
        self.before_leaving()

    def before_leaving(self) -> None:
        """The departure check, and the file for a tablet that cannot send any more."""
        self.go("readiness", "Departure check")
        expect(self.page.locator(".readiness"), "what was checked").to_be_visible()
        self.look("readiness", "checked")
        self.go("rescue", "Save unsent work")
        self.look("rescue", "nothing waits")
        with self.page.expect_download() as coming:
            self.page.get_by_role("button", name="Save to a file").click()
        expect(self.page.get_by_text("Saved: a file of"), "word of the file").to_be_visible()
        self.look("rescue", "saved")
        self.go("bring_in", "Bring in a rescue file")
        self.look("bring_in", "empty")
        self._brings_in(b"a holiday picture")
        expect(self.page.get_by_text("This is not a rescue file"), "word of the wrong file").to_be_visible()
        self.look("bring_in", "wrong file")
        self._brings_in(coming.value.path().read_bytes())
        expect(self.page.get_by_text("The file was read"), "word of the file").to_be_visible()
        self.look("bring_in", "done")

    def too_long(self) -> None:
        """Without the office, by the tablet's clock, which is set right again."""
        self.page.evaluate(SET_CLOCK_ON, 15)
        self.go("today", "Too long without the office")
        self.look("lease", "over")
        self.page.evaluate(SET_CLOCK_BACK)
        self.go("", "Today")

    def _brings_in(self, content: bytes) -> None:
        file: FilePayload = {"name": "x.singgah-rescue", "mimeType": "application/octet-stream", "buffer": content}
        self.page.locator("input[type=file]").set_input_files(file)

    def the_sign_off(self, visit: str, contact: str) -> None:
        page = self.page
        self.go(f"visit/{visit}", "Checklists")
        self.engineer.notes_the_steps("Finished")
        self.engineer.taps("Sign-off with the client")
        expect(page.get_by_text("The client’s language"), "the preparation").to_be_visible()
        self.look("sign", "prepare")
        self.engineer.taps("Nobody is here to sign")
        self.look("sign", "nobody")
        page.keyboard.press("Escape")
        page.get_by_role("radio", name="中文", exact=True).check()
        self.engineer.taps("Hand the tablet to the client")
        client = ChineseClient(page)
        client.reads()
        self.look("sign", "client reads")
        self.engineer.taps("我不签")
        self.look("sign", "client refuses")
        self.engineer.taps("重新阅读")
        self.engineer.taps("签名")
        expect(page.locator("canvas"), "where to draw").to_be_visible()
        self.look("sign", "client signs")
        self.engineer.taps("签名")
        self.look("sign", "client errs")
        self.engineer.taps("重新阅读")
        client.signs(contact)
        self.look("sign", "receipt")
        client.gives_it_back()
        self.engineer.unlocks()

    def after_the_sign_off(self, visit: str, run: str) -> None:
        for screen, state, path in (("visit", "signed", "visit"), ("sign", "done", "sign")):
            self.go(f"{path}/{visit}")
            expect(self.page.get_by_role("heading", level=1), f"the {screen} afterwards").to_be_visible()
            self.look(screen, state)
        self.go(f"run/{run}")
        expect(self.page.get_by_text("The visit is signed"), "that it is signed").to_be_visible()
        self.look("run", "signed")
        self.engineer.syncs_now()

    def signed_out(self) -> None:
        """The session ended at the server's side; what is saved stays."""
        assert self.engineer.tablet.context is not None
        self.engineer.tablet.context.clear_cookies()
        self.go("sync", "Sync")
        self.page.get_by_role("button", name="Sync now").click()
        expect(self.page.get_by_text("You are signed out"), "that the session ended").to_be_visible()
        self.look("sync", "signed out")

    def copied(self) -> None:
        """The server finds that two copies of this storage are at work; the tablet becomes a device of its own."""
        self.go("sign_in", "Sign in")
        self.tries_to_sign_in(self.house.passwords[self.engineer.name])
        expect(self.page.get_by_role("heading", name="Sync"), "the way back").to_be_visible()
        self.watch.expect(r"/api/v1/(sync|devices|blobs).*status of (401|403|404|409)")
        problem = {"type": "about:blank", "status": 409, "code": "device_forked", "title": "An old copy is running."}
        self.page.route(
            "**/api/v1/sync/pull",
            lambda route: route.fulfill(status=409, json=problem, content_type="application/problem+json"),
            times=1,
        )
        self.page.get_by_role("button", name="Sync now").click()
        status = self.page.get_by_text("This tablet must be confirmed again")
        expect(status, "the truth").to_be_visible()
        status.click()
        expect(self.page.get_by_text("Waiting for the office to confirm"), "that it is enrolled").to_be_visible()
        self.look("readmission", "copied")
        code = self.page.locator("[data-code]").get_attribute("data-code") or ""
        self.dispatcher.confirms_the_tablet(self.full_name, code)
        self.page.get_by_role("button", name="Ask now").click()
        expect(self.page.get_by_text("This tablet is confirmed"), "the office's word").to_be_visible()
        self.look("readmission", "confirmed")
