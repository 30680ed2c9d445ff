"""The shape of a schema as plain data, and its fingerprint: what old tablets and this server must agree on.

Only what a program on the other side can notice counts: names, types, limits, what may be absent or null. The words of
a refusal do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from sync import canonical

Shape = dict[str, Any]
DIGITS = 16


def shape_of(schema: Schema) -> Shape:
    """Field by field, in order of names; nested schemas inside."""
    found = {field.data_key or name: _field(field) for name, field in schema.fields.items()}
    partial = schema.partial is True or None
    return {key: value for key, value in {"fields": found, "partial": partial}.items() if value is not None}


def fingerprint(shape: Shape) -> str:
    """16 hex digits of the SHA-256 over the shape's RFC 8785 bytes."""
    return hashlib.sha256(canonical.loose(shape)).hexdigest()[:DIGITS]


def changes(kept: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What is wrong between the lines of sync/protocol.json and the program: nothing may change or go, only be added
    (decisions.md 27). A new line is named too, until it is kept.
    """
    gone = [f"{name}: shipped, and must stay" for name in sorted(kept.keys() - now.keys())]
    changed = [
        f"{name}: shipped as {kept[name]}, and must not become {now[name]}; add a new version instead"
        for name in sorted(kept.keys() & now.keys())
        if kept[name] != now[name]
    ]
    new = [f'{name}: new, append "{name}": "{now[name]}"' for name in sorted(now.keys() - kept.keys())]
    return gone + changed + new


def _field(field: fields.Field[Any]) -> Shape:
    facts: Shape = {"type": type(field).__name__, "required": field.required or None, "null": field.allow_none or None}
    facts |= {name: getattr(field, name, None) for name in ("longest", "lines", "empty", "letter")}
    for rule in field.validators:
        facts |= _limits(rule)
    facts |= _inside(field)
    return {name: value for name, value in facts.items() if value not in (None, False)}


def _limits(rule: object) -> Shape:
    match rule:
        case validate.OneOf():
            return {"words": sorted(map(str, rule.choices))}
        case validate.Length():
            return {"least_length": rule.min, "most_length": rule.max, "length": rule.equal}
        case validate.Range():
            return {"least": rule.min, "most": rule.max}
        case _:
            return {}


def _inside(field: fields.Field[Any]) -> Shape:
    match field:
        case fields.Nested():
            return {"of": shape_of(field.schema), "many": field.many or None}
        case fields.List():
            return {"of": _field(field.inner)}
        case fields.Dict():
            keys, values = field.key_field, field.value_field
            return {"keys": keys and _field(keys), "values": values and _field(values)}
        case _:
            return {}
