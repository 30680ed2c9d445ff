"""The one canonical form of each answer (rule C3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from checklists import exact, wording
from checklists.definition import MAX_WHOLE_DIGITS, Item
from checklists.exact import Exact
from checklists.faults import InvalidAnswer

Answer = str | list[str]

_TYPED_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def canonical_answer(item: Item, raw: object) -> Answer:
    """The canonical form of what was given. Raises InvalidAnswer with a code of ANSWER_REASONS."""
    read = _READERS.get(item.type)
    if read is None:
        raise InvalidAnswer("takes_no_answer")
    return read(item, raw)


def is_canonical(item: Item, answer: object) -> bool:
    """True when an answer fits the item and is already in its canonical form."""
    try:
        return canonical_answer(item, answer) == answer
    except InvalidAnswer:
        return False


def civil_date_fault(text: str) -> str | None:
    """Why a text is no civil date of the Gregorian calendar, years 0001 to 9999; None when it is one."""
    parts = _DATE.fullmatch(text)
    if parts is None:
        return "not_a_date"
    year, month, day = (int(part) for part in parts.groups())
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        return "no_such_date"
    return None


def is_time(text: str) -> bool:
    """True for HH:MM from 00:00 to 23:59."""
    return _TIME.fullmatch(text) is not None


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _MONTH_DAYS[month - 1]


def _string(raw: object) -> str:
    if not isinstance(raw, str):
        raise InvalidAnswer("wrong_type")
    if not wording.is_well_formed(raw):
        raise InvalidAnswer("malformed_text")
    return raw


def _typed(raw: object) -> str:
    """A short answer without the white space around it."""
    text = wording.trim(_string(raw))
    if not text:
        raise InvalidAnswer("empty")
    return text


def _decimal(item: Item, raw: object) -> Answer:
    text = _typed(raw)
    if len(text) > 100 or not _TYPED_DECIMAL.fullmatch(text):
        raise InvalidAnswer("not_a_decimal")
    canonical = exact.written(exact.read(text))
    whole, _, fraction = canonical.lstrip("-").partition(".")
    if len(fraction) > item.decimals:
        raise InvalidAnswer("too_many_decimals")
    if len(whole) > MAX_WHOLE_DIGITS:
        raise InvalidAnswer("too_large")
    _check_bounds(item, exact.read(canonical))
    return canonical


def _check_bounds(item: Item, number: Exact) -> None:
    if item.bounds is None:
        return
    if item.bounds.min and exact.compare(number, item.bounds.min) < 0:
        raise InvalidAnswer("below_minimum")
    if item.bounds.max and exact.compare(number, item.bounds.max) > 0:
        raise InvalidAnswer("above_maximum")


def _text(item: Item, raw: object) -> Answer:
    return _written(item, raw, lines=True)


def _scan(item: Item, raw: object) -> Answer:
    return _written(item, raw, lines=False)


def _written(item: Item, raw: object, *, lines: bool) -> str:
    text = wording.tidy(_string(raw))
    if not text:
        raise InvalidAnswer("empty")
    if wording.has_control(text, lines=lines):
        raise InvalidAnswer("control_character")
    if len(text) < item.shortest:
        raise InvalidAnswer("too_short")
    if len(text) > item.longest:
        raise InvalidAnswer("too_long")
    return text


def _choice(item: Item, raw: object) -> Answer:
    answer = _string(raw)
    if answer not in item.allowed:
        raise InvalidAnswer("not_a_choice")
    return answer


def _choices(item: Item, raw: object) -> Answer:
    if not isinstance(raw, list) or not all(isinstance(entry, str) for entry in raw):
        raise InvalidAnswer("wrong_type")
    if not raw:
        raise InvalidAnswer("empty")
    if not set(raw) <= set(item.allowed):
        raise InvalidAnswer("not_a_choice")
    return [choice for choice in item.allowed if choice in raw]


def _date(_: Item, raw: object) -> Answer:
    text = _typed(raw)
    reason = civil_date_fault(text)
    if reason:
        raise InvalidAnswer(reason)
    return text


def _time(_: Item, raw: object) -> Answer:
    text = _typed(raw)
    if not is_time(text):
        raise InvalidAnswer("not_a_time")
    return text


_READERS: Mapping[str, Callable[[Item, object], Answer]] = {
    "pass_fail": _choice,
    "yes_no": _choice,
    "number": _decimal,
    "text": _text,
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "time": _time,
    "scan": _scan,
}
