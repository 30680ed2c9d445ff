"""A walk through every page of the console, the portal and the public pages: states.OFFICE."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.journeys.browsers import Watch, window
from tests.journeys.house import House
from tests.journeys.looking import Looking
from tests.journeys.states import DIRECTORY

SHOWN = {
    "visits": "<uuid:visit_id>",
    "tickets": "<uuid:ticket_id>",
    "devices": "<uuid:device_id>",
    "checklists": "<uuid:checklist_id>",
}
NOTHING = "q=zzzzzz"
REFUSED = r"status of (401|404|422)"
"""Forms with errors and pages that are not there say so with their status; Chromium complains of each."""


@dataclass
class OfficeTour:
    house: House
    watch: Watch
    page: Page
    """Of an administrator, signed in."""
    looking: Looking

    def look(self, rule: str, state: str, path: str, heading: int = 1) -> None:
        self.page.goto(path)
        expect(self.page.get_by_role("heading", level=heading).first, f"{path}, {state}").to_be_visible()
        self.looking.at(self.page, rule, state)

    def first_of(self, place: str) -> str:
        """The address of the first row's page."""
        self.page.goto(f"/console/{place}")
        return str(self.page.locator("tr[data-href]").first.get_attribute("data-href"))

    def home(self) -> None:
        self.look("/console/", "full", "/console/")
        self.page.keyboard.press("?")
        expect(self.page.get_by_role("dialog", name="Keys"), "the list of keys").to_be_visible()
        self.looking.at(self.page, "/console/", "the list of keys")
        self.look("/console/find", "found", "/console/find?q=a")
        self.look("/console/find", "nothing found", f"/console/find?{NOTHING}")

    def attention(self, state: str) -> None:
        self.look("/console/attention", state, "/console/attention")

    def much_waits(self) -> None:
        """In an office where something of each kind does."""
        self.attention("one of each")
        self.look("/console/devices", "one to worry about", "/console/devices")

    def two_values(self, visit: str) -> None:
        self.look("/console/visits/<uuid:visit_id>", "two values", visit)
        self.look("/console/visits/<uuid:visit_id>/history", "full", f"{visit}/history")

    def work(self, assigned: str, signed: str) -> None:
        for place in ("visits", "tickets"):
            self.look(f"/console/{place}", "full", f"/console/{place}")
            self.look(f"/console/{place}", "nothing found", f"/console/{place}?{NOTHING}")
            self.form(place)
        self.look("/console/visits/<uuid:visit_id>", "assigned", assigned)
        self.look("/console/visits/<uuid:visit_id>", "signed", signed)
        ticket = self.first_of("tickets")
        self.look("/console/tickets/<uuid:ticket_id>", "full", ticket)
        self.look("/console/tickets/<uuid:ticket_id>/edit", "full", f"{ticket}/edit")
        self.look("/console/tickets/<uuid:ticket_id>/history", "full", f"{ticket}/history")
        for place in ("devices", "checklists"):
            self.look(f"/console/{place}", "full", f"/console/{place}")
            self.look(f"/console/{place}/{SHOWN[place]}", "full", self.first_of(place))
        self.rescue()

    def rescue(self) -> None:
        """Where a tablet's file is brought in; and a file that is none."""
        path = "/console/devices/rescue"
        self.look(path, "empty", path)
        wrong: FilePayload = {"name": "x.singgah-rescue", "mimeType": "application/octet-stream", "buffer": b"nothing"}
        self.page.get_by_label("The file").set_input_files(wrong)
        self.page.get_by_role("button", name="Import").click()
        expect(self.page.locator(".message.fail"), "the refusal").to_be_visible()
        self.looking.at(self.page, path, "wrong file")

    def form(self, place: str) -> None:
        """Empty, and sent without what is needed."""
        path = f"/console/{place}/new"
        self.look(path, "empty", path)
        self.page.locator("form.entry").evaluate("(form) => { form.noValidate = true; }")
        self.page.locator("form.entry .actions button").click()
        expect(self.page.locator(".message.fail"), f"what {path} lacks").to_be_visible()
        self.looking.at(self.page, path, "errors")

    def directory(self) -> None:
        for place in DIRECTORY:
            self.look(f"/console/{place}", "full", f"/console/{place}")
            self.look(f"/console/{place}", "nothing found", f"/console/{place}?{NOTHING}")
            self.form(place)
            first = self.first_of(place)
            self.look(f"/console/{place}/<uuid:row_id>", "full", first)
            self.look(f"/console/{place}/<uuid:row_id>/edit", "full", f"{first}/edit")
            self.look(f"/console/{place}/<uuid:row_id>/history", "full", f"{first}/history")

    def access(self) -> None:
        """What an administrator gives a person; a password that is too short."""
        rule = "/console/people/<uuid:person_id>/access"
        path = f"{self.first_of('people')}/access"
        self.look(rule, "with an account", path)
        password = self.page.locator(f"form[action='{path}/password']")
        for summary in self.page.locator("main details:not([open]) > summary").all():
            summary.click()
        password.get_by_label("Password").fill("short")
        password.get_by_role("button").click()
        expect(self.page.locator(".message.fail"), "what is wrong with it").to_be_visible()
        self.looking.at(self.page, rule, "errors")

    def sign_in_page(self, browser: Browser) -> None:
        page = window(browser.new_context, self.watch, self.house.url).new_page()
        page.goto("/sign-in")
        self.looking.at(page, "/sign-in", "empty")
        page.get_by_label("Name").fill("client")
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert"), "the refusal").to_be_visible()
        self.looking.at(page, "/sign-in", "wrong password")
        page.context.close()


@dataclass
class PortalTour:
    page: Page
    looking: Looking

    def signs_in(self, password: str) -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("Name").fill("client")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page, "the portal").to_have_url("/portal/")

    def visits(self, state: str) -> None:
        self.page.goto("/portal/")
        self.looking.at(self.page, "/portal/", state)

    def in_three_languages(self, visit: str) -> None:
        for state, language in (("", "en"), ("Malay", "ms"), ("Chinese", "zh")):
            self.page.goto(f"/portal/?lang={language}")
            self.looking.at(self.page, "/portal/", state or "full")
            self.page.goto(f"/portal/visits/{visit}")
            self.looking.at(self.page, "/portal/visits/<uuid:visit_id>", state or "signed")

    def public_pages(self, report: str) -> None:
        self.page.goto(report)
        self.looking.at(self.page, "/r/<public_id>", "known")
        self.page.goto("/r/aaaaaaaaaaaaaaaaaaaaaaaaaa")
        self.looking.at(self.page, "/r/<public_id>", "unknown")
