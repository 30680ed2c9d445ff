"""What is to be said of a tablet: how it stands, what it holds, and how worrying that is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from backend.console import words
from backend.console.lists import Cell
from backend.core.schema import wire_time
from backend.identity.services import Device

QUIET, LONG_QUIET = timedelta(hours=12), timedelta(days=3)
"""How long an active tablet may say nothing: a working day, and more than a weekend."""
CLOCK_MS = 120_000
LOW_MB = 1_000
STATES = ("pending", "active", "suspended", "revoked", "wiped")
LINES = {
    "visits": "visits not whole", "checklists": "a checklist is missing", "photos": "a photo is missing",
    "sums": "rows do not add up", "installed": "not installed", "persisted": "storage may be cleared",
    "room": "little room", "controlled": "does not start without a network", "version": "old version of the app",
    "clock": "clock is wrong", "storage": "storage does not keep", "unsent": "work not sent", "signed_in": "signed out",
    "contact": "no contact for long", "battery": "battery low",
}  # fmt: skip
READINESS = {
    "ready": ("Ready to work offline", "ok"),
    "doubtful": ("Nearly ready", "warn"),
    "not_ready": ("Not ready", "fail"),
}


def moment(at: datetime | None) -> str:
    """A time as the console writes it."""
    return words.when(wire_time(at)) if at else "Never"


def state(row: Device) -> Cell:
    """One word for where the tablet stands."""
    if row.status == "revoked" and row.wipe_asked_at is not None:
        return Cell("Wipe asked for", "fail")
    text = words.spoken(row.ended_as) if row.status == "revoked" and row.ended_as else words.spoken(row.status)
    return Cell(text, words.DEVICE_TONES[row.status])


def heard(row: Device, now: datetime) -> Cell:
    """When it last spoke; coloured while it should be speaking."""
    if row.status != "active":
        return Cell(moment(row.last_seen))
    silent = now - (row.last_seen or row.created_at)
    if silent < QUIET:
        return Cell(moment(row.last_seen), "ok")
    count, unit = (silent.days, "day") if silent.days else (silent.seconds // 3600, "hour")
    return Cell(f"Silent for {count} {unit}{'' if count == 1 else 's'}", "warn" if silent < LONG_QUIET else "fail")


def complete(row: Device) -> Cell:
    """What the server holds of it, beside what it says that it made."""
    here, made = row.next_n - 1, _said(row, "made_n")
    if made is None or made <= here:
        return Cell(f"Complete to {here}", number=True)
    return Cell(f"{here} of {made}", "warn", number=True)


def unsent(row: Device) -> Cell:
    """What it said that it still had to send."""
    operations, photos = _said(row, "unsent"), _said(row, "photos")
    if operations is None or photos is None:
        return Cell("Not told")
    if not operations and not photos:
        return Cell("Nothing")
    megabytes = f", {max(1, (_said(row, 'photo_bytes') or 0) // 10**6)} MB" if photos else ""
    return Cell(f"{changes_and_photos(operations, photos)}{megabytes}", "warn")


def readiness(row: Device) -> Cell:
    """What its departure check said last."""
    if row.report is None or "readiness" not in row.report:
        return Cell("Not told")
    text, tone = READINESS[row.report["readiness"]]
    lacking = ", ".join(LINES[name] for name in row.report["lacking"])
    return Cell(f"{text}: {lacking}" if lacking else text, tone)


def clock(row: Device) -> Cell:
    """How far its clock is from ours."""
    offset = _said(row, "offset_ms")
    if offset is None:
        return Cell("Not told")
    if abs(offset) < CLOCK_MS:
        return Cell("Right")
    minutes = abs(offset) // 60_000
    return Cell(f"{minutes} min {'slow' if offset > 0 else 'fast'}", "warn")


def storage(row: Device) -> Cell:
    """Whether the browser promised to keep it, and how much room there is."""
    persisted = (row.report or {}).get("persisted", row.persisted)
    free = (row.report or {}).get("free_mb", row.storage_mb)
    promise = "Kept" if persisted else "May be cleared"
    room = f", {free / 1_000:.1f} GB free" if free is not None else ""
    return Cell(promise + room, "" if persisted and (free is None or free >= LOW_MB) else "warn")


def _said(row: Device, name: str) -> int | None:
    value: Any = (row.report or {}).get(name)
    return value if isinstance(value, int) else None


def changes_and_photos(operations: int, photos: int) -> str:
    """As in "1 change, 2 photos"."""
    return f"{operations} change{'s' * (operations != 1)}, {photos} photo{'s' * (photos != 1)}"
