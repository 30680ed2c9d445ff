"""Shapes take a short way where nothing is wrong; both ways must say the same."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validates_schema

from backend.core.schema import Lenient, OneOf, Strict, Text, TimeText, Truth, Whole

GOOD: dict[str, Any] = {"title": " Rack 3 ", "kind": "a", "count": 3, "is-open": True}


class Args(Strict):
    title = Text(10, required=True)
    kind = OneOf("a", "b", required=True)
    count = Whole(most=5, required=True, allow_none=True)
    open = Truth(data_key="is-open", load_default=False)
    note = Text(10)


class Ordered(Args):
    """The same, with a rule over several fields."""

    @validates_schema
    def refuse_b_with_nothing(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] == "b" and data["count"] is None:
            raise ValidationError("b needs a count", "count")


class Wire(Lenient):
    title = Text(10)
    at = TimeText()
    count = Whole()
    open = Truth(data_key="is-open")
    size = fields.Function(lambda row: len(row["title"]))


def long_way(schema: Schema, data: Any) -> Any:
    return Schema.load(schema, data)


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        {**GOOD, "note": "x"},
        {**GOOD, "count": None},
        {name: value for name, value in GOOD.items() if name != "is-open"},
    ],
)
def test_what_is_right_is_loaded_alike(data: dict[str, Any]) -> None:
    assert Args().load(data) == long_way(Args(), data)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({**GOOD, "title": ""}, "title"),
        ({**GOOD, "title": None}, "title"),
        ({**GOOD, "kind": "c"}, "kind"),
        ({**GOOD, "count": 6}, "count"),
        ({**GOOD, "count": True}, "count"),
        ({**GOOD, "open": True}, "open"),
        ({**GOOD, "more": 1}, "more"),
        ({**GOOD, "note": None}, "note"),
        ({"title": "x", "count": 1}, "kind"),
        ([], "_schema"),
        (None, "_schema"),
    ],
)
def test_what_is_wrong_is_refused_alike(data: Any, wrong: str) -> None:
    with pytest.raises(ValidationError) as short:
        Args().load(data)
    with pytest.raises(ValidationError) as long:
        long_way(Args(), data)
    assert short.value.messages == long.value.messages
    assert wrong in short.value.messages


def test_all_faults_are_named_and_not_only_the_first() -> None:
    with pytest.raises(ValidationError) as refused:
        Args().load({**GOOD, "title": "", "kind": "c", "more": 1})
    assert set(refused.value.messages) == {"title", "kind", "more"}


def test_a_rule_over_several_fields_is_asked() -> None:
    with pytest.raises(ValidationError, match="b needs a count"):
        Ordered().load({**GOOD, "kind": "b", "count": None})


@pytest.mark.parametrize(
    "row",
    [
        {"title": "x", "at": "2026-11-25T09:00:00.000Z", "count": 1, "open": True, "office_only": 3},
        {"title": "y", "at": None, "count": None, "open": None},
        {"title": "z"},
    ],
)
def test_a_row_is_dumped_alike(row: dict[str, Any]) -> None:
    assert Wire().dump(row) == Schema.dump(Wire(), row)
