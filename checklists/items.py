"""Reads the items of a definition: which keys a type has, and what they may hold (rule C1)."""

from __future__ import annotations

from collections.abc import Callable

from checklists import exact
from checklists.conditions import Scope, read_computation, read_condition
from checklists.definition import (
    ITEM_TYPES,
    MAX_CHOICES,
    MAX_DECIMALS,
    MAX_PHOTOS,
    MAX_SCAN,
    MAX_TEXT,
    SEVERITY_POINTS,
    Choice,
    Condition,
    Item,
    Labels,
    Limits,
    OnFail,
    Range,
    Verdicts,
)
from checklists.reader import CHOICE_ID, Fields, Reader, under

_EVERY = ("hint", "look", "command", "when", "references")
_ASKED = (*_EVERY, "severity", "required")
_NUMERIC = ("unit", "decimals", "limits", "reading", "on_fail")
_OPTIONAL = {
    "pass_fail": (*_ASKED, "on_fail"),
    "yes_no": (*_ASKED, "verdicts", "on_fail"),
    "number": (*_ASKED, *_NUMERIC, "bounds"),
    "text": (*_ASKED, "length"),
    "choice": (*_ASKED, "verdicts", "on_fail"),
    "choices": (*_ASKED, "verdicts", "on_fail"),
    "date": _ASKED,
    "time": _ASKED,
    "photo": (*_ASKED, "min", "max"),
    "scan": (*_ASKED, "expects"),
    "computed": (*_EVERY, *_NUMERIC, "severity"),
    "instruction": _EVERY,
}
_REQUIRED = {"choice": ("choices",), "choices": ("choices",), "computed": ("op", "of")}


def read_item(reader: Reader, raw: object, path: str, scope: Scope) -> Item | None:
    """One item, or None when not even its type is known. It is entered into the scope for those after it."""
    if not isinstance(raw, dict):
        reader.fault(path, "wrong_type")
        return None
    before = len(reader.faults)
    item_type = _item_type(reader, raw, path)
    if not item_type:
        _enter(scope, raw.get("id"), None)
        return None
    required = ("id", "type", "label", *_REQUIRED.get(item_type, ()))
    fields = reader.fields(raw, path, required, _OPTIONAL[item_type]) or {}
    name = reader.take(fields, "id", path, reader.id, "")
    if name in scope.earlier:
        reader.fault(under(path, "id"), "duplicate_id")
    item = _read_item(reader, fields, path, scope, name, item_type)
    _enter(scope, name, item if len(reader.faults) == before else None)
    return item


def _item_type(reader: Reader, raw: Fields, path: str) -> str:
    if "type" in raw:
        return reader.one_of(raw["type"], under(path, "type"), ITEM_TYPES)
    reader.fault(under(path, "type"), "missing_key")
    return ""


def _enter(scope: Scope, name: object, item: Item | None) -> None:
    if isinstance(name, str) and name not in scope.earlier:
        scope.earlier[name] = item


def _read_item(reader: Reader, fields: Fields, path: str, scope: Scope, name: str, item_type: str) -> Item:
    def condition(raw: object, at: str) -> Condition:
        return read_condition(reader, raw, at, scope)

    def required(raw: object, at: str) -> bool | Condition:
        return condition(raw, at) if isinstance(raw, dict) else reader.flag(raw, at)

    def text(most: int) -> Callable[[object, str], str]:
        return lambda raw, at: reader.text(raw, at, most)

    choices = reader.take(fields, "choices", path, lambda raw, at: _choices(reader, raw, at), ())
    allowed = Item(name, item_type, {}, choices=choices).allowed
    longest = MAX_SCAN if item_type == "scan" else MAX_TEXT
    shortest, longest = reader.take(
        fields, "length", path, lambda raw, at: _span(reader, raw, at, 1, MAX_TEXT), (1, longest)
    )
    photo_min, photo_max = _photo_span(reader, fields, path)
    if "on_fail" in fields and not _can_fail(fields, item_type):
        reader.fault(under(path, "on_fail"), "never_fails")
    decimals = reader.take(fields, "decimals", path, lambda raw, at: reader.whole(raw, at, 0, MAX_DECIMALS), 0)
    return Item(
        id=name,
        type=item_type,
        label=reader.take(fields, "label", path, reader.labels, {}),
        hint=reader.take(fields, "hint", path, reader.note, None),
        look=reader.take(fields, "look", path, reader.note, None),
        command=reader.take(fields, "command", path, text(500), None),
        severity=reader.take(
            fields, "severity", path, lambda raw, at: reader.one_of(raw, at, SEVERITY_POINTS), "minor"
        ),
        required=reader.take(fields, "required", path, required, False),
        when=reader.take(fields, "when", path, condition, None),
        on_fail=reader.take(fields, "on_fail", path, lambda raw, at: _on_fail(reader, raw, at), None),
        references=reader.take(fields, "references", path, reader.references, ()),
        unit=reader.take(fields, "unit", path, text(20), None),
        decimals=decimals,
        limits=reader.take(fields, "limits", path, lambda raw, at: _limits(reader, raw, at), None),
        bounds=reader.take(fields, "bounds", path, reader.range, None),
        reading=reader.take(fields, "reading", path, reader.flag, False),
        shortest=shortest,
        longest=longest,
        choices=choices,
        verdicts=reader.take(fields, "verdicts", path, lambda raw, at: _verdicts(reader, raw, at, allowed), None),
        photo_min=photo_min,
        photo_max=photo_max,
        expects=reader.take(fields, "expects", path, lambda raw, at: reader.one_of(raw, at, ("tag", "serial")), None),
        computation=read_computation(reader, fields, path, scope) if item_type == "computed" else None,
    )


