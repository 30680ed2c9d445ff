"""The client's pages have every word in three languages."""

from __future__ import annotations

import re

from backend.portal.language import NAMES, WORDS


def test_every_word_stands_in_every_language_with_the_same_places() -> None:
    def places(text: str) -> frozenset[str]:
        return frozenset(re.findall(r"\{(\w+)\}", text))

    assert [key for key, texts in WORDS.items() if set(texts) != set(NAMES)] == []
    assert [key for key, texts in WORDS.items() if len({places(text) for text in texts.values()}) > 1] == []
