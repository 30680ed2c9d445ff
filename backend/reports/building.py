"""From verified evidence to a view: the one place that decides what a report says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from backend.reports import drawings
from backend.reports.evidence import Evidence
from backend.reports.facts import Facts
from backend.reports.findings import Findings, Shelf
from backend.reports.phrasing import Phrasing, instant
from backend.reports.signing_words import SigningWords
from backend.reports.view import Column, Line, Pair, Photo, Read, ReportView, Table, Ticket
from backend.reports.words import Words

SUMMARY_LINES = 6
FIXED_ATTACHMENTS = 4  # record, envelope, enrolment, manifest


class PhotoMissing(Exception):
    """A photo that the report prints was not given: it waits, rather than being made without it."""


def build_view(evidence: Evidence, photos: Mapping[str, bytes | None], facts: Facts) -> ReportView:
    """The report of a sign-off.

    `photos` maps the SHA-256 of each uploaded photo to its derivative (JPEG), or to None when the upload could
    not be decoded. Raises PhotoMissing when a photo of the evidence is not among them.
    """
    return _Builder(evidence, photos, facts).view()


class _Builder:
    def __init__(self, evidence: Evidence, photos: Mapping[str, bytes | None], facts: Facts) -> None:
        self.evidence, self.record, self.facts = evidence, evidence.record, facts
        self.words = Words(self.record.locale)
        self.phrasing = Phrasing(self.words, facts.timezone)
        self.shelf = Shelf()
        self.visit: Mapping[str, Any] = evidence.one("visit") or {}
        self.entries = [e for e in self._photo_entries() if e["visible"] == "client"]
        self.photos = photos
        numbers = {digest: number for number, digest in enumerate(evidence.photo_digests, 1)}
        runs = evidence.of_kind("run")
        self.findings = Findings(
            runs, evidence.one("waivers"), numbers, self.words, self.phrasing, self.shelf
        )

    def view(self) -> ReportView:
        say, facts, visit = self.words.say, self.facts, self.visit
        signing = SigningWords(self.evidence, facts, self.words, self.phrasing, self.shelf)
        headline, verdict = self._headline()
        shown = self.evidence.one("shown")
        return ReportView(
            language=self.words.language,
            title=say("report"),
            number=facts.number,
            revision=say("revision", n=facts.revision) if facts.revision > 1 else "",
            is_demo=facts.demo,
            issuer=visit["legal_entity"]["name"],
            issuer_lines=tuple(self._issuer_lines()),
            client=visit["client"],
            site=visit["site"],
            address=visit["address"],
            facts=tuple(self._facts(signing)),
            timeline=tuple(self._timeline()),
            headline=headline,
            headline_verdict=verdict,
            columns=self._columns(),
            checklists=self.findings.checklists(),
            tickets=tuple(map(self._ticket, self.evidence.of_kind("ticket"))),
            photos=tuple(self._photos()),
            photos_note=self._photos_note(),
            times=self._times(),
            parts=self._parts(),
            remark=(self.evidence.one("remark") or {"text": ""})["text"],
            shown_intro=say("shown.intro", template=shown["template"]) if shown else "",
            shown=tuple(Read(line["role"], line["text"]) for line in shown["lines"]) if shown else (),
            signatures=signing.signatures(),
            bounds=signing.bounds(),
            link=facts.link,
            qr=self.shelf.picture("qr.svg", drawings.qr(facts.link), say("qr.alt", link=facts.link)),
            verify_pairs=(
                Pair(say("sealed_by"), facts.seal_name),
                Pair(say("receipt_code"), self.record.receipt_code),
                Pair(say("verify.record"), self.record.sha256[:16]),
            ),
            verify_text=say("verify.text", link=facts.link),
            verify_inside=say("verify.inside", n=len(self.evidence.documents) + FIXED_ATTACHMENTS),
            notes=tuple(self._flags()),
            assets=self.shelf.assets,
            created=instant(facts.receipt.received_at),
            identifier=hashlib.sha256(self.record.data + facts.number.encode()).digest()[:16],
        )

    # Head

    def _issuer_lines(self) -> Iterator[str]:
        entity = self.visit["legal_entity"]
        if entity["registration"]:
            yield self.words.say("registration", number=entity["registration"])
        if entity["address"]:
            yield entity["address"]

    def _facts(self, signing: SigningWords) -> Iterator[Pair]:
        say = self.words.say
        yield Pair(say("visited_on"), self.phrasing.day(self._day()))
        yield Pair(say("engineers"), ", ".join(e["name"] for e in self.visit["engineers"]))
        yield Pair(say("visit_outcome"), say(f"outcome.{self.record.visit_outcome}"))
        yield Pair(say("signed_off"), signing.summary())

    def _day(self) -> str:
        marks = {mark["mark"]: mark["at"] for mark in self.visit["marks"]}
        wanted = ("working", "at_desk", "travelling", "finished")
        return next((marks[name] for name in wanted if name in marks), self.record.signed_at)

    def _timeline(self) -> Iterator[Pair]:
        on_site = ("travelling", "at_desk", "working", "paused", "resumed", "finished", "left")
        for mark in self.visit["marks"]:
            if mark["mark"] in on_site:
                yield Pair(self.words.say(f"mark.{mark['mark']}"), self._clock(mark["at"]))

    def _clock(self, at: str) -> str:
        return self.phrasing.clock_on(at, self._day())

    # Summary

    def _headline(self) -> tuple[Line, str]:
        worst = self.findings.worst
        verdict = "ok" if worst == "na" else worst
        text = self.words.say(f"headline.{verdict}", n=self.findings.count(verdict))
        watched = self.findings.count("warn")
        if verdict == "fail" and watched:
            text = f"{text} · {self.words.say('headline.warn', n=watched)}"
        if verdict == "none":
            return Line(text), verdict
        return Line(text, self.shelf.sign(verdict, self.words.say(f"verdict.{verdict}"))), verdict

    def _columns(self) -> tuple[Column, ...]:
        return (
            self._column("found", list(self.findings.lines())),
            self._column("done", [*self._resolved(), *self.findings.checked()]),
            self._column("open", list(self._open())),
        )

    def _column(self, key: str, lines: list[Line]) -> Column:
        if not lines:
            return Column(self.words.say(key), (Line(self.words.say(f"{key}.none")),), "")
        rest = len(lines) - SUMMARY_LINES
        more = self.words.say("more", n=rest) if rest > 0 else ""
        return Column(self.words.say(key), tuple(lines[:SUMMARY_LINES]), more)

    def _resolved(self) -> Iterator[Line]:
        for ticket in self.evidence.of_kind("ticket"):
            yield Line(f"{ticket['number']} {ticket['title']}: {self._state(ticket)}")

    def _open(self) -> Iterator[Line]:
        for text in (self.evidence.one("open_items") or {"items": []})["items"]:
            yield Line(text)
        for follow in self.evidence.of_kind("followup"):
            yield Line(self.words.say("followup", number=follow["number"], title=follow["title"]))

    # Body

    def _state(self, ticket: Mapping[str, Any]) -> str:
        return self.words.known(f"state.{ticket['state']}", ticket["state"])

    def _ticket(self, ticket: Mapping[str, Any]) -> Ticket:
        named = [Pair(self.words.say(key), ticket[key] or "") for key in ("cause", "action", "prevention")]
        state = [self._state(ticket)]
        if ticket["resolved_at"]:
            state = [self.words.say("resolved_at", at=self._clock(ticket["resolved_at"]))]
        state += [self.phrasing.duration(ticket["minutes"])] if ticket["minutes"] is not None else []
        return Ticket(
            number=ticket["number"],
            title=ticket["title"],
            state=" · ".join(state),
            description=ticket["description"],
            pairs=tuple(pair for pair in named if pair.text),
        )

    def _photo_entries(self) -> list[Mapping[str, Any]]:
        return list((self.evidence.one("photos") or {"entries": []})["entries"])

    def _photos(self) -> Iterator[Photo]:
        first = {entry["sha256"]: entry for entry in reversed(self.entries)}
        for number, digest in enumerate(self.evidence.photo_digests, 1):
            yield self._photo(number, first[digest])

    def _photo(self, number: int, entry: Mapping[str, Any]) -> Photo:
        digest, name = entry["sha256"], self.words.say("photo.ref", n=number)
        if digest not in self.photos:
            raise PhotoMissing(f"photo {digest} is not here yet")
        data, where = self.photos[digest], self._where(entry["on"])
        if data is None:
            return Photo(name, None, self.words.say("photo.unreadable"), where)
        alt = f"{name}: {entry['caption'] or where}"
        picture = self.shelf.picture(f"photo-{digest}.jpg", data, alt, "image/jpeg")
        return Photo(name, picture, entry["caption"], where)

    def _where(self, on: Mapping[str, str]) -> str:
        if "ticket" in on:
            tickets = self.evidence.of_kind("ticket")
            return next((str(t["number"]) for t in tickets if t["ticket"] == on["ticket"]), "")
        for run in self.evidence.of_kind("run"):
            if run["run"] == on.get("run"):
                tag = run["asset"]["tag"] if run["asset"] else run["title"]
                label = next((item["label"] for item in run["items"] if item["item"] == on["item"]), "")
                return " · ".join(part for part in (tag, label) if part)
        return ""

    def _photos_note(self) -> str:
        hidden = len(self._photo_entries()) - len(self.entries)
        return self.words.say("photo.withheld", n=hidden) if hidden else ""

    def _times(self) -> Table | None:
        times = self.evidence.one("times")
        if not times or not times["entries"]:
            return None
        say, entries = self.words.say, times["entries"]
        heads = tuple(say(f"time.{name}") for name in ("kind", "person", "from", "to", "duration"))
        total = sum(entry["minutes"] or 0 for entry in entries)
        return Table(
            heads, tuple(map(self._time, entries)), f"{say('time.total')} {self.phrasing.duration(total)}"
        )

    def _time(self, entry: Mapping[str, Any]) -> tuple[str, ...]:
        names = {e["id"]: e["name"] for e in self.visit["engineers"]}
        return (
            self.words.known(f"kind.{entry['kind']}", entry["kind"]),
            names.get(entry["person"], entry["person"]),
            self._clock(entry["start"]),
            self._clock(entry["end"]) if entry["end"] else "",
            self.phrasing.duration(entry["minutes"]),
        )

    def _parts(self) -> Table | None:
        parts = self.evidence.one("parts")
        if not parts or not parts["entries"]:
            return None
        heads = tuple(self.words.say(f"part.{name}") for name in ("name", "number", "qty", "covered"))
        return Table(heads, tuple(map(self._part, parts["entries"])))

    def _part(self, part: Mapping[str, Any]) -> tuple[str, ...]:
        covered = part["covered"]
        if isinstance(covered, bool):
            covered = self.words.say("yes" if covered else "no")
        return part["name"], part["number"], str(part["qty"]), str(covered or "")

    def _flags(self) -> Iterator[str]:
        for flag in self.facts.receipt.flags:
            yield self.words.known(f"flag.{flag}", self.words.say("flag.other", flag=flag))