def _choices(reader: Reader, raw: object, path: str) -> tuple[Choice, ...]:
    found: list[Choice] = []
    for entry, at in reader.entries(raw, path, MAX_CHOICES):
        fields = reader.fields(entry, at, ("id", "label")) or {}
        name = reader.take(fields, "id", at, lambda raw, where: reader.id(raw, where, CHOICE_ID), "")
        if name and any(choice.id == name for choice in found):
            reader.fault(under(at, "id"), "duplicate_id")
        found.append(Choice(name, reader.take(fields, "label", at, reader.labels, {})))
    return tuple(found)


def _limits(reader: Reader, raw: object, path: str) -> Limits | None:
    fields = reader.fields(raw, path, (), ("warn", "fail"))
    if fields is None:
        return None
    if not fields:
        reader.fault(path, "empty")
    warn = reader.take(fields, "warn", path, reader.range, None)
    fail = reader.take(fields, "fail", path, reader.range, None)
    if warn and fail and not _is_inside(warn, fail):
        reader.fault(under(path, "warn"), "disordered")
    return Limits(warn, fail)


def _is_inside(warn: Range, fail: Range) -> bool:
    """A warning that lies beyond the failure could never be given."""
    low = warn.min is None or fail.min is None or exact.compare(warn.min, fail.min) >= 0
    high = warn.max is None or fail.max is None or exact.compare(warn.max, fail.max) <= 0
    return low and high


def _verdicts(reader: Reader, raw: object, path: str, allowed: tuple[str, ...]) -> Verdicts | None:
    fields = reader.fields(raw, path, (), ("fail", "warn"))
    if fields is None:
        return None
    if not fields:
        reader.fault(path, "empty")

    def named(raw: object, at: str) -> tuple[str, ...]:
        return reader.several_of(raw, at, allowed, "not_a_value")

    fail = reader.take(fields, "fail", path, named, ())
    warn = reader.take(fields, "warn", path, named, ())
    if set(fail) & set(warn):
        reader.fault(path, "duplicate")
    return Verdicts(fail, warn)


def _on_fail(reader: Reader, raw: object, path: str) -> OnFail | None:
    fields = reader.fields(raw, path, (), ("require", "suggest", "next"))
    if fields is None:
        return None
    if not fields:
        reader.fault(path, "empty")

    def demands(raw: object, at: str) -> tuple[str, ...]:
        return reader.several_of(raw, at, ("remark", "photo"), "not_one_of")

    def suggestion(raw: object, at: str) -> str:
        return reader.one_of(raw, at, ("ticket",))

    following: Labels | None = reader.take(fields, "next", path, reader.note, None)
    suggested: str | None = reader.take(fields, "suggest", path, suggestion, None)
    return OnFail(reader.take(fields, "require", path, demands, ()), suggested, following)


def _span(reader: Reader, raw: object, path: str, least: int, most: int) -> tuple[int, int]:
    """{min, max} in whole numbers between `least` and `most`."""
    fields = reader.fields(raw, path, (), ("min", "max"))
    if fields is None:
        return least, most
    if not fields:
        reader.fault(path, "empty")
    return _ends(reader, fields, path, (least, most), (least, most))


def _photo_span(reader: Reader, fields: Fields, path: str) -> tuple[int, int]:
    return _ends(reader, fields, path, (1, MAX_PHOTOS), (1, 10))


def _ends(
    reader: Reader, fields: Fields, path: str, outer: tuple[int, int], absent: tuple[int, int]
) -> tuple[int, int]:
    def whole(raw: object, at: str) -> int:
        return reader.whole(raw, at, *outer)

    low = reader.take(fields, "min", path, whole, absent[0])
    high = reader.take(fields, "max", path, whole, max(absent[1], low))
    if low > high:
        reader.fault(path, "disordered")
    return low, high


def _can_fail(fields: Fields, item_type: str) -> bool:
    """Whether any answer can fail, by what is written, so that a faulty limit is one fault and not two."""
    if item_type == "pass_fail":
        return True
    key = "limits" if item_type in ("number", "computed") else "verdicts"
    if key not in fields:
        return False
    declared = fields[key]
    return not isinstance(declared, dict) or not declared or "fail" in declared
