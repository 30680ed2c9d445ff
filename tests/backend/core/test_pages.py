"""What every server-rendered page stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError

from backend.core import pages

TEMPLATES = Path(pages.__file__).parents[1].glob("**/templates/**/*.html")


def test_texts_are_escaped_and_missing_words_are_noticed(plain_app: Flask) -> None:
    with plain_app.test_request_context("/"):
        assert render_template_string("{{ name }}", name="<b>{{7*7}}") == "&lt;b&gt;{{7*7}}"
        with pytest.raises(UndefinedError):
            render_template_string("{{ forgotten }}")


def test_a_files_address_changes_with_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("one")
    first = pages.static_url("a.css")
    (tmp_path / "a.css").write_text("another")

    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{12}", first)
    assert pages.static_url("a.css") != first


def test_an_icon_is_silent_unless_it_has_a_label(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    (tmp_path / "built").mkdir()
    (tmp_path / "built/icons.svg").write_text("<svg/>")

    assert 'aria-hidden="true"' in pages.icon("check")
    assert 'aria-label="&lt;Done&gt;"' in pages.icon("check", "<Done>")
    with pytest.raises(ValueError, match="not the name"):
        pages.icon('x"><script>')


SAFE_FILTER = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")


def test_no_template_turns_escaping_off() -> None:
    found = [str(path) for path in TEMPLATES if SAFE_FILTER.search(path.read_text(encoding="utf-8"))]

    assert found == []
    assert SAFE_FILTER.search("{{ name | safe }}"), "the guard must see what it guards against"
