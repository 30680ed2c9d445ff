"""Derivatives: whatever the bytes are, they end as a small clean JPEG or as Unreadable."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageOps

from backend.media import picture
from backend.media.picture import Unreadable, derive


def encoded(image: Image.Image, form: str, **save) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **save)
    return file.getvalue()


MODES = {"JPEG": ("RGB", "L", "1", "CMYK"), "PNG": ("RGB", "L", "RGBA", "LA", "P", "1"), "WEBP": ("RGB", "L", "RGBA")}


@pytest.mark.parametrize(("form", "mode"), [(form, mode) for form, modes in MODES.items() for mode in modes])
def test_every_mode_of_our_formats_becomes_a_plain_jpeg(form, mode):
    made = derive(encoded(Image.new(mode, (30, 20)), form))

    with Image.open(io.BytesIO(made.picture)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("JPEG", "RGB", (30, 20))


def test_what_was_transparent_is_white():
    made = derive(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))

    with Image.open(io.BytesIO(made.picture)) as shown:
        assert min(shown.getpixel((4, 4))) > 250


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "PPM"])
def test_other_formats_are_not_opened(form):
    with pytest.raises(Unreadable):
        derive(encoded(Image.new("RGB", (8, 8)), form))


def test_a_picture_with_too_many_pixels_is_not_decoded(monkeypatch):
    monkeypatch.setattr(picture, "MOST_PIXELS", 99)

    with pytest.raises(Unreadable):
        derive(encoded(Image.new("RGB", (10, 10)), "PNG"))


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "black")]

    made = derive(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True))

    with Image.open(io.BytesIO(made.picture)) as shown:
        assert min(shown.getpixel((4, 4))) > 250


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_damaged_bytes_are_unreadable_or_a_picture_and_never_a_crash(form):
    chance = random.Random(20261123)
    whole = encoded(Image.effect_noise((64, 64), 50).convert("RGB"), form)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = bytes(damaged[: chance.randint(1, len(damaged))])
        try:
            made = derive(cut)
        except Unreadable:
            continue
        assert made.w > 0 and made.h > 0


def test_text_about_the_place_is_nowhere_in_the_result():
    info = {"comment": b"at home"}
    made = derive(encoded(Image.new("RGB", (8, 8)), "JPEG", **info))

    assert b"at home" not in made.picture + made.thumbnail


def test_neither_the_place_nor_a_comment_that_is_a_script_is_in_the_result():
    metadata = Image.Exif()
    metadata.get_ifd(0x8825).update({1: "N", 2: (1.0, 21.0, 7.5), 3: "E", 4: (103.0, 49.0, 11.25), 0x1D: "2026:11:23"})
    source = encoded(Image.new("RGB", (8, 8)), "JPEG", exif=metadata, comment=b"<script>alert(1)</script>")
    assert b"<script>" in source and b"2026:11:23" in source

    made = derive(source)

    for shown in (made.picture, made.thumbnail):
        assert b"<script" not in shown and b"2026:11:23" not in shown
        with Image.open(io.BytesIO(shown)) as opened:
            assert dict(opened.getexif().get_ifd(0x8825)) == {} and "comment" not in opened.info


def turned_photo() -> bytes:
    """Lies on its side; its metadata say so and who made the camera."""
    metadata = Image.Exif()
    metadata[picture.ORIENTATION], metadata[0x010F] = 6, "Maker"
    return encoded(Image.new("RGB", (64, 48), "red"), "JPEG", exif=metadata)


@pytest.mark.parametrize("turn", range(1, 9))
def test_each_orientation_stands_upright(turn):
    corner = Image.new("RGB", (64, 64))
    corner.paste("white", (0, 0, 32, 32))
    metadata = Image.Exif()
    metadata[picture.ORIENTATION] = turn
    source = encoded(corner, "JPEG", exif=metadata)

    with Image.open(io.BytesIO(source)) as opened, Image.open(io.BytesIO(derive(source).picture)) as shown:
        wanted = ImageOps.exif_transpose(opened)
        for point in ((16, 16), (48, 16), (16, 48), (48, 48)):
            assert abs(wanted.getpixel(point)[0] - shown.getpixel(point)[0]) < 10


def test_a_photo_is_not_lost_because_its_camera_wrote_odd_metadata():
    # The maker's name under the number of a tag that must hold whole numbers: Pillow reads it, but cannot write it.
    odd = turned_photo().replace(b"\x01\x0f\x00\x02", b"\x01\x21\x00\x02")
    assert odd != turned_photo()

    made = derive(odd)

    assert (made.w, made.h) == (48, 64)
