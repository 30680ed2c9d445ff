"""The documents of a sign-off: everything that a person wrote, said or drew, one canonical JSON file each.

All have `kind`, `id` and `salt` (128 random bits, so that a digest tells nothing of a short text). The
tablet makes exactly these shapes; `read_document` accepts nothing else. Limits: 256 KiB each, shown text
64 KiB, ink at most 40 strokes and 4,000 points and at least a tenth of the pad's width long, so that a
dot is not a signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import hypot
from typing import Any

from backend.signoff.canonical import read_canonical
from backend.signoff.shapes import (
    DECIMAL,
    SALT,
    SHA256,
    TIME,
    UUID,
    Check,
    RecordInvalid,
    either,
    fields,
    list_of,
    one_of,
    or_null,
    stroke_of,
    text,
    truth,
    whole,
)

DOCUMENT_LIMIT = 256 * 1024
SHOWN_LIMIT = 64 * 1024
STROKES_LIMIT = 40
POINTS_LIMIT = 4_000
PAD_LIMIT = 10_000
LEAST_INK = 10  # the drawn path is at least the pad's width divided by this

LOCALES = ("en", "ms", "zh")
VERDICTS = ("ok", "warn", "fail", "na", "missing")
REASONS = ("result", "hours", "charges", "not_authorised", "no_signing", "busy")
VISIT_OUTCOMES = (
    "completed",
    "partly",
    "no_access",
    "cancelled_at_door",
    "stopped_for_safety",
    "handed_over",
    "solved_remotely",
)

NAME = text(200)
LINE = text(500)
PARAGRAPH = text(8_000)
COUNT = whole(0, 1_000_000)
RANGE = or_null(fields(min=or_null(DECIMAL), max=or_null(DECIMAL)))


def _kind(kind: str, /, **body: Check) -> Check:
    return fields(kind=one_of(kind), id=UUID, salt=SALT, **body)


_ITEM = fields(
    item=text(120, 1),
    section=LINE,
    label=text(4_000),
    type=text(40, 1),
    value=or_null(either(list_of(text(200), 100), text(4_000))),
    shown=PARAGRAPH,
    unit=text(40),
    limits=or_null(fields(warn=RANGE, fail=RANGE)),
    verdict=one_of(*VERDICTS),
    remark=PARAGRAPH,
    severity=or_null(text(40)),
    photos=list_of(SHA256, 40),
    last=or_null(fields(value=LINE, at=TIME)),
)
_ASSET = fields(id=UUID, tag=NAME, type=NAME, model=NAME, serial=NAME)
_ON = either(fields(run=UUID, item=or_null(text(120))), fields(ticket=UUID), fields(visit=UUID))
_SCALAR = or_null(either(truth, whole(), text(4_000)))


def _loose(value: object, field: str) -> None:
    """Entries whose screens come later: flat objects of scalars."""
    if not isinstance(value, dict) or len(value) > 40:
        raise RecordInvalid("wrong_type", field)
    for name, inner in value.items():
        text(60, 1)(name, field)
        _SCALAR(inner, f"{field}.{name}")


DOCUMENTS: Mapping[str, Check] = {
    "shown": _kind(
        "shown",
        locale=one_of(*LOCALES),
        template=text(80, 1),
        lines=list_of(fields(role=one_of("h", "p", "li", "note"), text=PARAGRAPH), 3_000, 1),
    ),
    "signer": _kind("signer", name=text(200, 1), capacity=NAME, contact=or_null(UUID), reference=NAME),
    "ink": _kind(
        "ink",
        w=whole(1, PAD_LIMIT),
        h=whole(1, PAD_LIMIT),
        strokes=list_of(
            stroke_of(POINTS_LIMIT),
            STROKES_LIMIT,
            1,
        ),
    ),
    "remark": _kind("remark", text=PARAGRAPH),
    "reason": _kind("reason", code=one_of(*REASONS), text=PARAGRAPH),
    "run": _kind(
        "run",
        run=UUID,
        checklist=SHA256,
        title=LINE,
        asset=or_null(_ASSET),
        verdict=one_of(*VERDICTS),
        items=list_of(_ITEM, 500),
    ),
    "ticket": _kind(
        "ticket",
        ticket=UUID,
        number=NAME,
        title=LINE,
        description=PARAGRAPH,
        cause=or_null(PARAGRAPH),
        action=or_null(PARAGRAPH),
        prevention=or_null(PARAGRAPH),
        minutes=or_null(COUNT),
        state=text(40, 1),
        resolved_at=or_null(TIME),
    ),
    "followup": _kind("followup", ticket=UUID, number=NAME, title=LINE, priority=text(10)),
    "times": _kind(
        "times",
        entries=list_of(
            fields(kind=text(40, 1), person=NAME, start=TIME, end=or_null(TIME), minutes=or_null(COUNT)), 500
        ),
    ),
    "parts": _kind(
        "parts",
        entries=list_of(fields(name=NAME, number=NAME, qty=either(DECIMAL, COUNT), covered=_SCALAR), 500),
    ),
    "photos": _kind(
        "photos",
        entries=list_of(
            fields(
                photo=UUID,
                sha256=SHA256,
                caption=PARAGRAPH,
                on=_ON,
                visible=one_of("client", "internal"),
                w=whole(0, 20_000),
                h=whole(0, 20_000),
            ),
            500,
        ),
    ),
    "open_items": _kind("open_items", items=list_of(PARAGRAPH, 300)),
    "waivers": _kind(
        "waivers", entries=list_of(fields(run=UUID, item=text(120, 1), rule=text(60, 1), witness=NAME), 500)
    ),
    "visit": _kind(
        "visit",
        number=text(40, 1),
        client=NAME,
        site=NAME,
        address=PARAGRAPH,
        engineers=list_of(fields(id=UUID, name=NAME), 50),
        legal_entity=fields(name=text(200, 1), registration=NAME, address=PARAGRAPH),
        marks=list_of(fields(mark=text(40, 1), at=TIME), 500),
        outcome=or_null(one_of(*VISIT_OUTCOMES)),
    ),
    "chop": _kind("chop", entries=list_of(_loose, 300)),
    "goods": _kind("goods", entries=list_of(_loose, 300)),
    "charges": _kind("charges", entries=list_of(_loose, 300)),
}

REPEATED = frozenset({"run", "ticket", "followup"})
"""Kinds of which a record may name several; of all others at most one."""


def read_document(kind: str, data: bytes) -> Mapping[str, Any]:
    """The document that `data` spells. Raises RecordInvalid for any other kind, spelling, shape or size."""
    if len(data) > DOCUMENT_LIMIT:
        raise RecordInvalid("too_large", kind)
    if kind not in DOCUMENTS:
        raise RecordInvalid("unknown_kind", kind)
    value = read_canonical(data)
    DOCUMENTS[kind](value, "")
    assert isinstance(value, dict)  # the shape said so
    if kind == "shown":
        _shown_fits(value)
    if kind == "ink":
        _ink_is_a_signature(value)
    return value


def _shown_fits(shown: Mapping[str, Any]) -> None:
    if sum(len(line["text"].encode()) for line in shown["lines"]) > SHOWN_LIMIT:
        raise RecordInvalid("too_large", "lines")


def _ink_is_a_signature(ink: Mapping[str, Any]) -> None:
    strokes = ink["strokes"]
    if sum(map(len, strokes)) > POINTS_LIMIT:
        raise RecordInvalid("too_many", "strokes")
    for position, stroke in enumerate(strokes):
        if any(not (0 <= x <= ink["w"] and 0 <= y <= ink["h"]) for x, y in stroke):
            raise RecordInvalid("out_of_range", f"strokes.{position}")
    if sum(map(_length, strokes)) * LEAST_INK < ink["w"]:
        raise RecordInvalid("too_little_ink", "strokes")


def _length(stroke: list[list[int]]) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(stroke))
