"""Exact decimals: an integer, and how many of its digits stand after the point. No float anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

CANONICAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")
LARGEST_RESULT = 10**30


@dataclass(frozen=True, slots=True)
class Exact:
    """The number units / 10**scale."""

    units: int
    scale: int


def is_decimal(text: str) -> bool:
    """True for the one canonical form of a decimal (rule C3): no leading or trailing zeros, no `-0`."""
    return text != "-0" and CANONICAL.fullmatch(text) is not None


def read(text: str) -> Exact:
    """Read digits with an optional point, canonical or not; the caller has checked the form."""
    whole, _, fraction = text.partition(".")
    return Exact(int(whole + fraction), len(fraction))


def written(number: Exact) -> str:
    """The canonical form of rule C3."""
    digits = str(abs(number.units)).rjust(number.scale + 1, "0")
    whole = digits[: len(digits) - number.scale]
    fraction = digits[len(digits) - number.scale :].rstrip("0")
    sign = "-" if number.units < 0 else ""
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def compare(left: Exact, right: Exact) -> int:
    """Below 0, 0 or above 0, as left is below, equal to or above right."""
    return left.units * _power(right.scale) - right.units * _power(left.scale)


def add(left: Exact, right: Exact) -> Exact:
    scale = max(left.scale, right.scale)
    return Exact(left.units * _power(scale - left.scale) + right.units * _power(scale - right.scale), scale)


def subtract(left: Exact, right: Exact) -> Exact:
    return add(left, Exact(-right.units, right.scale))


def multiply(left: Exact, right: Exact) -> Exact:
    return Exact(left.units * right.units, left.scale + right.scale)


def divide(left: Exact, right: Exact, decimals: int) -> Exact | None:
    """left / right, half-up at `decimals`; None when right is zero."""
    if right.units == 0:
        return None
    above = left.units * _power(right.scale + decimals)
    below = right.units * _power(left.scale)
    return Exact(_half_up(above, below), decimals)


def rounded(number: Exact, decimals: int) -> Exact:
    """Half-up at `decimals`: 0.5 goes away from zero."""
    if number.scale <= decimals:
        return number
    return Exact(_half_up(number.units, _power(number.scale - decimals)), decimals)


def is_within_size(number: Exact) -> bool:
    """False when over 30 digits stand before the point; chained products would grow without end."""
    return abs(number.units) < LARGEST_RESULT * _power(number.scale)


def _power(scale: int) -> int:
    power: int = 10**scale
    return power


def _half_up(above: int, below: int) -> int:
    quotient, rest = divmod(abs(above), abs(below))
    if 2 * rest >= abs(below):
        quotient += 1
    return -quotient if (above < 0) != (below < 0) else quotient
