import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from backend.install import fonts

FILES = {
    "SinggahSans-Regular.woff2",
    "SinggahSans-SemiBold.woff2",
    "SinggahSans-Bold.woff2",
    "SinggahSansSC-Regular.woff2",
    "SinggahSansSC-Bold.woff2",
}


def test_the_han_characters_are_those_of_both_standards() -> None:
    """GB 2312 has 6,763 Han characters and Big5 level 1 has 5,401; a simplified and a traditional one of each."""
    han = {code for code in fonts.han_characters() if 0x4E00 <= code <= 0x9FFF}
    assert len({code for code in han if encodes(code, "gb2312")}) == 6763
    assert len({code for code in han if encodes(code, "big5")}) >= 5401
    assert {ord(char) for char in "检报臺灣。"} <= fonts.han_characters()


def encodes(code: int, codec: str) -> bool:
    return bool(chr(code).encode(codec, errors="ignore"))


def test_set_up_made_every_font_and_says_from_what() -> None:
    page = json.loads((fonts.POINTER / "digests.json").read_text(encoding="utf-8"))
    assert set(page["files"]) == FILES
    assert set(page["made_from"]) == {"fonts-noto-cjk", "inter"}


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_fonts_hold_what_reports_say_in_three_languages(weight: str) -> None:
    latin, han = (TTFont(fonts.POINTER / f"{name}-{weight}.woff2") for name in ("SinggahSans", "SinggahSansSC"))
    held = latin.getBestCmap().keys() | han.getBestCmap().keys()
    text = "Ringkasan kerja · 21.5 °C ≤ 30 µs ✓ “fine” — 检查报告:不间断电源,服务器机房。電腦維護"
    assert {char for char in text if ord(char) not in held} == set()


def test_figures_can_be_set_in_columns() -> None:
    """Reports use font-feature-settings "tnum"; joining the scripts must not lose it."""
    features = TTFont(fonts.POINTER / "SinggahSans-Regular.woff2")["GSUB"].table.FeatureList.FeatureRecord
    assert "tnum" in {feature.FeatureTag for feature in features}


class TestKeeping:
    """What is made is checked against fonts.json before anything uses it."""

    @pytest.fixture(autouse=True)
    def place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(fonts, "BUILD", tmp_path / "build")
        monkeypatch.setattr(fonts, "KNOWN", tmp_path / "fonts.json")
        return tmp_path

    def keep(self, content: bytes) -> None:
        fonts._keep("inter", "5", {"SinggahSans-Regular.woff2": content})

    def know(self, content: bytes) -> None:
        digest = fonts._sha256(content)
        fonts.KNOWN.write_text(json.dumps({"inter": {"5": {"SinggahSans-Regular.woff2": digest}}}), encoding="utf-8")

    def test_known_fonts_are_kept(self) -> None:
        self.know(b"font")
        self.keep(b"font")
        assert (fonts._folder() / "SinggahSans-Regular.woff2").read_bytes() == b"font"
        assert self.made_from()["inter"] == {"version": "5", "known": True}

    def test_other_bytes_from_a_known_package_are_refused_and_nothing_is_kept(self) -> None:
        self.know(b"font")
        with pytest.raises(fonts.FontsFailed, match=r"inter 5 are not those of backend/install/fonts\.json"):
            self.keep(b"another font")
        assert not fonts._folder().exists()

    def test_fonts_from_an_unknown_edition_are_kept_and_marked(self) -> None:
        self.keep(b"font")
        assert self.made_from()["inter"] == {"version": "5", "known": False}

    def made_from(self) -> dict[str, dict[str, object]]:
        page = json.loads((fonts._folder() / "digests.json").read_text(encoding="utf-8"))
        made: dict[str, dict[str, object]] = page["made_from"]
        return made
