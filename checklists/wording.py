"""Text as both languages must see it: explicit white space, one line ending, code points counted."""

from __future__ import annotations

import re
import unicodedata

# Written out because str.strip() and String.trim() disagree (U+001C..U+001F, U+0085, U+FEFF).
TRIMMED = (
    "\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def trim(text: str) -> str:
    """Take the characters of TRIMMED, and no others, from both ends."""
    return text.strip(TRIMMED)


def is_well_formed(text: str) -> bool:
    """False when a surrogate stands alone, which no UTF-8 text can carry."""
    return _SURROGATE.search(text) is None


def has_control(text: str, *, lines: bool) -> bool:
    """True when a control character is inside; with `lines`, tab and line feed are allowed."""
    if _CONTROL.search(text):
        return True
    return not lines and ("\t" in text or "\n" in text)


def is_nfc(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


def tidy(text: str) -> str:
    """NFC, every line ending a line feed, trimmed. The text must be well formed."""
    return trim(unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))
