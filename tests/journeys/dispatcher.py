"""The dispatcher in the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsers import until

LOCAL = timedelta(hours=8)


def typed(moment: datetime) -> str:
    """A moment as a datetime-local field wants it, in Singapore."""
    return (moment + LOCAL).strftime("%Y-%m-%dT%H:%M")


def pick(field: Locator, words: str) -> None:
    """Choose the option that holds these words."""
    value = field.locator("option", has_text=words).first.get_attribute("value")
    assert value, f"no option with {words}"
    field.select_option(value)


@dataclass
class Dispatcher:
    page: Page

    def signs_in(self, name: str, password: str) -> None:
        self.page.goto("/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page, "the console after signing in").to_have_url("/console/")

    def takes_a_ticket(self, site: str, title: str, **choices: str) -> str:
        """Over the phone; its number."""
        self.page.goto("/console/tickets/new")
        pick(self.page.get_by_label("Site"), site)
        self.page.get_by_label("Title").fill(title)
        said = {"Kind": "Incident", "Impact": "High", "Urgency": "Medium", "Category": "Network", "Came by": "Phone"}
        for label, words in {**said, **choices}.items():
            pick(self.page.get_by_label(label, exact=True), words)
        self.page.locator("form.entry button").click()
        heading = self.page.get_by_role("heading", level=1)
        expect(heading, "the page of the new ticket").to_contain_text(title)
        return (heading.text_content() or "").split()[0]

    def plans_a_visit(
        self, site: str, title: str, starts: datetime, *, engineer: str, checklist: str, ticket: str
    ) -> str:
        """Two hours with one checklist and one ticket; the address of its page."""
        self.page.goto("/console/visits/new")
        pick(self.page.get_by_label("Site"), site)
        self.page.get_by_label(ticket).check()
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_label("Starts (local time)").fill(typed(starts))
        self.page.get_by_label("Ends (local time)").fill(typed(starts + timedelta(hours=2)))
        self.page.get_by_label(engineer).check()
        self.page.get_by_label(checklist).check()
        self.page.get_by_role("button", name="Plan visit").click()
        expect(self.page.get_by_role("heading", level=1), "the page of the new visit").to_contain_text(title)
        return self.page.url

    def confirms_the_tablet(self, of: str, characters: str) -> None:
        """Compare the eight characters that the engineer reads aloud with the console's."""
        self.page.goto("/console/devices")
        row = self.page.get_by_role("row", name=of).filter(has_text="Pending")
        until(self.page, lambda: row.count() > 0, f"the tablet of {of}")
        row.get_by_role("link").first.click()
        shown = self.page.locator("[data-characters]")
        expect(shown, "the same eight characters").to_have_text(f"{characters[:4]}-{characters[4:]}")
        self.page.get_by_role("button", name="The characters are the same").click()
        expect(self.page.get_by_role("button", name="Suspend"), "an active tablet").to_be_visible()

    def imports_a_rescue_file(self, file: Path) -> str:
        """What the page says became of it."""
        self.page.goto("/console/devices/rescue")
        self.page.get_by_label("The file").set_input_files(file)
        self.page.get_by_role("button", name="Import").click()
        told = self.page.get_by_role("status").filter(has_text="What became of it")
        expect(told, "the report of the import").to_be_visible()
        return told.inner_text()

    def gives_the_tablet_up(self, of: str) -> None:
        """It is lost. `of`: the name of its person, or its code."""
        self.page.goto("/console/devices?state=active")
        self.page.get_by_role("row", name=of).get_by_role("link").first.click()
        self.page.get_by_role("button", name="Wipe: it is lost").click()

    def replaces_the_tablet(self, code: str) -> None:
        """Its storage is gone; its person enrols it anew."""
        self.page.goto("/console/devices?state=active")
        self.page.get_by_role("row", name=code).get_by_role("link").first.click()
        self.page.get_by_role("button", name="Replace: its storage is empty").click()
        expect(self.page.get_by_role("button", name="Suspend"), "a closed tablet").to_have_count(0)

    def looks_at(self, visit: str) -> None:
        self.page.goto(visit)

    def sees_live(self, words: str) -> None:
        """Something appears on the open page by itself."""
        expect(self.page.locator("[data-live]"), f"“{words}” by itself on the visit's page").to_contain_text(words)

    def gives_the_visit_to(self, visit: str, engineer: str, *, instead_of: str) -> None:
        self.page.goto(visit)
        self.page.locator("summary", has_text="Assign").click()
        crew = self.page.locator("form[action$='/assign']")
        crew.get_by_label(instead_of).uncheck()
        crew.get_by_label(engineer).check()
        crew.get_by_role("button").click()
        expect(self.page.get_by_role("main"), f"the visit with {engineer}").to_contain_text(engineer)

    def sends_too(self, visit: str, engineer: str) -> None:
        """One more engineer for a planned visit."""
        self.page.goto(visit)
        self.page.locator("summary", has_text="Reassign").click()
        crew = self.page.locator("form[action$='/assign']")
        crew.get_by_label(engineer).check()
        crew.get_by_role("button").click()
        expect(self.page.locator("dl.facts"), f"the visit with {engineer} too").to_contain_text(engineer)

    def starts_the_ticket(self, ticket: str) -> None:
        self.page.goto(f"/console/tickets/{ticket}")
        self.page.get_by_role("button", name="Start", exact=True).click()
        expect(self.page.get_by_text("Start: done."), "the started ticket").to_be_visible()

    def sets_aside(self, deed: str, reason: str) -> None:
        """A held change, by the mouse."""
        self.page.goto("/console/attention")
        card = self.page.locator("[data-card]", has=self.page.get_by_role("heading", name=deed))
        card.get_by_label("Why it is set aside").fill(reason)
        card.get_by_role("button", name="Set aside").click()
        expect(self.page.get_by_text("Set aside. It stays in the history"), "that it is set aside").to_be_visible()

    def decides_by_keyboard(self, item: str, key: str) -> None:
        """In the inbox, without a mouse: to the card of the item, and the key that its button shows."""
        self.page.goto("/console/")
        self.page.keyboard.press("g")
        self.page.keyboard.press("i")
        expect(self.page.get_by_role("heading", level=1, name="Attention"), "the inbox").to_be_visible()
        card = self.page.locator("[data-card]", has=self.page.get_by_role("heading", name=item))
        expect(card, f"a card for {item}").to_have_count(1)
        for _ in range(self.page.locator("[data-card]").count()):
            self.page.keyboard.press("j")
            if "at" in (card.get_attribute("class") or "").split():
                break
        expect(card, "the card that the keys speak of").to_be_focused()
        self.page.keyboard.press(key)

    def opens_the_report(self, visit: str) -> bytes:
        """Wait for the worker to make it; the PDF's bytes as a browser gets them."""
        self.page.goto(visit)
        link = self.page.get_by_role("link", name="Open report")
        until(self.page, lambda: link.count() > 0, "the report")
        answer = self.page.request.get(link.get_attribute("href") or "")
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()

    def photos(self) -> list[bytes]:
        """The pictures of the open visit, as the console serves them."""
        links = self.page.locator("ul.photos a")
        return [self.page.request.get(str(link.get_attribute("href"))).body() for link in links.all()]

    def counts(self) -> dict[str, int]:
        """How many checklists, tickets and photos the open visit has."""
        found = {}
        for title in ("Checklists", "Tickets", "Photos"):
            heading = self.page.get_by_role("heading", name=title)
            found[title] = int(heading.locator(".count").inner_text()) if heading.count() else 0
        return found

    def steps_of(self, engineer: str) -> list[str]:
        """What somebody did on the way, by the open visit's page."""
        section = self.page.locator("section", has=self.page.get_by_role("heading", name="On the way"))
        return section.locator("li", has_text=engineer).locator("strong").all_inner_texts()
