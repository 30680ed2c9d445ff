"""The native form: YAML 1.2, without aliases and duplicate keys, down to plain JSON values (rule C9)."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    TagToken,
)

from checklists.faults import InvalidYaml

MAX_CHARACTERS = 1024 * 1024
MAX_NESTING = 40
_OPENING = (BlockMappingStartToken, BlockSequenceStartToken, FlowMappingStartToken, FlowSequenceStartToken)
_CLOSING = (BlockEndToken, FlowMappingEndToken, FlowSequenceEndToken)
_REFUSED = {
    AliasToken: "aliases are not allowed",
    AnchorToken: "anchors are not allowed",
    TagToken: "tags are not allowed",
}


class _PlainConstructor(SafeConstructor):
    """Leaves a date the text that it is, as JSON does."""


_PlainConstructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _PlainConstructor
    return yaml


def load_yaml(text: str) -> Any:
    """The plain values of one YAML document. Raises InvalidYaml with line and column, both from 1."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidYaml("too large", 1, 1)
    try:
        _refuse_surprises(text)
        return _yaml().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise InvalidYaml(_first_line(error.problem), _line(mark), _column(mark)) from error
    except ReaderError as error:
        before = text[: error.position]
        line = before.count("\n") + 1
        raise InvalidYaml("character not allowed", line, len(before) - before.rfind("\n")) from error
    except (YAMLError, ValueError, OverflowError) as error:
        if isinstance(error, InvalidYaml):
            raise
        raise InvalidYaml(_first_line(str(error)), 1, 1) from error


def _refuse_surprises(text: str) -> None:
    """One alias can stand for a million nodes, and hides from a reader what it repeats."""
    depth = 0
    for token in _yaml().scan(text):
        if type(token) in _REFUSED:
            raise InvalidYaml(_REFUSED[type(token)], _line(token.start_mark), _column(token.start_mark))
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > MAX_NESTING:
            raise InvalidYaml("nested too deeply", _line(token.start_mark), _column(token.start_mark))


def _first_line(problem: str | None) -> str:
    return (problem or "not YAML").strip().splitlines()[0]


def _line(mark: Any) -> int:
    return mark.line + 1 if mark is not None else 1


def _column(mark: Any) -> int:
    return mark.column + 1 if mark is not None else 1
