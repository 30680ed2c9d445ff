"""The language of the client's pages: as chosen, else as the browser asks, else English."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Response, request

NAMES = {"en": "English", "ms": "Bahasa Melayu", "zh": "中文"}
WORDS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
COOKIE = "language"
YEAR = 31_536_000


def chosen() -> str:
    """The language code of this request."""
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if asked in NAMES:
            return str(asked)
    return request.accept_languages.best_match(list(NAMES), "en") or "en"


def speaker(language: str) -> Callable[..., str]:
    """`t(key, name="…")` of the templates."""

    def t(key: str, **values: str) -> str:
        return WORDS[key][language].format_map(values)

    return t


def context() -> dict[str, Any]:
    """What every template of the client's pages needs."""
    language = chosen()
    return {"t": speaker(language), "language": language, "languages": NAMES}


def remember(answer: Response) -> Response:
    """Keep a language that was chosen by its link."""
    asked = request.args.get("lang")
    if asked in NAMES:
        answer.set_cookie(COOKIE, str(asked), max_age=YEAR, samesite="Lax", httponly=True)
    return answer
