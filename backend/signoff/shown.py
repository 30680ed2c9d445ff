"""What the client reads before signing: plain lines in the client's language, and nothing else is signed for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.signoff.phrases import listed, local_minute, phrase
from backend.signoff.runs import ReadRun, in_words
from checklists.definition import label

Line = dict[str, str]
SIGNED = ("accepted", "accepted_with_open_items", "attendance_only", "goods_received")
ARRIVALS = ("at_desk", "working", "finished")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a sign-off speaks of, as the tablet holds it. Lists are in the order in which they are shown.

    `people` maps person ids to names; `tickets` are those worked on, `followups` those raised; `photos` are the
    photos that the client may see; `open_items` are the engineer's own words.
    """

    visit: Mapping[str, Any]
    site: Mapping[str, Any]
    legal_entity: Mapping[str, Any]
    people: Mapping[str, str]
    runs: Sequence[ReadRun]
    tickets: Sequence[Mapping[str, Any]]
    followups: Sequence[Mapping[str, Any]]
    times: Sequence[Mapping[str, Any]]
    photos: Sequence[Mapping[str, Any]]
    open_items: Sequence[str]


def shown_lines(facts: Facts, outcome: str, notice: str, locale: str) -> list[Line]:
    """The page, line by line: role `h` (heading), `p`, `li` or `note`."""
    return [
        *_head(facts, locale),
        *_section("checked", _checked(facts.runs, locale), locale),
        *_section("done", _done(facts, locale), locale),
        *_section("open", _open(facts, locale), locale),
        *_section("time", _times(facts.times, locale), locale),
        _line("h", phrase("meaning", locale)),
        _line("p", phrase(f"meaning.{outcome}", locale)),
        *([_line("note", phrase("electronic", locale))] if outcome in SIGNED else []),
        _line("note", phrase("privacy", locale, notice=notice)),
    ]


def _line(role: str, text: str) -> Line:
    return {"role": role, "text": text}


def _section(key: str, lines: list[str], locale: str) -> list[Line]:
    if not lines:
        return []
    return [_line("h", phrase(key, locale)), *(_line("li", text) for text in lines)]


def _head(facts: Facts, locale: str) -> Iterable[Line]:
    visit, site = facts.visit, facts.site
    yield _line("h", phrase("title", locale, number=visit["number"]))
    yield _line("p", _place(visit["client_name"] or "", site["name"], site["address"], locale))
    yield _line("p", phrase("who", locale, engineers=listed(engineer_names(facts), locale)))
    for mark in visit["marks"]:
        if mark["mark"] in ARRIVALS:
            yield _line("li", phrase(f"mark.{mark['mark']}", locale, at=local_minute(mark["at"])))


def _place(client: str, site: str, address: str | None, locale: str) -> str:
    if not address:
        return phrase("place_only", locale, client=client, site=site)
    return phrase("place", locale, client=client, site=site, address=address)


def engineer_names(facts: Facts) -> list[str]:
    return [facts.people[person] for person in facts.visit["engineers"]]


def _checked(runs: Sequence[ReadRun], locale: str) -> list[str]:
    return [
        text for read in runs for text in (_summary(read, locale), *_findings(read, locale), *_waived(read, locale))
    ]


def _summary(read: ReadRun, locale: str) -> str:
    words = {
        "title": label(read.definition.title, locale),
        "verdict": phrase(f"verdict.{read.found.verdict}", locale),
        "count": str(len(read.found.answered)),
    }
    asset = read.facts.asset
    if asset is None:
        return phrase("run", locale, **words)
    return phrase("run_on", locale, asset=asset["tag"] or asset["name"], **words)


def _findings(read: ReadRun, locale: str) -> Iterable[str]:
    for item in read.items:
        if read.found.verdicts[item.id] != "fail":
            continue
        words = {"label": label(item.label, locale), "value": in_words(read, item, locale)}
        remark = read.facts.run["remarks"].get(item.id)
        yield phrase("finding_remark", locale, remark=remark, **words) if remark else phrase("finding", locale, **words)


def _waived(read: ReadRun, locale: str) -> Iterable[str]:
    for item in read.items:
        waiver = read.facts.run["waivers"].get(item.id)
        if waiver:
            yield phrase("waived", locale, label=label(item.label, locale), witness=waiver["witness"] or "")


def _done(facts: Facts, locale: str) -> list[str]:
    lines = [
        phrase("ticket", locale, number=ticket["number"], title=ticket["title"], action=ticket["action"] or "")
        for ticket in facts.tickets
        if is_done(ticket)
    ]
    return lines or [phrase("nothing_done", locale)]


def is_done(ticket: Mapping[str, Any]) -> bool:
    return ticket["state"] in ("resolved", "closed")


def _open(facts: Facts, locale: str) -> list[str]:
    unsolved = [ticket for ticket in (*facts.tickets, *facts.followups) if not is_done(ticket)]
    lines = [phrase("still_open", locale, number=ticket["number"], title=ticket["title"]) for ticket in unsolved]
    return [*lines, *facts.open_items] or [phrase("nothing_open", locale)]


def _times(times: Sequence[Mapping[str, Any]], locale: str) -> list[str]:
    return [
        phrase("minutes", locale, kind=phrase(f"kind.{entry['kind']}", locale), minutes=str(entry["minutes"]))
        for entry in times
    ]
