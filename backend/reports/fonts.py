"""The bundled fonts of a report, and what they can print.

A character that no font holds would leave nothing on the page without a warning, so it is replaced by its visible
code before printing, and the report says so. Control and direction characters never reach the page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from fontTools.ttLib import TTFont
from fontTools.ttLib.woff2 import decompress

LATIN, HAN = "Singgah Sans", "Singgah Sans SC"
FILES = (
    ("SinggahSans-Regular.woff2", LATIN, 400),
    ("SinggahSans-SemiBold.woff2", LATIN, 600),
    ("SinggahSans-Bold.woff2", LATIN, 700),
    ("SinggahSansSC-Regular.woff2", HAN, 400),
    ("SinggahSansSC-Bold.woff2", HAN, 700),
)
DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "build" / "fonts"

_NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

T = TypeVar("T")


class FontsMissing(Exception):
    """A bundled font is not there: reports must not be made with whatever the machine has."""


@dataclass(frozen=True)
class Font:
    """One face, decompressed, with the code points it can print in every weight of its family."""

    name: str
    family: str
    weight: int
    data: bytes
    covered: frozenset[int]


@dataclass(frozen=True)
class FontSet:
    """The faces of a report."""

    fonts: tuple[Font, ...]

    @classmethod
    def load(cls, folder: Path = DEFAULT_FOLDER) -> FontSet:
        """Read the five files once per process. Raises FontsMissing."""
        return _load(folder)

    @property
    def covered(self) -> frozenset[int]:
        return self._family(LATIN) | self._family(HAN)

    def needed(self, text: str) -> tuple[Font, ...]:
        """The faces that this text needs: Chinese ones only when a character asks for them."""
        latin = self._family(LATIN)
        if all(ord(character) in latin or character.isspace() for character in set(text)):
            return tuple(font for font in self.fonts if font.family == LATIN)
        return self.fonts

    def _family(self, family: str) -> frozenset[int]:
        return frozenset.intersection(*(font.covered for font in self.fonts if font.family == family))


class Printable:
    """Makes texts printable with a set of code points, and remembers what had to be replaced."""

    def __init__(self, covered: frozenset[int]) -> None:
        self._covered = covered
        self._codes: dict[str, None] = {}

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self._codes)

    def text(self, text: str) -> str:
        """The text with each character that no font holds as [U+XXXX]."""
        return "".join(map(self._character, _NEVER.sub("", text)))

    def every_text(self, value: T) -> T:
        """The same value with every string inside made printable (dataclasses and tuples are walked)."""
        walked: object = value
        if isinstance(value, str):
            walked = self.text(value)
        elif isinstance(value, tuple):
            walked = tuple(map(self.every_text, value))
        elif is_dataclass(value) and not isinstance(value, type):
            walked = replace(
                value, **{f.name: self.every_text(getattr(value, f.name)) for f in fields(value) if f.init}
            )
        return walked  # type: ignore[return-value] # each branch keeps the type of what it was given

    def _character(self, character: str) -> str:
        if ord(character) in self._covered or character in "\n\t ":
            return character
        code = f"U+{ord(character):04X}"
        self._codes[code] = None
        return f"[{code}]"


def face_rules(fonts: Iterable[Font]) -> str:
    """The @font-face rules of these faces, loaded as `asset:<name>`."""
    return "".join(
        f'@font-face{{font-family:"{font.family}";font-weight:{font.weight};src:url("asset:{font.name}")}}\n'
        for font in fonts
    )


@lru_cache(maxsize=4)
def _load(folder: Path) -> FontSet:
    return FontSet(tuple(_font(folder / name, family, weight) for name, family, weight in FILES))


def _font(path: Path, family: str, weight: int) -> Font:
    try:
        packed = path.read_bytes()
    except OSError as fault:
        raise FontsMissing(f"{path.name} is not in {path.parent}: run `make setup`") from fault
    out = io.BytesIO()
    decompress(io.BytesIO(packed), out)
    covered = frozenset(TTFont(io.BytesIO(out.getvalue())).getBestCmap())
    return Font(path.name.replace(".woff2", ".font"), family, weight, out.getvalue(), covered)
