"""The sign-off's documents and record: the examples that the tablet runs too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import backend.signoff
from backend.signoff.phrases import LOCALES, WORDS
from backend.signoff.record import read_document, read_record
from tests.conformance.signoff_facts import composed

VECTORS = json.loads((Path(backend.signoff.__file__).parent / "vectors" / "compose.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_the_server_composes_what_the_vector_says(case: dict[str, Any]) -> None:
    assert composed(case) == case["expect"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_what_is_composed_keeps_the_records_law(case: dict[str, Any]) -> None:
    read_record(case["expect"]["record"].encode())
    for text in case["expect"]["documents"]:
        read_document(json.loads(text)["kind"], text.encode())


def test_every_phrase_stands_in_every_language_with_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return {part.partition("}")[0] for part in text.split("{")[1:]}

    wrong = [
        key
        for key, text in WORDS.items()
        if {*text} != {*LOCALES} or len({frozenset(places(t)) for t in text.values()}) > 1
    ]
    assert wrong == []
