"""Times, dates and durations in words of the client's language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton

from backend.reports.words import Words

_LOCALES = {"en": Locale("en", "SG"), "ms": Locale("ms", "MY"), "zh": Locale("zh", "SG", script="Hans")}


def instant(text: str) -> datetime:
    """The aware UTC datetime of an RFC 3339 text. Raises ValueError."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Phrasing:
    """Turns UTC texts into local words. The zone is that of the site's region."""

    def __init__(self, words: Words, zone: ZoneInfo) -> None:
        self._words = words
        self._zone = zone
        self._locale = _LOCALES[words.locale]

    def local(self, text: str) -> datetime:
        return instant(text).astimezone(self._zone)

    def day(self, text: str) -> str:
        """ "23 November 2026"."""
        return format_date(self.local(text).date(), "long", locale=self._locale)

    def short_day(self, text: str) -> str:
        """ "23 Nov 2026"."""
        return format_skeleton("yMMMd", self.local(text), locale=self._locale)

    def clock(self, text: str) -> str:
        """ "09:41", 24 hours."""
        return self.local(text).strftime("%H:%M")

    def moment(self, text: str) -> str:
        """ "23 Nov 2026 09:41:12"."""
        return f"{self.short_day(text)} {self.local(text).strftime('%H:%M:%S')}"

    def zone_name(self, text: str) -> str:
        """ "UTC+8"."""
        offset = self.local(text).utcoffset()
        minutes = int(offset.total_seconds()) // 60 if offset else 0
        hours, rest = divmod(abs(minutes), 60)
        sign = "-" if minutes < 0 else "+"
        return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")

    def clock_on(self, text: str, day: str) -> str:
        """The clock alone on that day, with the date on another."""
        same = self.local(text).date() == self.local(day).date()
        return self.clock(text) if same else f"{self.short_day(text)} {self.clock(text)}"

    def duration(self, minutes: int | None) -> str:
        if minutes is None:
            return ""
        hours, rest = divmod(minutes, 60)
        if hours:
            return self._words.say("duration", h=hours, m=rest)
        return self._words.say("duration.short", m=rest)
