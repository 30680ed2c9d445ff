"""The API that tablets and programs meet, as OpenAPI 3: made from the schemas that the doors use, never by hand."""

from __future__ import annotations

import json
import warnings
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from backend.core.schema import UtcTime
from backend.exchange import schemas
from backend.exchange.handlers import OperationType
from backend.exchange.registry import Registry
from backend.exchange.shapes import fingerprint, shape_of
from backend.exchange.upcasters import Upcaster
from backend.identity import schemas as identity
from sync.protocol import PROTOCOL

JSON = "application/json"


class ProblemView(Schema):
    """Why a request was refused (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    field = fields.String()
    trace = fields.String(allow_none=True)


class OperationView(Schema):
    """What each string in `ops` holds. `args` is that of the operation's type and version, below."""

    id = fields.String(required=True)
    type = fields.String(required=True)
    v = fields.Integer(required=True)
    entity = fields.List(fields.String(), required=True)
    base = fields.Integer(required=True)
    args = fields.Dict(required=True)
    at = fields.String(required=True)
    mono = fields.Integer(required=True)
    off = fields.Integer(required=True, allow_none=True)


DOORS: tuple[tuple[str, str, str, type[Schema] | None, int, type[Schema] | None], ...] = (
    ("/api/v1/session", "post", "Sign in", identity.SignIn, 201, identity.SessionView),
    ("/api/v1/session", "get", "The session of this cookie", None, 200, identity.SessionView),
    ("/api/v1/session", "delete", "Sign out", None, 204, None),
    ("/api/v1/devices", "post", "Enrol a tablet", identity.Enrol, 201, identity.DeviceView),
    ("/api/v1/devices", "get", "One's own tablets and what came of each", None, 200, identity.OwnDevices),
    ("/api/v1/devices/{device}", "get", "A device of one's own", None, 200, identity.DeviceView),
    ("/api/v1/devices/{device}/statement", "get", "What a tablet shows later", None, 200, identity.StatementView),
    ("/api/v1/devices/readmit", "post", "Known again by its statement", identity.Readmit, 200, identity.DeviceView),
    ("/api/v1/devices/{device}/recover", "post", "Open a sealed key", identity.Recover, 200, identity.RecoveredView),
    ("/api/v1/devices/{device}/state", "post", "How the tablet is", identity.Report, 200, identity.DeviceWord),
    ("/api/v1/devices/{device}/wiped", "post", "It has emptied itself", identity.Wiped, 200, identity.DeviceWord),
    ("/api/v1/sync/push", "post", "Operations in, outcomes out", schemas.PushSchema, 200, schemas.PushAnswerSchema),
    ("/api/v1/sync/pull", "post", "The feed behind a cursor", schemas.PullSchema, 200, schemas.PullAnswerSchema),
    ("/api/v1/sync/head", "get", "Where the feed stands", None, 200, schemas.HeadSchema),
    ("/api/v1/blobs", "options", "What uploads can do (tus 1.0)", None, 204, None),
    ("/api/v1/blobs", "post", "Begin an upload (tus 1.0)", None, 201, None),
    ("/api/v1/blobs/{upload}", "head", "How many bytes are here (tus 1.0)", None, 200, None),
    ("/api/v1/blobs/{upload}", "patch", "The next chunk (tus 1.0)", None, 204, None),
)
"""Path, method, what for, body, status, answer."""

WIRE = {
    "push": schemas.PushSchema,
    "push answer": schemas.PushAnswerSchema,
    "pull": schemas.PullSchema,
    "pull answer": schemas.PullAnswerSchema,
    "head": schemas.HeadSchema,
    "enrol": identity.Enrol,
    "device": identity.DeviceView,
    "statement": identity.StatementView,
    "readmit": identity.Readmit,
    "device report": identity.Report,
    "device word": identity.DeviceWord,
    "device wiped": identity.Wiped,
    "operation": OperationView,
}
"""The schemas that a tablet in the field was built with (decisions.md 27)."""


def describe(registry: Registry) -> dict[str, Any]:
    """The whole description."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(title="Singgah", version=str(PROTOCOL), openapi_version="3.1.0", plugins=[plugin])
    assert plugin.converter is not None
    plugin.map_to_openapi_type(UtcTime, "string", "date-time")  # type: ignore[no-untyped-call] # half typed
    with warnings.catch_warnings():
        # Nested shapes of one name with other modifiers get a number behind it; that is what we want.
        warnings.simplefilter("ignore", UserWarning)
        for path, method, summary, body, status, answer in DOORS:
            spec.path(path=path, operations={method: _door(summary, body, status, answer)})
        _add(spec, "Operation", OperationView())
        for (type_, v), operation in sorted(registry.operations.items()):
            _add(spec, f"args.{type_}.v{v}", operation.args)
        for name, kind in sorted(registry.kinds.items()):
            _add(spec, f"value.{name}", kind.wire)
    found: dict[str, Any] = spec.to_dict()
    return found


def text(registry: Registry) -> str:
    """The description as it lies in backend/openapi.json."""
    return json.dumps(describe(registry), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def wire_fingerprints(registry: Registry) -> dict[str, str]:
    """Of the doors' own shapes and of each kind's value."""
    doors = {name: fingerprint(shape_of(schema())) for name, schema in WIRE.items()}
    return doors | {f"value {name}": fingerprint(shape_of(kind.wire)) for name, kind in registry.kinds.items()}


def operation_fingerprints(registry: Registry) -> dict[str, str]:
    """Of each operation type and version that is taken, old ones too: its kind of entity and its arguments."""
    taken: dict[tuple[str, int], OperationType | Upcaster] = {**registry.upcasters, **registry.operations}
    return {
        f"{type_} {v}": fingerprint({"entity": operation.entity_kind, "args": shape_of(operation.args)})
        for (type_, v), operation in taken.items()
    }


def _door(summary: str, body: type[Schema] | None, status: int, answer: type[Schema] | None) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done"}
    if answer is not None:
        good["content"] = {JSON: {"schema": answer}}
    bad = {"description": "Refused", "content": {"application/problem+json": {"schema": ProblemView}}}
    door: dict[str, Any] = {"summary": summary, "responses": {str(status): good, "default": bad}}
    if body is not None:
        door["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    return door


def _add(spec: APISpec, name: str, schema: Schema) -> None:
    spec.components.schema(name, schema=schema)


def _name(schema: type[Schema] | Schema | str) -> str:
    class_ = schema if isinstance(schema, type) else type(schema)
    return class_.__name__.removesuffix("Schema")
