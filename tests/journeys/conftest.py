"""Browsers, the house, and pictures of whatever stood on the screens when a journey failed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.journeys.browsers import TabletBrowser, Watch, office_browser
from tests.journeys.dispatcher import Dispatcher
from tests.journeys.engineer import Engineer
from tests.journeys.house import House, running_house

HERE = Path(__file__).parent
WATCHES = pytest.StashKey[list[Watch]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.journey)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure's report names a picture of each open page."""
    report = yield
    if report.failed:
        for watch in item.session.stash.get(WATCHES, []):
            report.sections.append(("what stood on the screens", "\n".join(photographed(item, watch))))
    return report


def photographed(item: pytest.Item, watch: Watch) -> list[str]:
    folder: Path = item.config._tmp_path_factory.mktemp("screens")  # type: ignore[attr-defined] # the plugin's own
    told = [f"complaint: {words}" for words in watch.complaints]
    for number, page in enumerate(watch.pages):
        path = folder / f"{number}.png"
        page.screenshot(path=path)
        told.append(f"{page.url}: {path}")
    return told


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="module")
def watch(request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Listens to all pages of a module; at the end every complaint must have been expected."""
    watching = Watch()
    request.session.stash.setdefault(WATCHES, []).append(watching)
    yield watching
    request.session.stash[WATCHES].remove(watching)
    assert not watching.unexpected(), "\n".join(watching.unexpected())


@pytest.fixture(scope="module")
def office(playwright: Playwright, watch: Watch, house: House) -> Iterator[BrowserContext]:
    with office_browser(playwright, watch, house.url, house.program.port) as context:
        yield context


@pytest.fixture(scope="module")
def dispatcher(office: BrowserContext, house: House) -> Dispatcher:
    made = Dispatcher(office.new_page())
    made.signs_in("dispatcher", house.passwords["dispatcher"])
    return made


@pytest.fixture(scope="module")
def engineer(
    playwright: Playwright, watch: Watch, house: House, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Engineer]]:
    """`engineer("hafiz")`: with a tablet fresh from the box, its browser not started yet."""
    with ExitStack() as stack:

        def make(name: str, **about: Any) -> Engineer:
            profile = tmp_path_factory.mktemp("tablet")
            tablet = TabletBrowser(playwright, watch, profile, house.url, **about)
            stack.callback(tablet.close)
            return Engineer(tablet, name)

        yield make
