"""Verdicts, points and findings (rules C7 and C8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checklists import exact
from checklists.answers import Answer
from checklists.completeness import Held
from checklists.definition import SEVERITY_POINTS, Item, Labels, Limits, Range, Verdicts


@dataclass(frozen=True, slots=True)
class Score:
    """Points earned as a canonical decimal (a warning earns half), points possible, whole percent or None."""

    earned: str
    possible: int
    percent: int | None


@dataclass(frozen=True, slots=True)
class SuggestedTicket:
    """A ticket ready to be raised: titled by the item, described by the remark, with the next step."""

    title: Labels
    description: str
    severity: str
    next: Labels | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A failed item, with the answer (or the computed value) that failed."""

    item: str
    severity: str
    answer: Answer
    remark: str
    photos: int
    ticket: SuggestedTicket | None


def item_verdict(item: Item, answer: Answer | None, held: Held) -> str:
    """`ok | warn | fail | na | missing` for one asked item; `answer` is None when there is none to judge."""
    if not held.answered:
        owed = held.required and not (item.type == "photo" and held.photo_waived)
        return "missing" if owed else "na"
    if item.type == "pass_fail":
        return {"pass": "ok", "fail": "fail"}.get(str(answer), "na")
    if item.limits is not None and isinstance(answer, str):
        return _by_limits(item.limits, answer)
    if item.verdicts is not None and answer is not None:
        return _by_choice(item.verdicts, answer)
    return "ok"


def _by_limits(limits: Limits, answer: str) -> str:
    number = exact.read(answer)
    if limits.fail is not None and not is_within(limits.fail, number):
        return "fail"
    return "warn" if limits.warn is not None and not is_within(limits.warn, number) else "ok"


def is_within(limits: Range, number: exact.Exact) -> bool:
    """The limit itself is inside."""
    above = limits.min is None or exact.compare(number, limits.min) >= 0
    return above and (limits.max is None or exact.compare(number, limits.max) <= 0)


def _by_choice(verdicts: Verdicts, answer: Answer) -> str:
    chosen = {answer} if isinstance(answer, str) else set(answer)
    if chosen & set(verdicts.fail):
        return "fail"
    return "warn" if chosen & set(verdicts.warn) else "ok"


def run_verdict(verdicts: Iterable[str], complete: bool) -> str:
    """fail if any fails, else warn, else missing if incomplete, else ok."""
    given = set(verdicts)
    if "fail" in given:
        return "fail"
    if "warn" in given:
        return "warn"
    return "ok" if complete else "missing"


def score_of(judged: Iterable[tuple[Item, str]]) -> Score:
    """Points over the asked items that are not `na`. Counted in halves, so that no fraction is lost."""
    halves = possible = 0
    for item, verdict in judged:
        if verdict != "na":
            points = SEVERITY_POINTS[item.severity]
            possible += points
            halves += {"ok": 2 * points, "warn": points}.get(verdict, 0)
    earned = exact.written(exact.Exact(halves * 5, 1))
    return Score(earned, possible, (100 * halves + possible) // (2 * possible) if possible else None)


def finding_of(item: Item, answer: Answer, held: Held) -> Finding:
    """The finding of a failed item, with its ticket when the checklist suggests one."""
    ticket = None
    if item.on_fail is not None and item.on_fail.suggest is not None:
        ticket = SuggestedTicket(item.label, held.remark, item.severity, item.on_fail.next)
    return Finding(item.id, item.severity, answer, held.remark, held.photos, ticket)
