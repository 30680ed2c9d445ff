"""The engineer with a tablet, and the client who takes it into their hands. Words are those on the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.journeys.browsers import TabletBrowser

PIN = "481516"
BUTTON = {
    "Travelling": "On my way",
    "At the desk": "I am at the desk",
    "Working": "Start work",
    "Finished": "Work finished",
}
"""What to tap, by the step that it notes."""


@dataclass
class Engineer:
    tablet: TabletBrowser
    name: str
    window: Page | None = None
    """One of several; else the tablet's first."""

    @property
    def page(self) -> Page:
        return self.window or self.tablet.page

    def opens_another_window(self) -> Engineer:
        """The same person at the same tablet, in a second window beside the first."""
        window = self.tablet.another_window()
        there = Engineer(self.tablet, self.name, window)
        there.unlocks()
        return there

    # The door

    def signs_in(self, password: str) -> str:
        """On a fresh tablet, with a PIN of one's own; the eight characters to read to the office."""
        page = self.tablet.open()
        page.get_by_label("Sign-in name").fill(self.name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Choose a PIN"), "the choice of a PIN").to_be_visible()
        self._types_the_pin()
        expect(page.get_by_text("The same PIN once more."), "the question for the PIN again").to_be_visible()
        self._types_the_pin()
        code = page.locator("[data-code]")
        expect(code, "eight characters to compare").to_be_visible()
        return code.get_attribute("data-code") or ""

    def comes_in(self) -> None:
        """The office has confirmed."""
        expect(self.page.get_by_role("heading", level=1, name="Today"), "today's page").to_be_visible(timeout=30_000)

    def unlocks(self) -> None:
        expect(self.page.get_by_role("heading", name="Unlock"), "the question for the PIN").to_be_visible()
        self._types_the_pin()
        expect(self.page.get_by_role("heading", name="Unlock"), "the door to open").to_have_count(0)

    def signs_in_again(self, password: str) -> None:
        """With the tablet open: the work went on without a session, but cannot be sent."""
        self.page.locator(".header__status", has_text="Sign in to send").click()
        self.page.get_by_label("Sign-in name").fill(self.name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_label("Password"), "the way back after signing in").to_have_count(0)

    def _types_the_pin(self) -> None:
        for digit in PIN:
            self.page.get_by_role("button", name=digit, exact=True).click()
        self.page.get_by_role("button", name="Done").click()

    # The exchange with the office

    def sees_all_sent(self) -> None:
        expect(self.page.locator(".header__status"), "everything sent").to_contain_text("All sent", timeout=30_000)

    def sees_waiting(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(".header__status"), "the truth about unsent work").to_contain_text(words)

    def syncs_now(self) -> None:
        self.page.locator(".header__status").click()
        self.page.get_by_role("button", name="Sync now").click()
        expect(self.page.get_by_text("The office has everything that you did."), "everything sent").to_be_visible()
        self.goes_back()

    def asks_to_sync(self) -> None:
        """To the page of the exchange, which stays open."""
        if not self.page.get_by_role("button", name="Sync now").is_visible():
            self.page.locator(".header__status").click()
        self.page.get_by_role("button", name="Sync now").click()

    def goes_back(self) -> None:
        self.page.get_by_role("button", name="Back", exact=True).click()

    # The last way out

    def saves_unsent_work(self, place: Path) -> Path:
        """Into a file that the browser downloads."""
        self.page.locator(".header__status").click()
        self.page.get_by_role("link", name="Save unsent work to a file").click()
        with self.page.expect_download() as coming:
            self.page.get_by_role("button", name="Save to a file").click()
        coming.value.save_as(place)
        expect(self.page.get_by_text("Saved: a file of"), "word of the saved file").to_be_visible()
        return place

    def saves_unsent_work_from_the_door(self, place: Path) -> Path:
        """The same from a locked tablet, for its PIN; then back to the door."""
        self.page.get_by_role("button", name="Save unsent work to a file").click()
        with self.page.expect_download() as coming:
            self._types_the_pin()
        coming.value.save_as(place)
        self.page.get_by_role("button", name="Back to unlocking").click()
        return place

    # The visit

    def opens_the_visit(self, title: str) -> None:
        self.page.get_by_role("link", name=title).first.click()
        expect(self.page.get_by_role("heading", name="Checklists"), f"the visit {title}").to_be_visible()

    def goes_to(self, path: str, heading: str) -> None:
        """To an address inside the app, without starting it anew."""
        self.page.evaluate("(path) => history.pushState({inside: true}, '', path)", f"/app/{path}")
        self.page.evaluate("() => dispatchEvent(new PopStateEvent('popstate'))")
        expect(self.page.get_by_role("heading", name=heading).first, heading).to_be_visible()

    def taps(self, *buttons: str) -> None:
        for name in buttons:
            self.page.get_by_role("button", name=name, exact=True).click()

    def notes_the_steps(self, *steps: str) -> None:
        """Of an ordinary day, by the big button; each appears among the visit's steps."""
        for step in steps:
            self.taps(BUTTON[step])
            marks = self.page.locator(".card", has=self.page.get_by_role("heading", name="Steps"))
            expect(marks.get_by_text(step, exact=True), f"the step {step} kept").to_be_visible()

    # A checklist

    def opens_the_checklist(self, title: str) -> None:
        self.page.get_by_role("link", name=title).click()
        expect(self.page.get_by_role("heading", level=1, name=title), f"the checklist {title}").to_be_visible()

    def item(self, label: str) -> Locator:
        return self.page.get_by_role("article", name=label, exact=True)

    def chooses(self, label: str, option: str) -> None:
        self.item(label).get_by_role("radio", name=option, exact=True).check()

    def measures(self, label: str, value: str) -> None:
        field = self.item(label).locator(".item__answer").locator("input, textarea")
        field.fill(value)
        field.blur()
        expect(self.item(label).get_by_label("To answer"), f"{value} kept as {label}").to_have_count(0)

    def scans_the_tag(self, label: str) -> None:
        """The tag that the record names, as the sticker on the device says it too."""
        recorded = self.item(label).get_by_text("On record:").inner_text()
        self.measures(label, recorded.removeprefix("On record:").strip())
        expect(self.item(label).get_by_text("Same as on record"), "the right device").to_be_visible()

    def remarks(self, label: str, words: str) -> None:
        field = self.item(label).get_by_label("Remark", exact=True)
        field.fill(words)
        field.blur()
        expect(self.item(label).get_by_text("Remark due"), f"the remark of {label}").to_have_count(0)

    def photographs(self, label: str, picture: bytes) -> None:
        file: FilePayload = {"name": "IMG_0042.jpg", "mimeType": "image/jpeg", "buffer": picture}
        self.item(label).locator("input[type=file][capture]").set_input_files(file)
        expect(self.item(label).get_by_text("To send"), f"the photo of {label} kept").to_be_visible()

    def makes_a_follow_up(self, label: str) -> None:
        self.item(label).get_by_role("button", name="Make a follow-up ticket").click()
        sheet = self.page.get_by_role("dialog", name="New ticket")
        sheet.get_by_role("button", name="Make the ticket").click()
        expect(self.item(label).get_by_role("link", name="Follow-up"), f"the follow-up of {label}").to_be_visible()

    def finishes_the_checklist(self) -> None:
        self.taps("Complete: back to the visit")
        expect(self.page.get_by_role("heading", name="Checklists"), "the visit").to_be_visible()

    def leaves_the_checklist(self) -> None:
        self.goes_back()
        expect(self.page.get_by_role("heading", name="Checklists"), "the visit").to_be_visible()

    def notes(self, words: str) -> None:
        """Something for colleagues, on the page of the visit."""
        self.page.get_by_label("New note for colleagues").fill(words)
        self.taps("Save the note")
        expect(self.page.locator(".entry", has_text=words), "the note kept").to_be_visible()

    # A ticket

    def resolves_the_ticket(self, title: str, *, cause: str, action: str) -> None:
        self.page.get_by_role("link", name=title).click()
        self.taps("Start", "Resolve")
        sheet = self.page.get_by_role("dialog", name="Resolve")
        sheet.get_by_label("Cause").fill(cause)
        sheet.get_by_label("What was done").fill(action)
        sheet.get_by_role("radio", name="30 min", exact=True).check()
        sheet.get_by_role("button", name="Resolve").click()
        expect(self.page.get_by_text("Resolved", exact=True).first, "a resolved ticket").to_be_visible()
        self.goes_back()

    # The hand-over

    def prepares_the_sign_off(self, language: str) -> None:
        self.taps("Sign-off with the client")
        self.page.get_by_role("radio", name=language, exact=True).check()
        self.taps("Hand the tablet to the client")


@dataclass
class ChineseClient:
    """Reads and signs in Chinese with the engineer's tablet in hand."""

    page: Page

    def reads(self) -> str:
        page = self.page.locator("article.shown")
        expect(page, "the page to be signed, in Chinese").to_contain_text(re.compile("[一-鿿]{2}"))
        return page.inner_text()

    def signs(self, contact: str) -> str:
        """Choose one's name, draw a signature; the receipt's code."""
        self.page.get_by_role("button", name="签名").click()
        self.page.get_by_role("radio", name=contact).check()
        expect(self.page.get_by_label("姓名"), "the contact's name").not_to_have_value("")
        self._draws()
        self.page.get_by_role("button", name="签名").click()
        receipt = self.page.locator("[data-receipt]")
        expect(receipt, "the receipt").to_be_visible(timeout=30_000)
        return receipt.get_attribute("data-receipt") or ""

    def gives_it_back(self) -> None:
        self.page.get_by_role("button", name="交还工程师").click()

    def _draws(self) -> None:
        pad = self.page.locator("canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box is not None
        x, y, w, h = box["x"], box["y"], box["width"], box["height"]
        for row in (0.3, 0.6):
            self.page.mouse.move(x + w * 0.2, y + h * row)
            self.page.mouse.down()
            for step in range(1, 13):
                self.page.mouse.move(x + w * (0.2 + 0.05 * step), y + h * (row + (0.12 if step % 2 else -0.08)))
            self.page.mouse.up()
        expect(self.page.locator("canvas[data-ink=drawn]"), "the drawn signature").to_be_visible()
