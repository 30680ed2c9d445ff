"""All a report may say, already in words. No rows, no session, no clock, no markup.

The values are made by `build_view` in building.py from verified bytes; the template prints them and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Asset:
    """A file that the page may load, as `asset:<name>` and in no other way."""

    name: str
    mime: str
    data: bytes

    @property
    def url(self) -> str:
        return f"asset:{self.name}"


@dataclass(frozen=True)
class Picture:
    """An asset on the page; `alt` is read aloud in its place."""

    src: str
    alt: str


@dataclass(frozen=True)
class Pair:
    """A label and its text."""

    label: str
    text: str


@dataclass(frozen=True)
class Line:
    """One line of the summary, with the sign before it, if any."""

    text: str
    sign: Picture | None = None


@dataclass(frozen=True)
class Column:
    """Found, done or open: its first lines, and how many more there are, in words."""

    title: str
    lines: tuple[Line, ...]
    more: str


@dataclass(frozen=True)
class Row:
    """One checked item. `verdict` is ok, warn, fail, na or missing, and names a style; the rest is words."""

    verdict: str
    sign: Picture
    verdict_word: str
    label: str
    value: str
    bar: Picture | None
    limits: str
    last: str
    remark: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Checklist:
    title: str
    asset: str
    verdict: str
    sign: Picture
    verdict_word: str
    has_bars: bool
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Ticket:
    number: str
    title: str
    state: str
    description: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Photo:
    """A photo with its number; without `picture` the file was unreadable and `caption` says so."""

    number: str
    picture: Picture | None
    caption: str
    where: str


@dataclass(frozen=True)
class Table:
    """Plain rows under plain heads; `total` stands below the last column when there is one."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: str = ""


@dataclass(frozen=True)
class Read:
    """One line of the page that the client read; `role` is h, p, li or note."""

    role: str
    text: str


@dataclass(frozen=True)
class Signature:
    """One of the three signatures with the sentence that says what it is."""

    title: str
    text: str
    picture: Picture | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class ReportView:
    """A whole report in words. `created` (UTC) and `identifier` (16 bytes) come from the record, so that
    printing twice gives the same bytes."""

    language: str
    title: str
    number: str
    revision: str
    is_demo: bool
    issuer: str
    issuer_lines: tuple[str, ...]
    client: str
    site: str
    address: str
    facts: tuple[Pair, ...]
    timeline: tuple[Pair, ...]
    headline: Line
    headline_verdict: str
    columns: tuple[Column, ...]
    checklists: tuple[Checklist, ...]
    tickets: tuple[Ticket, ...]
    photos: tuple[Photo, ...]
    photos_note: str
    times: Table | None
    parts: Table | None
    remark: str
    shown_intro: str
    shown: tuple[Read, ...]
    signatures: tuple[Signature, ...]
    bounds: str
    link: str
    qr: Picture
    verify_pairs: tuple[Pair, ...]
    verify_text: str
    verify_inside: str
    notes: tuple[str, ...]
    assets: tuple[Asset, ...]
    created: datetime
    identifier: bytes
