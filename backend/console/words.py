"""Codes in words and colours, for every page of the console."""

from __future__ import annotations

from datetime import datetime

from backend.console.fields import LOCAL
from backend.console.lists import Cell

VISIT_TONES = {"planned": "neutral", "assigned": "info", "under_way": "warn", "completed": "ok", "cancelled": "neutral"}
TICKET_TONES = {
    "new": "info",
    "open": "info",
    "waiting": "warn",
    "resolved": "ok",
    "closed": "neutral",
    "reopened": "fail",
}
PRIORITY_TONES = {"P1": "fail", "P2": "warn", "P3": "info", "P4": "neutral"}
DEVICE_TONES = {"pending": "warn", "active": "ok", "suspended": "fail", "revoked": "fail", "wiped": "neutral"}
REPORT_TONES = {"waiting": "warn", "ready": "ok", "failed": "fail"}
FLAGS = {
    "media_pending": "Photos still to come",
    "divergent": "Signed values differ from what the office had",
    "after_cancel": "Worked on after it was cancelled",
    "second_signature": "Signed twice",
    "late_scope": "Sent by somebody who was no longer assigned",
}
TASKS = {
    "after_cancel": "Worked on after it was cancelled: bill, void or keep?",
    "late_scope": "Work came from somebody who was no longer assigned",
    "divergent": "What was signed differs from what the office had",
    "second_signature": "Signed twice: which signature governs?",
    "old_slot": "Worked at the old time: it was moved while the engineer was offline",
}
TASK_CHOICES = {
    "bill": "to be billed",
    "void": "void",
    "keep": "kept, not billed",
    "seen": "seen",
    "governing": "the governing signature was named",
}
HELD = {
    "entity_gone": "What it belongs to is not there (any more).",
    "out_of_scope": "The engineer was not assigned there, or no longer for more than 14 days.",
    "wrong_state": "It had moved on meanwhile: that step was not possible any more.",
    "blocked_by": "It waited for an earlier change that was held.",
    "server_error": "The server failed at it three times.",
    "signature": "The signature does not hold for that tablet's key.",
    "anchor": "The record names a state of things that was never there.",
    "number": "Its number is in use or not the tablet's own.",
    "other_client": "The asset was given to another client meanwhile.",
    "device_suspended": "The tablet was suspended when it sent this.",
    "device_revoked": "The tablet was revoked when it sent this.",
    "signed": "The visit was signed already; it is kept for an amendment.",
}
ABBREVIATIONS = {"l1": "L1", "l2": "L2", "l3": "L3"}


def spoken(code: str | None) -> str:
    """`under_way` is "Under way"."""
    if not code:
        return ""
    return ABBREVIATIONS.get(code.lower()) or code[:1].upper() + code[1:].replace("_", " ")


def options(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Codes with their words, for a list to choose from."""
    return [(code, spoken(code)) for code in codes]


def visit_state(state: str) -> Cell:
    return Cell(spoken(state), VISIT_TONES[state])


def ticket_state(state: str) -> Cell:
    return Cell(spoken(state), TICKET_TONES[state])


def priority(code: str) -> Cell:
    return Cell(code, PRIORITY_TONES[code])


def when(at: str | None) -> str:
    """`Tue 24 Nov, 09:05` in local time (UTC+8), with the year when it is not the present one's text."""
    return f"{datetime.fromisoformat(at) + LOCAL:%a %d %b %Y, %H:%M}" if at else ""


def clock_time(at: str | None) -> str:
    return f"{datetime.fromisoformat(at) + LOCAL:%H:%M}" if at else ""


def day(at: str | None) -> str:
    return f"{datetime.fromisoformat(at) + LOCAL:%a %d %b %Y}" if at else ""


def span(starts: str, ends: str) -> str:
    """`Tue 24 Nov 2026, 09:00–11:00`, with both days when they differ."""
    if day(starts) == day(ends):
        return f"{when(starts)}–{clock_time(ends)}"
    return f"{when(starts)} – {when(ends)}"


def duration(minutes: int) -> str:
    """`1 h 35 min`."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )
