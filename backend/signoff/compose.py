"""Making a sign-off record and its documents from the facts of a visit (evidence.md 4.2, rules R1 to R9 of the README).

The tablet does the same in `pwa/src/features/signoff/compose.ts`; both are held to `vectors/compose.json`. On the
server it serves signatures that are not made on a tablet, and the demonstration.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backend.signoff.phrases import template_name
from backend.signoff.runs import run_document
from backend.signoff.shown import Facts, engineer_names, shown_lines
from sync import canonical

Json = dict[str, Any]
SCHEMA = "singgah.signoff/1"
BREAKS = re.compile("\r\n|[\t\n\r]")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Signing:
    """What happened at the hand-over. `outcome` and `declined` are codes of the record, texts are the person's own.

    `signer`: {name, capacity, contact, reference} or None; `ink`: {w, h, strokes} or None.
    """

    locale: str
    visit_outcome: str
    outcome: str
    declined: str | None
    authorised: bool
    identified_by: str
    notice: str
    signer: Mapping[str, Any] | None
    ink: Mapping[str, Any] | None
    remark: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its canonical bytes are what the record's digest names and what is uploaded."""

    kind: str
    id: str
    bytes: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.bytes).hexdigest()

    def named(self) -> Json:
        return {"kind": self.kind, "id": self.id, "sha256": self.sha256, "bytes": len(self.bytes)}


def compose_documents(facts: Facts, signing: Signing, ids: Iterator[str], salts: Iterator[str]) -> list[Document]:
    """Every document of the sign-off, each with a fresh id (UUIDv7) and salt (32 hex digits), `shown` first."""
    return [_document(kind, content, next(ids), next(salts)) for kind, content in _contents(facts, signing)]


def _document(kind: str, content: Json, identity: str, salt: str) -> Document:
    value = {"kind": kind, "id": identity, "salt": salt, **plain(content)}
    return Document(kind, identity, canonical.write(value))


def plain(value: Any) -> Any:
    """Every text inside on one line, NFC, without control and bidirectional characters: what a page can print."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", UNPRINTABLE.sub("", BREAKS.sub(" ", value)))
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def _contents(facts: Facts, signing: Signing) -> Iterator[tuple[str, Json]]:
    locale = signing.locale
    lines = shown_lines(facts, signing.outcome, signing.notice, locale)
    yield "shown", {"locale": locale, "template": template_name(locale), "lines": lines}
    yield "visit", _visit(facts, signing)
    if signing.signer is not None:
        yield "signer", dict(signing.signer)
    if signing.ink is not None:
        yield "ink", dict(signing.ink)
    if signing.remark:
        yield "remark", {"text": signing.remark}
    if signing.declined is not None:
        yield "reason", {"code": signing.declined, "text": signing.reason or ""}
    yield from _work(facts, locale)


def _work(facts: Facts, locale: str) -> Iterator[tuple[str, Json]]:
    for read in facts.runs:
        yield "run", run_document(read, locale)
    for ticket in facts.tickets:
        yield "ticket", _ticket(ticket, facts)
    for ticket in facts.followups:
        yield "followup", {"ticket": ticket["id"], **_only(ticket, "number", "title", "priority")}
    if facts.times:
        yield "times", {"entries": [_time(entry, facts) for entry in facts.times]}
    if facts.photos:
        yield "photos", {"entries": [_photo(photo) for photo in facts.photos]}
    if facts.open_items:
        yield "open_items", {"items": list(facts.open_items)}
    waivers = _waivers(facts)
    if waivers:
        yield "waivers", {"entries": waivers}


def _only(row: Mapping[str, Any], *names: str) -> Json:
    return {name: row[name] for name in names}


def _visit(facts: Facts, signing: Signing) -> Json:
    visit, entity = facts.visit, facts.legal_entity
    engineers = [
        {"id": person, "name": name} for person, name in zip(visit["engineers"], engineer_names(facts), strict=True)
    ]
    return {
        "number": visit["number"],
        "client": visit["client_name"] or "",
        "site": facts.site["name"],
        "address": facts.site["address"] or "",
        "engineers": engineers,
        "legal_entity": {name: entity[name] or "" for name in ("name", "registration", "address")},
        "marks": [_only(mark, "mark", "at") for mark in visit["marks"]],
        "outcome": signing.visit_outcome,
    }


def _ticket(ticket: Mapping[str, Any], facts: Facts) -> Json:
    minutes = sum(entry["minutes"] for entry in facts.times if entry["ticket"] == ticket["id"])
    told = _only(ticket, "number", "title", "cause", "action", "prevention", "state", "resolved_at")
    return {"ticket": ticket["id"], "description": ticket["description"] or "", "minutes": minutes, **told}


def _time(entry: Mapping[str, Any], facts: Facts) -> Json:
    person = facts.people.get(entry["person"], "")
    return {"person": person, "start": entry["starts_at"], "end": entry["ends_at"], **_only(entry, "kind", "minutes")}


def _photo(photo: Mapping[str, Any]) -> Json:
    told = _only(photo, "sha256", "on", "visible", "w", "h")
    return {"photo": photo["id"], "caption": photo["caption"] or "", **told}


def _waivers(facts: Facts) -> list[Json]:
    return [
        {"run": read.facts.run["id"], "item": item.id, "rule": waiver["rule"], "witness": waiver["witness"] or ""}
        for read in facts.runs
        for item in read.items
        if (waiver := read.facts.run["waivers"].get(item.id)) is not None
    ]


def compose_record(
    identity: Mapping[str, Any],
    signing: Signing,
    documents: list[Document],
    device: Mapping[str, Any],
    moment: Mapping[str, Any],
) -> bytes:
    """The record's canonical bytes, ready for the device's signature.

    `identity`: {record, org, entity, visit, site, engineer, base}; `device`: {jkt, seq, prev};
    `moment`: {clock, anchor, app} as evidence.md 4.2 shapes them.
    """
    record = {
        "schema": SCHEMA,
        **_only(identity, "record", "org", "entity", "visit", "site", "engineer", "base"),
        "device": _only(device, "jkt", "seq", "prev"),
        "visit_outcome": signing.visit_outcome,
        "outcome": signing.outcome,
        "declined": signing.declined,
        "authorised": signing.authorised,
        "identified_by": signing.identified_by,
        "notice": signing.notice,
        "locale": signing.locale,
        "template": template_name(signing.locale),
        "documents": [document.named() for document in documents],
        **_only(moment, "clock", "anchor", "app"),
    }
    return canonical.write(record)
