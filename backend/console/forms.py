"""A form: fields, the values in them, and what is wrong with them, in one frozen value for a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from backend.console.fields import Field, Texts

Json = dict[str, Any]

REFUSALS = {
    "invalid": "This is missing, or cannot be meant.",
    "id_reused": "This was sent before. Look at the list before you send it again.",
    "forbidden": "Your role does not allow this.",
    "wrong_state": "It is no longer in a state that allows this. Look at it again.",
    "entity_gone": "It is not there any more.",
    "signed": "The visit is signed; it takes no more changes.",
    "out_of_scope": "It is not yours to change.",
    "blocked_by": "An earlier change of the same thing waits for a decision.",
    "taken": "That number or tag is in use already.",
    "signature": "The signature does not hold.",
    "anchor": "The record names a state of things that was never there.",
    "server_error": "The server failed at this change three times.",
    "device_suspended": "It came from a suspended tablet.",
    "device_revoked": "It came from a revoked tablet.",
    "other_client": "It was given to another client meanwhile.",
    "number": "Its number is in use or not the tablet's own.",
    "unknown_type": "This program does not know such a change any more.",
    "erased": "Its content was erased.",
    "device_wiped": "It came from a tablet that had said it was empty.",
    "rescue_gap": "It came in a rescue file, and something before it is missing.",
    "rescue_mismatch": "It came in a rescue file, and its number is taken by another operation.",
    "rescue_unsigned": "It came in a rescue file that the tablet could not sign.",
    "record_mismatch": "Another record with this id was received before.",
}


@dataclass(frozen=True)
class Form:
    """`values` holds what the widgets show, by field name; `errors` a sentence by field name, "" for the whole."""

    fields: Sequence[Field]
    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    base: int = 0

    @property
    def groups(self) -> list[tuple[str, list[Field]]]:
        """Fields under their group's heading, groups in order of first appearance."""
        found: dict[str, list[Field]] = {}
        for one in self.fields:
            found.setdefault(one.group, []).append(one)
        return list(found.items())

    def with_errors(self, errors: Mapping[str, str]) -> Form:
        known = {one.name for one in self.fields}
        homeless = " ".join(f"{path}: {text}." for path, text in errors.items() if path and path not in known)
        own = {path: text for path, text in errors.items() if path in known}
        whole = " ".join(part for part in (errors.get("", ""), homeless) if part)
        return Form(self.fields, self.values, {**own, **({"": whole} if whole else {})}, self.base)


def blank(fields: Sequence[Field], base: int, /, **values: Any) -> Form:
    """A form to be filled; `values` are defaults in the operation's terms."""
    return Form(fields, {one.name: one.write(values.get(one.name)) for one in fields}, {}, base)


def filled(fields: Sequence[Field], row: Mapping[str, Any], base: int) -> Form:
    """A form that shows a row, by the fields' dotted paths."""
    return Form(fields, {one.name: one.write(_at(row, one.name)) for one in fields}, {}, base)


def submitted(fields: Sequence[Field], texts: Texts) -> Form:
    """A form as it was sent, to be shown again with its errors. Its `base` is that of the page it was on."""
    values = {one.name: one.write(one.read(texts)) for one in fields}
    return Form(fields, values, {}, base_of(texts))


def base_of(texts: Texts) -> int:
    """The feed's head when the form was made (its hidden field); 0 when that is missing or not a number."""
    text = texts.get("as_of", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def arguments(fields: Sequence[Field], texts: Texts, *, keep_empty: bool = False) -> Json:
    """The operation's arguments. Empty fields are left out, or sent as null with `keep_empty` (an edit clears)."""
    found: Json = {}
    for one in fields:
        value = one.read(texts)
        if value is not None or keep_empty:
            _put(found, one.name.split("."), value)
    return found


def complaints(schema: Schema, args: Mapping[str, Any]) -> dict[str, str]:
    """Everything that the operation's schema says against the arguments, by dotted path."""
    return flat(schema.validate(dict(args)))


def flat(messages: Mapping[Any, Any] | list[Any], path: str = "") -> dict[str, str]:
    """marshmallow's messages with one sentence for each path."""
    if isinstance(messages, list):
        return {path: _sentence(str(messages[0]))} if messages else {}
    found: dict[str, str] = {}
    for key, inner in messages.items():
        under = path if key == "_schema" else f"{path}.{key}".lstrip(".")
        found.update(flat(inner, under))
    return found


def refusal(result: Mapping[str, Any]) -> dict[str, str]:
    """Why an operation did not take effect, as errors of its form."""
    code = str(result.get("code") or result["status"])
    return {str(result.get("field") or ""): reason(code)}


def reason(code: str) -> str:
    """A code of an outcome as a sentence."""
    return REFUSALS.get(code, f"The change was not accepted ({code.replace('_', ' ')}).")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(row, list):
            row = row[int(part)] if part.lstrip("-").isdigit() and -len(row) <= int(part) < len(row) else None
        else:
            row = row.get(part) if isinstance(row, Mapping) else None
    return row


def _put(into: Json, path: list[str], value: Any) -> None:
    for part in path[:-1]:
        into = into.setdefault(part, {})
    into[path[-1]] = value
