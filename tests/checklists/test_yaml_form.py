"""YAML comes in as JSON would, or is refused with line and column."""

from __future__ import annotations

from typing import Any

import pytest

from checklists import InvalidDefinition, InvalidYaml, load_yaml, parse_definition


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", {"a": "yes"}),
        ("a: off", {"a": "off"}),
        ("a: true", {"a": True}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: 2026-02-30", {"a": "2026-02-30"}),
        ("a: 010", {"a": 10}),
        ("a: [1, 1.5, null]", {"a": [1, 1.5, None]}),
        ("a: 备份", {"a": "备份"}),
    ],
)
def test_yaml_is_read_as_yaml_1_2(text: str, value: Any) -> None:
    assert load_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "duplicate key"),
        ("x:\n  y: &again 1\n", 2, 6, "anchors are not allowed"),
        ("x: *again", 1, 4, "aliases are not allowed"),
        ("x:\n  - !!python/name:os.system", 2, 5, "tags are not allowed"),
        ("x: !!binary aGk=", 1, 4, "tags are not allowed"),
        ("a: [1,\n", 2, 1, "expected"),
        ("a: \x07", 1, 4, "character not allowed"),
        ("- a\n---\n- b", 2, 1, "another document"),
        ("[" * 100, 1, 41, "nested too deeply"),
        ("x" * 1_048_577, 1, 1, "too large"),
    ],
)
def test_what_is_refused_is_refused_with_its_place(text: str, line: int, column: int, reason: str) -> None:
    with pytest.raises(InvalidYaml) as refusal:
        load_yaml(text)

    assert (refusal.value.line, refusal.value.column) == (line, column)
    assert reason in refusal.value.reason


@pytest.mark.parametrize("text", ["", "null", "- a", "1", "1: x", "{? [a, b] : c}", ".inf", "title: {1: x}"])
def test_yaml_that_is_no_checklist_is_refused_with_faults_and_nothing_else(text: str) -> None:
    with pytest.raises(InvalidDefinition):
        parse_definition(load_yaml(text))
