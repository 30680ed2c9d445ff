"""No half kind and no half operation: each has its model, schema, handler, merge class, audience and vector."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from backend.core.problems import invalid
from backend.desk import operations as desk
from backend.directory import operations as directory
from backend.exchange import conflicts
from backend.exchange.handlers import OperationType
from backend.exchange.kinds import Kind
from backend.inspections import operations as inspections
from backend.reports import operations as reports
from backend.signoff import operations as signoff
from backend.visits import contents, operations
from sync.policy import FIELDS, audience_of

SLICES = (directory, desk, contents, inspections, signoff, reports)
FILES = sorted(Path("backend").glob("*/vectors/operations.json"))
KINDS: list[Kind] = [kind for slice_ in SLICES for kind in slice_.KINDS]
TYPES: list[OperationType] = [kind for slice_ in (*SLICES, operations) for kind in slice_.OPERATIONS]


@cache
def vectors(part: str) -> list[dict[str, Any]]:
    return [case for file in FILES for case in json.loads(file.read_text("utf-8"))[part]]


def operation_faults(types: Iterable[OperationType], cases: Iterable[Mapping[str, Any]]) -> list[str]:
    """What an operation type lacks, and vectors of types that nobody carries out."""
    told = {(case["type"], case["v"], case["kind"]) for case in cases}
    made = {(one.type, one.v, one.entity_kind) for one in types}
    lost = [f"{one.type} has no handler" for one in types if not callable(one.handle)]
    open_ = [f"{one.type} may be sent by nobody" for one in types if not one.roles]
    return [*lost, *open_, *(f"{name}: only one of type and vector" for name, *_ in sorted(told ^ made))]


def kind_faults(kinds: Iterable[Kind], cases: Iterable[Mapping[str, Any]]) -> list[str]:
    """What a kind lacks: a column for a wire field, a merge class for it, a vector."""
    told = {case["kind"] for case in cases}
    faults = []
    for kind in kinds:
        faults += [f"{kind.name}.{name} has no column" for name in kind.wire.fields if name not in kind.columns]
        faults += [
            f"{kind.name}.{name} has no merge class" for name in kind.wire.fields if f"{kind.name}.{name}" not in FIELDS
        ]
        faults += [] if kind.name in told else [f"{kind.name} has no vector"]
    return faults


def test_every_operation_type_is_whole() -> None:
    assert operation_faults(TYPES, vectors("operations")) == []


def test_every_kind_is_whole() -> None:
    assert kind_faults(KINDS, vectors("kinds")) == []


def test_an_operation_without_vector_or_sender_and_a_vector_without_operation_are_seen() -> None:
    cases = vectors("operations")
    assert operation_faults(TYPES, cases[1:]) == [f"{cases[0]['type']}: only one of type and vector"]
    assert operation_faults(TYPES[1:], cases) == [f"{TYPES[0].type}: only one of type and vector"]
    mute = replace(TYPES[0], roles=frozenset())
    assert operation_faults([mute, *TYPES[1:]], cases) == [f"{mute.type} may be sent by nobody"]


def test_a_kind_without_vector_column_or_merge_class_is_seen() -> None:
    [first, second, *_] = KINDS
    assert kind_faults([first], []) == [f"{first.name} has no vector"]
    borrowed = replace(first, wire=second.wire)
    told = [{"kind": first.name}]
    assert any("has no column" in fault for fault in kind_faults([borrowed], told))
    assert any("has no merge class" in fault for fault in kind_faults([borrowed], told))


def test_no_type_and_no_kind_twice() -> None:
    names = [(one.type, one.v) for one in [*TYPES, *conflicts.OPERATIONS]]
    assert len(set(names)) == len(names)
    kinds = [kind.name for kind in [*KINDS, *conflicts.KINDS]]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize("case", vectors("operations"), ids=lambda case: case["type"])
def test_an_operation_takes_its_arguments_and_names_what_it_refuses(case: dict[str, Any]) -> None:
    [args] = [one.args for one in TYPES if one.type == case["type"]]
    loaded = args.load(case["args"])
    assert case["args"].keys() <= loaded.keys()
    assert args.load(loaded) == loaded, "what was loaded once is loaded again unchanged"
    assert case["refused"], "a rule has a case on both sides"
    for refused in case["refused"]:
        with pytest.raises(ValidationError) as fault:
            args.load(refused["args"])
        field = invalid(fault.value).field or ""
        assert field == refused["field"] or field.startswith(f"{refused['field']}.")


@pytest.mark.parametrize("case", vectors("kinds"), ids=lambda case: case["kind"])
def test_a_kind_dumps_what_its_wire_schema_loads_and_both_sides_agree_who_sees_it(case: dict[str, Any]) -> None:
    [kind] = [one for one in KINDS if one.name == case["kind"]]
    assert kind.wire.dump(kind.wire.load(case["v"])) == case["v"]
    assert kind.audience({"id": case["id"], **case["v"]}) == case["audience"]
    assert audience_of(case["kind"], case["id"], case["v"]) == (
        None if case["audience"] == "office" else case["audience"]
    )
