"""Printing: the same bytes twice, nothing fetched, nothing inherited, nothing invisible."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from backend.reports import render_child, renderer
from backend.reports.fonts import FontSet, FontsMissing, Printable, face_rules
from backend.reports.render import page, render_report
from backend.reports.renderer import Renderer, RenderFailed
from tests.backend.reports.conftest import Workshop
from tests.backend.reports.visits import Case, full_visit


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "x.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", folder / "x.pdf", "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("locale", ["en", "ms", "zh"])
def test_two_printings_are_the_same_bytes(workshop: Workshop, locale: str) -> None:
    case = full_visit(locale, 1)
    with Renderer() as another:
        view = workshop.view(case)
        first = render_report(view, workshop.files(case), workshop.renderer)
        second = render_report(view, workshop.files(case), another)
    # enrolment.json is signed with Ed25519, which is deterministic too
    assert first.pdf == second.pdf
    assert first.pages >= 2
    assert first.replaced == ()


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ["Service visit report", "1 to put right", "Client's electronic signature", "Company seal"]),
        ("ms", ["Laporan lawatan servis", "Tandatangan elektronik klien", "Meterai syarikat"]),
        ("zh", ["现场服务报告", "客户电子签名", "公司印章"]),
    ],
)
def test_a_report_speaks_the_clients_language(
    workshop: Workshop, tmp_path: Path, locale: str, words: list[str]
) -> None:
    text = text_of(workshop.printed(full_visit(locale, 0), files=[]).pdf, tmp_path)
    for word in words:
        assert word in text
    assert "digital signature" not in text.lower()


def test_the_summary_is_in_the_first_half_of_the_first_page(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(workshop.full)
    box = ["-f", "1", "-l", "1", "-x", "0", "-y", "0", "-W", "595", "-H", "421", "-r", "72"]
    done = subprocess.run(["pdftotext", *box, tmp_path / "x.pdf", "-"], capture_output=True, check=True)
    text = done.stdout.decode()
    for word in ("Kallang Freight", "Accepted with open items", "1 to put right", "Found", "Done", "Open"):
        assert word in text


def test_chinese_leaves_ink_on_the_page(workshop: Workshop, tmp_path: Path) -> None:
    """The text layer alone proves nothing: without a font it is there and the page is blank."""
    pdf = workshop.printed(full_visit("zh", 0), files=[]).pdf
    (tmp_path / "x.pdf").write_bytes(pdf)
    area = ["-f", "1", "-l", "1", "-r", "72", "-x", "48", "-y", "118", "-W", "200", "-H", "24", "-gray"]
    subprocess.run(["pdftoppm", *area, tmp_path / "x.pdf", tmp_path / "o"], check=True)
    [image] = tmp_path.glob("o*.pgm")
    pixels = image.read_bytes()[-200 * 24 :]
    assert sum(pixel < 100 for pixel in pixels) > 200


def test_a_demo_says_so_beside_its_code(workshop: Workshop, tmp_path: Path) -> None:
    assert "DEMO" in text_of(workshop.printed(full_visit("en", 0, demo=True), files=[]).pdf, tmp_path)
    assert "DEMO" not in text_of(workshop.printed(full_visit("en", 0), files=[]).pdf, tmp_path)


# What text may not do


class Counter(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    handler = type("Handler", (Counter,), {"asked": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.asked  # type: ignore[attr-defined] # a class made here
    server.shutdown()
    server.server_close()


PROBES = {
    "img": '<img alt="x" src="{u}/1">',
    "link": '<link rel="stylesheet" href="{u}/2">',
    "import": '<style>@import "{u}/3";</style>',
    "background": '<p style="background:url({u}/4)">x</p>',
    "font-face": '<style>@font-face{{font-family:q;src:url({u}/5)}}p{{font-family:q}}</style><p>x</p>',
    "list-style": '<ul><li style="list-style-image:url({u}/6)">x</li></ul>',
    "content": '<style>p::before{{content:url({u}/7)}}</style><p>x</p>',
    "svg image": '<svg width="9" height="9"><image href="{u}/8" width="9" height="9"/></svg>',
    "svg in data": '<img alt="x" src="data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22>'
    '<image href=%22{u}/9%22/></svg>">',
    "object": '<object data="{u}/10"></object>',
    "embed": '<embed src="{u}/11">',
    "base": '<base href="{u}/"><img alt="x" src="12">',
    "attachment": '<a rel="attachment" href="{u}/13">x</a>',
    "attachment link": '<link rel="attachment" href="{u}/14">',
    "file attachment": '<a rel="attachment" href="file://{secret}">x</a>',
    "file image": '<img alt="x" src="file://{secret}">',
    "file sheet": '<link rel="stylesheet" href="file://{secret}">',
    "iframe": '<iframe src="{u}/15"></iframe>',
    "svg use": '<svg width="9" height="9"><use href="{u}/16#a"/></svg>',
}


def run(press: Renderer, html: str) -> tuple[dict[str, Any], list[bytes]]:
    """Print a bare page, with our fonts and nothing else."""
    fonts = FontSet.load().needed("")
    head = {
        "html": f'<html lang="en"><head><title>t</title></head><body>{html}</body></html>',
        "css": face_rules(fonts) + 'html{font-family:"Singgah Sans"}',
        "assets": [{"name": font.name, "mime": "font/otf"} for font in fonts],
        "attachments": [],
        "created": "2026-11-23T00:00:00+00:00",
        "identifier": "00" * 16,
    }
    return press.run(head, [font.data for font in fonts])


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_even_markup_of_an_attacker_fetches_nothing(
    probe: str, listener: tuple[str, list[str]], workshop: Workshop, tmp_path: Path
) -> None:
    url, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the server")
    try:
        _, [pdf] = run(workshop.renderer, probe.format(u=url, secret=secret))
    except RenderFailed as fault:
        assert "asked for" in fault.reason or "Failed to render SVG" in fault.reason
    else:
        (tmp_path / "x.pdf").write_bytes(pdf)
        shown = subprocess.run(["pdfdetach", "-list", tmp_path / "x.pdf"], capture_output=True, check=True)
        assert b"0 embedded files" in shown.stdout
    assert asked == []


def test_the_listener_would_have_heard(listener: tuple[str, list[str]]) -> None:
    """The guard's own broken example: WeasyPrint's usual fetcher does ask."""
    from weasyprint import HTML

    url, asked = listener
    HTML(string=PROBES["img"].format(u=url)).write_pdf()  # type: ignore[attr-defined, call-arg] # not in our stub
    assert asked == ["/1"]
    asked.clear()


def test_markup_in_every_free_text_is_printed_as_text(
    workshop: Workshop, listener: tuple[str, list[str]], tmp_path: Path
) -> None:
    hostile = " ".join(probe.format(u=listener[0], secret="/etc/passwd") for probe in PROBES.values())
    hostile += " {{7*7}} {% raw %} </style><script>alert(1)</script>"
    keys = ("client", "site", "address", "cabling_remark", "cause", "open", "remark", "capacity", "shown_p", "ticket")
    case = full_visit("en", 0, **{key: hostile[:190] if key in ("client", "site", "capacity") else
                                  hostile[:480] if key == "ticket" else hostile for key in keys})
    printed = workshop.printed(case, files=[])
    text = text_of(printed.pdf, tmp_path)
    assert "{{7*7}}" in text
    assert "<script>alert(1)</script>" in text
    assert "<script>" not in page(workshop.view(case))
    assert listener[1] == []


# Limits


def test_a_bomb_dies_at_the_limit_and_the_next_job_lives() -> None:
    nested = "".join(
        f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" if n else '<g id="l0"><circle r="1"/></g>'
        for n in range(7)
    )
    bomb = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{nested}<use href="#l6"/></svg>'
    with Renderer(cpu_seconds=2) as small:
        with pytest.raises(RenderFailed, match="limit"):
            run(small, bomb)
        assert run(small, "<p>still here</p>")[0]["pages"] == 1


@pytest.mark.parametrize("html", ["<div>" * 5_000, '<p style="font-size:1e9px">x</p>'])
def test_whatever_the_library_raises_is_a_failed_rendering(workshop: Workshop, html: str) -> None:
    with pytest.raises(RenderFailed):
        run(workshop.renderer, html)


def test_the_rendering_process_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:secret@db/x")
    with Renderer() as small:
        run(small, "<p>x</p>")
        assert small._process is not None
        inherited = Path(f"/proc/{small._process.pid}/environ").read_bytes()
        handles = {str(h.readlink()) for h in Path(f"/proc/{small._process.pid}/fd").iterdir()}
    assert b"secret" not in inherited
    assert b"FONTCONFIG_FILE" in inherited
    assert not any("keys" in handle or handle.endswith(".db") for handle in handles)


def test_a_renderer_that_was_killed_starts_again(workshop: Workshop) -> None:
    with Renderer() as small:
        run(small, "<p>x</p>")
        assert small._process is not None
        small._process.kill()
        small._process.wait()
        assert run(small, "<p>x</p>")[0]["pages"] == 1


def test_a_broken_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer.sys, "executable", "/bin/false")
    with pytest.raises(RenderFailed, match="did not start"), Renderer() as small:
        run(small, "<p>x</p>")


def test_messages_that_break_off_are_noticed() -> None:
    import io

    out = io.BytesIO()
    render_child.send(out, {"a": 1}, [b"12345"])
    assert render_child.receive(io.BytesIO(out.getvalue())) == ({"a": 1, "sizes": [5]}, [b"12345"])
    assert render_child.receive(io.BytesIO()) is None
    with pytest.raises(EOFError):
        render_child.receive(io.BytesIO(out.getvalue()[:-1]))


# Photos


def test_a_photo_that_is_not_one_fails_the_report(workshop: Workshop) -> None:
    case = full_visit("en", 1)
    broken = replace(case, photos=dict.fromkeys(case.photos, b"not a picture"))
    with pytest.raises(RenderFailed, match="photo"):
        workshop.printed(broken, files=[])


def test_an_upload_that_could_not_be_decoded_is_shown_as_unreadable(workshop: Workshop, tmp_path: Path) -> None:
    case = full_visit("en", 1)
    unreadable: Case = replace(case, photos=dict.fromkeys(case.photos))
    assert "could not be read" in text_of(workshop.printed(unreadable, files=[]).pdf, tmp_path)


def test_photos_are_inside_as_they_were_given(workshop: Workshop) -> None:
    pdf = workshop.printed(workshop.full_case, files=[]).pdf
    assert all(data and data in pdf for data in workshop.full_case.photos.values())


# Characters


def test_what_no_font_holds_is_shown_by_its_code(workshop: Workshop, tmp_path: Path) -> None:
    case = full_visit("en", 0, remark="நன்றி 🙂 ok")
    printed = workshop.printed(case, files=[])
    text = text_of(printed.pdf, tmp_path)
    assert "U+1F642" in printed.replaced
    assert "[U+1F642]" in text
    assert "Some characters have no printed form here" in text


def test_control_and_direction_characters_never_reach_the_page() -> None:
    printable = Printable(FontSet.load().covered)
    assert printable.text("a\u202eb\x00c\ufeff\u2066d\ne") == "abcd\ne"
    assert printable.codes == ()


def test_every_word_of_the_report_can_be_printed() -> None:
    from backend.reports.words import WORDS

    printable = Printable(FontSet.load().covered)
    for texts in WORDS.values():
        for text in texts.values():
            printable.text(text)
    assert printable.codes == ()


def test_every_word_is_there_in_three_languages_with_the_same_values() -> None:
    import re

    from backend.reports.words import LANGUAGES, WORDS

    for key, texts in WORDS.items():
        assert set(texts) == set(LANGUAGES), key
        assert len({frozenset(re.findall(r"{(\w+)}", text)) for text in texts.values()}) == 1, key


def test_without_the_bundled_fonts_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="SinggahSans"):
        FontSet.load(tmp_path)


def test_the_manifest_names_what_printed_the_page(workshop: Workshop) -> None:
    manifest = json.loads(workshop.files(workshop.full_case)[-1].data)
    assert set(manifest["printed_with"]) == {"template", "fonts", "weasyprint"}
    assert [photo["sha256"] for photo in manifest["photos"]] == list(workshop.full_case.photos)
