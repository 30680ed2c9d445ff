"""Looking at a screen as axe-core does: in the light on a tablet, in the dark on a telephone."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from backend.install.steps import ROOT
from tests.journeys.browsers import LANDSCAPE, PHONE

AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
ALBUM = "SINGGAH_ALBUM"
"""A folder in the environment: then a picture of every look is kept there, for people who judge by eye."""

LOOKS: tuple[tuple[Literal["light", "dark"], tuple[int, int]], ...] = (("light", LANDSCAPE), ("dark", PHONE))
RUN = """async () => {
  const rules = {'target-size': {enabled: true}};
  const found = await axe.run(document, {rules, resultTypes: ['violations'], preload: false});
  const said = (id, {target, failureSummary}) => [id, target.join(' '), failureSummary];
  return found.violations.flatMap(({id, nodes}) => nodes.map((node) => said(id, node)));
}"""
WIDER_THAN_THE_SCREEN = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


@dataclass
class Looking:
    """What was seen where, and what is wrong with it."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def at(self, page: Page, screen: str, state: str) -> None:
        """Look at the page as it stands now; its size and colours are afterwards as before."""
        before = page.viewport_size
        for scheme, (width, height) in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            # At the head of the page: what lies under its sticky bar depends on where somebody stopped scrolling.
            page.evaluate("() => scrollTo(0, 0)")
            where = f"{screen}, {state}, {scheme} {width}×{height}"
            self.faults += [f"{where}: {rule} at {node}: {why}" for rule, node, why in violations(page)]
            if page.evaluate(WIDER_THAN_THE_SCREEN):
                self.faults.append(f"{where}: wider than the screen")
            self._keep_picture(page, where)
        page.emulate_media(color_scheme="light")
        if before is not None:
            page.set_viewport_size(before)
        self.seen.add((screen, state))

    def _keep_picture(self, page: Page, where: str) -> None:
        if album := os.environ.get(ALBUM):
            path = Path(album) / (re.sub(r"[^\w×]+", "-", where) + ".png")
            page.screenshot(path=path, caret="initial")  # hiding the caret needs a style that the pages forbid


def violations(page: Page) -> list[Any]:
    """[rule, where, why] of each; axe is read into the page once."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    return list(page.evaluate(RUN))
