"""Chromium as people use it: an installed app on a tablet that outlives its windows, and a browser in the office."""

from __future__ import annotations

import gzip
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, Request, expect
from playwright.sync_api import TimeoutError as TookTooLong

CHROMIUM = "/usr/bin/chromium"
WITHIN_MS = 30_000
"""Nothing here takes longer on a slow machine, so later means never."""

expect.set_options(timeout=WITHIN_MS)

ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run")
LANDSCAPE = (1024, 768)
PHONE = (360, 740)
NETWORK_IS_OFF = r"net::ERR_"
NONCE_IS_ASKED_FOR = r"/api/v1/(sync/(push|pull)|devices|blobs).*status of 401"
"""What Chromium says by itself of a request that met no server, and of the first one of a browser that has no nonce
yet; no page can keep it from saying so.
"""


@dataclass
class Watch:
    """Everything that pages complained of. Each complaint must be one that the test expects."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: [NONCE_IS_ASKED_FOR])
    pages: list[Page] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        context.on("page", self.look_at)
        for page in context.pages:
            self.look_at(page)

    def look_at(self, page: Page) -> None:
        self.pages.append(page)
        page.on("console", self._heard)
        page.on("pageerror", lambda fault: self.complaints.append(f"{page.url}: {fault}"))
        page.on("close", lambda _: self.pages.remove(page))

    def expect(self, pattern: str) -> None:
        """A complaint that holds this pattern is part of the story."""
        self.expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(re.search(pattern, said) for pattern in self.expected)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            on = "" if message.page is None else f" on {message.page.url}"
            self.complaints.append(f"{where}: {message.text}{on}")


@dataclass
class TabletBrowser:
    """A tablet: its profile on disk stays when the browser is closed or killed."""

    playwright: Playwright
    watch: Watch
    profile: Path
    url: str
    size: tuple[int, int] = LANDSCAPE
    locale: str = "en-SG"
    pushed: list[bytes] = field(default_factory=list)
    context: BrowserContext | None = None

    @property
    def page(self) -> Page:
        assert self.context is not None, "the browser is closed"
        return self.context.pages[0]

    def open(self) -> Page:
        """Start the browser with the app in a window of its own, as an installed app starts."""
        width, height = self.size
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, f"--app={self.url}/app/"],
            viewport={"width": width, "height": height},
            locale=self.locale,
            timezone_id="Asia/Singapore",
            has_touch=True,
        )
        self.context.set_default_timeout(WITHIN_MS)
        self.watch.follow(self.context)
        self.context.on("request", self._note_push)
        page = self.page
        grant = {"permissions": ["durableStorage"], "origin": self.url}
        self.context.new_cdp_session(page).send("Browser.grantPermissions", grant)
        page.wait_for_url(f"{self.url}/app/**")
        return page

    def another_window(self) -> Page:
        assert self.context is not None, "the browser is closed"
        page = self.context.new_page()
        page.goto(f"{self.url}/app/")
        return page

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """What an empty battery does: no page hears of it, nothing is finished. Cookies are gone as well: Chromium
        writes them every half minute, and whether it had is not left to chance.
        """
        assert self.context is not None, "the browser is closed"
        self.context.clear_cookies()
        # The lock of a profile names the one process that holds it.
        holder = (self.profile / "SingletonLock").readlink().name
        with self.context.expect_event("close"):
            os.kill(int(holder.rpartition("-")[2]), signal.SIGKILL)
        self.context = None

    def _note_push(self, request: Request) -> None:
        if request.method == "POST" and urlsplit(request.url).path == "/api/v1/sync/push":
            body = request.post_data_buffer or b""
            self.pushed.append(gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body)


@contextmanager
def office_browser(playwright: Playwright, watch: Watch, url: str, port: int) -> Iterator[BrowserContext]:
    """A browser beside the server: it reaches the program's own `port` under the public address, whatever the
    tablets' network does.
    """
    public = urlsplit(url).netloc
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[*ARGUMENTS, f"--host-resolver-rules=MAP {public} 127.0.0.1:{port}"],
    )
    try:
        yield window(browser.new_context, watch, url)
    finally:
        browser.close()


def window(new_context: Callable[..., BrowserContext], watch: Watch, url: str) -> BrowserContext:
    """A window with nobody signed in."""
    context = new_context(
        base_url=url, viewport={"width": 1280, "height": 800}, locale="en-SG", timezone_id="Asia/Singapore"
    )
    context.set_default_timeout(WITHIN_MS)
    watch.follow(context)
    return context


def until(page: Page, seen: Callable[[], bool], what: str, attempts: int = 60) -> None:
    """Reload until it is seen, half a second apart; AssertionError with `what` after 30 seconds."""
    for _ in range(attempts):
        if seen():
            return
        try:
            page.wait_for_event("close", timeout=WITHIN_MS / attempts)
        except TookTooLong:  # nobody closed it: look again
            page.reload()
    raise AssertionError(f"{what} did not come in {WITHIN_MS / 1000:.0f} s on {page.url}")
