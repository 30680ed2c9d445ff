"""Draw the PNG icons from backend/core/static/icons/mark.svg; run it after changing the mark, and commit what it draws.

Needs the test environment (Chromium draws). `icon-*` keep the rounded corners; maskable and apple-touch icons are
square to the edge, because the system cuts its own shape, with the mark inside the safe middle.
"""

from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ICONS = Path(__file__).parents[2] / "backend/core/static/icons"
DRAWINGS = (
    ("icon-192", 192, False),
    ("icon-512", 512, False),
    ("maskable-512", 512, True),
    ("apple-touch-icon", 180, True),
)


def draw(browser: Browser, name: str, size: int, to_the_edge: bool) -> None:
    mark = (ICONS / "mark.svg").read_text(encoding="utf-8")
    ground, width = ("#0b5357", int(size * 0.84)) if to_the_edge else ("transparent", size)
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(
        f"<style>body{{margin:0;display:grid;place-items:center;height:100vh;background:{ground}}}"
        f"svg{{width:{width}px;height:{width}px}}</style>{mark}"
    )
    page.screenshot(path=ICONS / f"{name}.png", omit_background=True)
    page.close()


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for drawing in DRAWINGS:
            draw(browser, *drawing)
        browser.close()


if __name__ == "__main__":
    main()
