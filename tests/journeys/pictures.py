"""A photo as a telephone takes it: with the place where it was taken."""

from __future__ import annotations

import io

from PIL import ExifTags, Image, ImageDraw

CAMERA = b"Singgah Testphone 1"
HERE: dict[int, object] = {
    ExifTags.GPS.GPSLatitudeRef: "N",
    ExifTags.GPS.GPSLatitude: (1.0, 29.0, 6.0),
    ExifTags.GPS.GPSLongitudeRef: "E",
    ExifTags.GPS.GPSLongitude: (103.0, 44.0, 24.0),
}


def photo_with_place(words: str, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A JPEG that shows `words`; EXIF names a camera and the coordinates of a house in Johor Bahru."""
    image = Image.effect_noise(size, 40).convert("RGB")
    ImageDraw.Draw(image).text((60, 60), words, fill=(20, 60, 70), font_size=90)
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = CAMERA.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(HERE)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def place_in(picture: bytes) -> dict[int, object]:
    """The coordinates that a picture tells; empty when it tells none."""
    return dict(Image.open(io.BytesIO(picture)).getexif().get_ifd(ExifTags.IFD.GPSInfo))
