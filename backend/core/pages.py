"""What every server-rendered page stands on: templates that escape, icons, addresses of files that change with them."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, request
from jinja2 import StrictUndefined
from markupsafe import Markup

STATIC = Path(__file__).parent / "static"
ICONS = "built/icons.svg"
ICON_NAME = re.compile(r"[a-z][a-z0-9-]*")
YEAR = 31_536_000


def init_app(app: Flask) -> None:
    """Give templates their words and files their life in caches."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(icon=icon, static=static_url, fonts_are_built=fonts_are_built)
    app.after_request(_cache_static)


def fonts_are_built() -> bool:
    """Whether set-up has made the fonts: a page of sign-in or an error must be shown even before."""
    return (STATIC / "built" / "fonts.css").is_file()


def static_url(name: str) -> str:
    """The address of a file of core/static, with its digest, so that caches may keep it for a year."""
    return f"/static/{name}?v={_digest(name, (STATIC / name).stat().st_mtime_ns)}"


@lru_cache(maxsize=512)
def _digest(name: str, _changed: int) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def icon(name: str, label: str = "") -> Markup:
    """An icon of the sprite core/static/built/icons.svg; silent for screen readers unless it has a label."""
    if not ICON_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of an icon")
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    use = Markup('<use href="{}#{}"></use>').format(static_url(ICONS), name)
    return Markup('<svg class="icon" {}>{}</svg>').format(spoken, use)


def _cache_static(answer: Response) -> Response:
    if request.endpoint == "static" and request.args.get("v") and answer.status_code == 200:
        answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer
