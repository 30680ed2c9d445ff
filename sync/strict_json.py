"""JSON as operations may use it (rule S6): no duplicate key, float, NUL, deep nest or lone surrogate."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from sync.protocol import LIMITS

LARGEST = 2**53 - 1
"""Integers beyond it, either side of nought, are not the same in every language: they travel as text."""

_NEST = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class NotStrict(ValueError):
    """`reason` is one of syntax, depth, duplicate_key, number, nul, surrogate."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read(text: str, depth: int = LIMITS["operation_depth"]) -> Any:
    """The value written in `text`, with dicts, lists, strings, ints, booleans and None; else NotStrict."""
    try:
        value = _DECODER.decode(text)
    # Whatever else is wrong with it, too deep comes first.
    except NotStrict:
        _refuse_deep(text, depth)
        raise
    except (json.JSONDecodeError, RecursionError) as wrong:
        _refuse_deep(text, depth)
        raise NotStrict("syntax") from wrong
    # Most texts have fewer brackets in all than may be nested, and no escape that could hide a character.
    if text.count("[") + text.count("{") > depth and _is_deep(value, depth):
        raise NotStrict("depth")
    if "\\u" in text or not text.isascii():
        for string in strings(value):
            _refuse_characters(string)
    return value


def strings(value: object) -> Iterator[str]:
    """Every string in a value, keys too. The depth was checked while reading, so recursion is safe."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def _refuse_deep(text: str, depth: int) -> None:
    if text.count("[") + text.count("{") <= depth:
        return
    level = 0
    for token in _NEST.finditer(text):
        sign = token[0]
        if sign in "[{":
            level += 1
        elif sign in "]}":
            level -= 1
        if level > depth:
            raise NotStrict("depth")


def _is_deep(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return depth == 0 or any(_is_deep(inner, depth - 1) for inner in value.values())
    if isinstance(value, list):
        return depth == 0 or any(_is_deep(inner, depth - 1) for inner in value)
    return False


def _refuse_characters(string: str) -> None:
    if "\0" in string:
        raise NotStrict("nul")
    if _SURROGATE.search(string):
        raise NotStrict("surrogate")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("duplicate_key")
    return found


def _integer(digits: str) -> int:
    if len(digits) > 17 or digits == "-0":
        raise NotStrict("number")
    value = int(digits)
    if not -LARGEST <= value <= LARGEST:
        raise NotStrict("number")
    return value


def _refuse_number(_: str) -> NoReturn:
    raise NotStrict("number")


def _refuse_constant(_: str) -> NoReturn:
    raise NotStrict("syntax")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_refuse_number,
    parse_constant=_refuse_constant,
)
