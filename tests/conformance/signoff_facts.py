"""Reading the sign-off vectors: facts and signing as JSON, composed with the ids and salts that all cases share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from backend.signoff.compose import Signing, compose_documents, compose_record
from backend.signoff.record import read_record
from backend.signoff.runs import RunFacts, read_run
from backend.signoff.shown import Facts

IDENTITY = {
    name: f"0192f000-0000-7000-8000-00000000010{at}"
    for at, name in enumerate(("record", "org", "entity", "visit", "site", "engineer"))
} | {"base": 90412}
DEVICE = {"jkt": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", "seq": 42, "prev": "e" * 64}
MOMENT = {
    "clock": {"device": "2026-11-24T02:45:12.512Z", "offset_ms": -812, "offset_age_s": 86400, "mono_ms": 123456},
    "anchor": {"position": 90412, "journal": "f" * 64},
    "app": {"version": "0.1.0", "build": "vector"},
}


def ids() -> Iterator[str]:
    return (f"0192f000-0000-7000-8000-{at:012x}" for at in range(0xD000, 0xFFFF))


def salts() -> Iterator[str]:
    return (f"{at:032x}" for at in range(1, 1000))


def facts_of(raw: dict[str, Any]) -> Facts:
    return Facts(**{**raw, "runs": [read_run(RunFacts(**run)) for run in raw["runs"]]})


def composed(case: dict[str, Any]) -> dict[str, Any]:
    """The documents' texts and the record's text that a case leads to."""
    signing = Signing(**case["signing"])
    documents = compose_documents(facts_of(case["facts"]), signing, ids(), salts())
    record = compose_record(IDENTITY, signing, documents, DEVICE, MOMENT)
    return {
        "documents": [document.bytes.decode() for document in documents],
        "record": record.decode(),
        "sha256": hashlib.sha256(record).hexdigest(),
        "receipt": read_record(record).receipt_code,
    }
