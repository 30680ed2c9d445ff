"""Reads conditions and computed items. Both may look at earlier items only (rule C2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from checklists import exact
from checklists.answers import civil_date_fault, is_time
from checklists.definition import (
    MAX_DEPTH,
    MAX_OPERANDS,
    AllOf,
    Answered,
    AnyOf,
    AssetIs,
    Compare,
    Computation,
    Condition,
    Item,
    Not,
)
from checklists.exact import Exact
from checklists.reader import Fields, Reader, under

NEVER: Condition = AnyOf(())
OPERATORS = ("is", "in", "gt", "ge", "lt", "le", "includes", "answered")
ORDERED = ("gt", "ge", "lt", "le")
MAX_PARTS = 50
COMPUTING = {"add": (2, MAX_OPERANDS), "mul": (2, MAX_OPERANDS), "sub": (2, 2), "div": (2, 2),
             "sum": (1, MAX_OPERANDS), "count": (1, MAX_OPERANDS)}  # fmt: skip


@dataclass(slots=True)
class Scope:
    """`earlier` items may be referred to (None: itself faulty); `written` is every id there is."""

    written: Collection[str]
    earlier: dict[str, Item | None] = field(default_factory=dict)


def read_condition(reader: Reader, raw: object, path: str, scope: Scope, depth: int = 1) -> Condition:
    """One condition of the closed language; deeper than 8 is refused without looking further."""
    if depth > MAX_DEPTH:
        reader.fault(path, "too_deep")
        return NEVER
    if not isinstance(raw, dict):
        reader.fault(path, "wrong_type")
        return NEVER
    forms = [form for form in ("item", "asset", "all", "any", "not") if form in raw]
    if len(forms) != 1:
        reader.fault(path, "not_a_condition")
        return NEVER
    if forms[0] == "item":
        return _of_item(reader, raw, path, scope)
    if forms[0] == "asset":
        return _of_asset(reader, raw, path)
    return _of_parts(reader, raw, path, scope, forms[0], depth)


def _of_parts(reader: Reader, raw: Fields, path: str, scope: Scope, form: str, depth: int) -> Condition:
    reader.fields(raw, path, (form,))
    at = under(path, form)
    if form == "not":
        return Not(read_condition(reader, raw[form], at, scope, depth + 1))
    entries = reader.entries(raw[form], at, MAX_PARTS)
    parts = tuple(read_condition(reader, entry, where, scope, depth + 1) for entry, where in entries)
    return AllOf(parts) if form == "all" else AnyOf(parts)


def _of_asset(reader: Reader, raw: Fields, path: str) -> Condition:
    operator = _only_operator(reader, raw, path, ("is", "in"), "asset")
    name = reader.id(raw["asset"], under(path, "asset"))
    if operator is None:
        return NEVER
    at = under(path, operator)
    if operator == "is":
        return AssetIs(name, (reader.text(raw[operator], at, 200),))
    return AssetIs(name, tuple(reader.text(entry, where, 200) for entry, where in reader.entries(raw["in"], at, 100)))


def _of_item(reader: Reader, raw: Fields, path: str, scope: Scope) -> Condition:
    operator = _only_operator(reader, raw, path, OPERATORS, "item")
    item = resolve(reader, raw["item"], under(path, "item"), scope)
    if operator is None:
        return NEVER
    at = under(path, operator)
    if operator == "answered":
        return _answered(reader, raw[operator], at, path, raw["item"], item)
    if item is None:
        return NEVER
    if operator not in operators_of(item.type):
        reader.fault(at, "operator_not_for_type")
        return NEVER
    return _comparison(reader, raw[operator], at, item, operator)


def _answered(reader: Reader, raw: object, at: str, path: str, name: object, item: Item | None) -> Condition:
    wanted = reader.flag(raw, at)
    if item is not None and item.type == "instruction":
        reader.fault(under(path, "answered"), "operator_not_for_type")
    return Answered(str(name), wanted)


def _comparison(reader: Reader, raw: object, at: str, item: Item, operator: str) -> Condition:
    if operator == "in":
        return Compare(item.id, operator, reader.several_of(raw, at, item.allowed, "not_a_value"))
    if not isinstance(raw, str):
        reader.fault(at, "wrong_type")
        return NEVER
    if operator not in ORDERED:
        if raw not in item.allowed:
            reader.fault(at, "not_a_value")
        return Compare(item.id, operator, (raw,))
    if item.type in ("number", "computed"):
        return Compare(item.id, operator, (raw,), reader.decimal(raw, at))
    if not (is_time(raw) if item.type == "time" else civil_date_fault(raw) is None):
        reader.fault(at, "not_a_value")
    return Compare(item.id, operator, (raw,))


def _only_operator(reader: Reader, raw: Fields, path: str, allowed: Collection[str], form: str) -> str | None:
    reader.fields(raw, path, (form,), allowed)
    operators = [operator for operator in allowed if operator in raw]
    if len(operators) == 1:
        return operators[0]
    reader.fault(path, "not_a_condition")
    return None


def operators_of(item_type: str) -> tuple[str, ...]:
    """Which comparisons a type knows, apart from `answered` (rule C4)."""
    return _OPERATORS_OF.get(item_type, ())


_OPERATORS_OF: Mapping[str, tuple[str, ...]] = {
    "pass_fail": ("is", "in"),
    "yes_no": ("is", "in"),
    "choice": ("is", "in"),
    "choices": ("includes",),
    **dict.fromkeys(("number", "computed", "date", "time"), ORDERED),
}


def resolve(reader: Reader, raw: object, path: str, scope: Scope) -> Item | None:
    """The earlier item that an id names, or None when that is a fault, noted here or at the item itself."""
    if not isinstance(raw, str):
        reader.fault(path, "wrong_type")
        return None
    if raw not in scope.earlier:
        reader.fault(path, "not_earlier" if raw in scope.written else "unknown_item")
        return None
    return scope.earlier[raw]


def read_computation(reader: Reader, fields: Fields, path: str, scope: Scope) -> Computation:
    """`op` and `of` of a computed item."""
    op = reader.take(fields, "op", path, lambda raw, at: reader.one_of(raw, at, COMPUTING), "")
    entries = reader.entries(fields["of"], under(path, "of"), MAX_OPERANDS) if "of" in fields else []
    least, most = COMPUTING.get(op, (0, MAX_OPERANDS))
    if entries and not least <= len(entries) <= most:
        reader.fault(under(path, "of"), "wrong_count")
    return Computation(op, tuple(_operand(reader, entry, at, scope, op) for entry, at in entries))


def _operand(reader: Reader, raw: object, path: str, scope: Scope, op: str) -> str | Exact:
    if isinstance(raw, dict):
        fields = reader.fields(raw, path, ("value",)) or {}
        if op == "count":
            reader.fault(path, "operator_not_for_type")
        return reader.take(fields, "value", path, reader.decimal, exact.Exact(0, 0))
    item = resolve(reader, raw, path, scope)
    if item is not None and op and not _computes_with(op, item.type):
        reader.fault(path, "operator_not_for_type")
    return str(raw)


def _computes_with(op: str, item_type: str) -> bool:
    return item_type != "instruction" if op == "count" else item_type in ("number", "computed")
