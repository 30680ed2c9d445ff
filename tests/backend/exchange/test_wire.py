"""The wire changes only by addition, and its description in the tree is the one that the program would write today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from backend.core.schema import OneOf, Strict, Text, Whole
from backend.exchange import openapi
from backend.exchange.registry import KEY
from backend.exchange.shapes import changes, fingerprint, shape_of
from sync.protocol import HISTORY, OPERATION_FINGERPRINTS, PROTOCOL, WIRE_FINGERPRINTS
from tests.makers import Config, build_app

OPENAPI = Path("backend/openapi.json")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("wire")
    with build_app(Config.from_env({"DATA_DIR": str(folder)})) as app:
        yield app.extensions[KEY]


def test_the_description_in_the_tree_is_fresh(registry):
    """If this fails: `make types`."""
    assert OPENAPI.read_text("utf-8") == openapi.text(registry)


def test_a_shipped_operation_never_changes(registry):
    """If this fails: append the lines it names to sync/protocol.json, or make a new version of what changed."""
    assert changes(OPERATION_FINGERPRINTS, openapi.operation_fingerprints(registry)) == []


def test_a_shipped_shape_of_the_wire_never_changes(registry):
    """If this fails: append the lines it names; what changed needs a raised protocol and a line of history."""
    assert changes(WIRE_FINGERPRINTS, openapi.wire_fingerprints(registry)) == []


def test_the_protocol_has_a_line_of_history():
    assert HISTORY[-1]["protocol"] == PROTOCOL


class Before(Strict):
    text = Text(100, required=True)
    kind = OneOf("a", "b")
    count = Whole(0, 10, allow_none=True)


class LongerText(Before):
    text = Text(101, required=True)


class Optional(Before):
    text = Text(100)


class MoreWords(Before):
    kind = OneOf("a", "b", "c")


class NoNull(Before):
    count = Whole(0, 10)


class HigherLimit(Before):
    count = Whole(0, 11, allow_none=True)


class OtherType(Before):
    count = fields.String(allow_none=True)


class OneMore(Before):
    note = Text(100)


class Renamed(Before):
    text = Text(100, required=True, data_key="words")


@pytest.mark.parametrize(
    "after", [LongerText, Optional, MoreWords, NoNull, HigherLimit, OtherType, OneMore, Renamed]
)
def test_the_guard_sees_every_change_that_a_tablet_would(after: type[Schema]):
    kept, now = ({"note.add 1": fingerprint(shape_of(schema()))} for schema in (Before, after))

    [complaint] = changes(kept, now)

    assert "must not become" in complaint


def test_the_guard_sees_what_is_nested():
    class Outer(Strict):
        inner = fields.Nested(Before)

    class Changed(Strict):
        inner = fields.Nested(OneMore)

    assert fingerprint(shape_of(Outer())) != fingerprint(shape_of(Changed()))


def test_adding_appends_and_removing_is_refused():
    assert changes({}, {"note.add 1": "ab"}) == ['note.add 1: new, append "note.add 1": "ab"']
    assert changes({"note.add 1": "ab"}, {}) == ["note.add 1: shipped, and must stay"]
    assert changes({"note.add 1": "ab"}, {"note.add 1": "ab"}) == []


def test_the_words_of_a_refusal_are_not_part_of_the_wire():
    class OtherWords(Strict):
        """Another docstring."""

        text = Text(100, required=True, error_messages={"required": "say something"})
        kind = OneOf("b", "a")
        count = Whole(0, 10, allow_none=True)

    assert fingerprint(shape_of(OtherWords())) == fingerprint(shape_of(Before()))


def test_the_lines_kept_are_in_the_file_itself():
    page = json.loads(Path("sync/protocol.json").read_text("utf-8"))
    assert (page["operations"], page["wire"]) == (OPERATION_FINGERPRINTS, WIRE_FINGERPRINTS)
