"""Doors of uploads: tus 1.0 with creation, checksum (sha256) and expiration."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, Response, request, url_for
from werkzeug.http import http_date

from backend.core.problems import Invalid, WrongMediaType
from backend.core.schema import read_body
from backend.identity import guards
from backend.media import rules, uploads
from backend.media.problems import WrongTus
from sync.protocol import LIMITS

bp = Blueprint("media", __name__, url_prefix="/api/v1/blobs")

CHUNK_TYPE = "application/offset+octet-stream"
Params = ParamSpec("Params")


def tus(view: Callable[Params, Response]) -> Callable[Params, Response]:
    """Speak tus: refuse another version, name a wrong header, say ours on every answer."""

    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Response:
        if request.headers.get("Tus-Resumable") != rules.VERSION:
            raise WrongTus
        try:
            answer = view(*args, **kwargs)
        except rules.BadHeader as wrong:
            raise Invalid(f"{wrong.header} {wrong.why}.", field=wrong.header) from wrong
        answer.headers["Tus-Resumable"] = rules.VERSION
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return guarded


@bp.route("", methods=["OPTIONS"], provide_automatic_options=False)
def describe() -> Response:
    """What this door can do."""
    headers = {
        "Tus-Resumable": rules.VERSION,
        "Tus-Version": rules.VERSION,
        "Tus-Extension": "creation,checksum,expiration",
        "Tus-Checksum-Algorithm": "sha256",
        "Tus-Max-Size": str(LIMITS["blob_bytes"]),
    }
    return Response(status=204, headers=headers)


@bp.post("")
@guards.sender
@tus
def create() -> Response:
    """Begin an upload; 201 with its place. Upload-Offset says what is here already."""
    length = rules.read_number("Upload-Length", request.headers.get("Upload-Length"))
    facts = rules.read_facts(request.headers.get("Upload-Metadata", ""))
    state = uploads.create(guards.current(), facts, length)
    answer = Response(status=201)
    answer.headers["Location"] = url_for("media.append", upload_id=state.id)
    answer.autocorrect_location_header = False
    return _with_offset(answer, state)


@bp.route("/<upload_id>", methods=["HEAD"])
@guards.sender
@tus
def show(upload_id: str) -> Response:
    """How many bytes are here."""
    return _with_offset(Response(), uploads.find(guards.current(), upload_id))


@bp.patch("/<upload_id>")
@guards.sender
@tus
def append(upload_id: str) -> Response:
    """The next chunk, at most 1 MiB; where it brings its checksum, that is compared."""
    if request.mimetype != CHUNK_TYPE:
        raise WrongMediaType(f"Send the chunk as {CHUNK_TYPE}.", field="Content-Type")
    offset = rules.read_number("Upload-Offset", request.headers.get("Upload-Offset"))
    checksum = rules.read_checksum(request.headers.get("Upload-Checksum"))
    state = uploads.append(guards.current(), upload_id, offset, checksum, read_body(rules.CHUNK))
    return _with_offset(Response(status=204), state)


def _with_offset(answer: Response, state: uploads.State) -> Response:
    answer.headers["Upload-Offset"] = str(state.offset)
    answer.headers["Upload-Length"] = str(state.length)
    if state.expires is not None and state.offset < state.length:
        answer.headers["Upload-Expires"] = http_date(state.expires)
    return answer
