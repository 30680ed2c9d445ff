"""The derivative that eyes see, made from the uploaded bytes: no metadata, no surprises (identity.md 2.10)."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

from PIL import Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000
LONGEST = 2_048
THUMBNAIL = 320
QUALITY, THUMBNAIL_QUALITY = 85, 75
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What each orientation of EXIF 2.32 (4.6.4, tag 274) asks for."""


class Unreadable(Exception):
    """The bytes are no picture of the formats we take, or one that is too large to open."""


@dataclass(frozen=True)
class Derivative:
    """Two JPEGs without metadata; `w` and `h` are those of the picture, in pixels."""

    picture: bytes
    thumbnail: bytes
    w: int
    h: int


def derive(data: bytes) -> Derivative:
    """Decode, turn upright, scale, re-encode. Raises Unreadable for everything that cannot be decoded whole."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _derive(data)
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as wrong:
        raise Unreadable(type(wrong).__name__) from wrong
    except (OSError, SyntaxError, ValueError, EOFError, OverflowError, LookupError, TypeError, struct.error) as wrong:
        # Pillow's decoders let all of these out for broken files.
        raise Unreadable(type(wrong).__name__) from wrong


def _derive(data: bytes) -> Derivative:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unreadable("too many pixels")
        # JPEG decoders can scale while they decode: a large photo costs a fraction of the memory.
        opened.draft("RGB", (LONGEST, LONGEST))
        opened.seek(0)
        whole = _upright(opened)
    upright = _on_white(whole)
    upright.info.clear()
    upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    small = upright.copy()
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS)
    return Derivative(
        _jpeg(upright, QUALITY), _jpeg(small, THUMBNAIL_QUALITY), upright.width, upright.height
    )


def _upright(image: Image.Image) -> Image.Image:
    """As it was held. Metadata that cannot be read turn nothing: they are no reason to lose a photo."""
    try:
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, struct.error):
        turn = None
    return image.copy() if turn is None else image.transpose(turn)


def _on_white(image: Image.Image) -> Image.Image:
    """RGB; what was transparent is white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, optimize=True, exif=b"")
    return file.getvalue()
