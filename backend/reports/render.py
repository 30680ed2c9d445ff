"""From a view to an unsealed PDF/A-3a, the same bytes each time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from backend.core.pages import STATIC
from backend.reports.fonts import FontSet, FontsMissing, Printable, face_rules
from backend.reports.renderer import Renderer, RenderFailed
from backend.reports.view import Asset, ReportView
from backend.reports.words import LANGUAGES, Words

TEMPLATE = "report@1"
"""Raise it whenever the same view would print otherwise: verifiers re-render with the same version only."""

TOKENS = STATIC / "tokens.css"
"""The one visual language: the report takes its light theme."""

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Enclosure:
    """A file inside the PDF; `relationship` is Source, Data or Supplement (PDF 2.0, 7.11.3)."""

    name: str
    data: bytes
    description: str
    relationship: str = "Data"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Rendered:
    """An unsealed PDF. `replaced` lists the characters that are shown by their code."""

    pdf: bytes
    pages: int
    replaced: tuple[str, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.pdf).hexdigest()


def render_report(
    view: ReportView, enclosures: Sequence[Enclosure], renderer: Renderer, fonts: FontSet | None = None
) -> Rendered:
    """Print the view with its enclosures. Raises RenderFailed(reason)."""
    try:
        faces = fonts or FontSet.load()
    except FontsMissing as fault:
        raise RenderFailed(str(fault)) from fault
    view, replaced = _printable(view, faces)
    html = page(view)
    needed = faces.needed(html)
    assets = [*view.assets, *(Asset(font.name, "font/otf", font.data) for font in needed)]
    head = {
        "html": html,
        "css": face_rules(needed) + TOKENS.read_text("utf-8") + (FOLDER / "report.css").read_text("utf-8"),
        "assets": [{"name": asset.name, "mime": asset.mime} for asset in assets],
        "attachments": [
            {"name": e.name, "description": e.description, "relationship": e.relationship} for e in enclosures
        ],
        "created": view.created.isoformat(),
        "identifier": view.identifier.hex(),
    }
    answer, [pdf] = renderer.run(head, [*(a.data for a in assets), *(e.data for e in enclosures)])
    return Rendered(pdf, answer["pages"], replaced)


def page(view: ReportView) -> str:
    """The view as HTML; every text escaped."""
    words = Words(next(locale for locale, language in LANGUAGES.items() if language == view.language))
    created = view.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    return _template().render(view=view, say=words.say, created=created)


def _printable(view: ReportView, fonts: FontSet) -> tuple[ReportView, tuple[str, ...]]:
    printable = Printable(fonts.covered)
    clean = printable.every_text(replace(view, assets=()))
    if printable.codes:
        words = Words(next(locale for locale, language in LANGUAGES.items() if language == view.language))
        note = words.say("note.characters", codes=", ".join(printable.codes))
        clean = replace(clean, notes=(*clean.notes, note))
    return replace(clean, assets=view.assets), printable.codes


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template() -> Template:
    return _environment().get_template("report.html")
