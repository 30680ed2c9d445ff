"""Photos of the demonstration: drawn, so that nobody's server room is shown, and different each time."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1280, 960)
LAMPS = ((90, 220, 120), (90, 220, 120), (90, 220, 120), (250, 190, 60), (60, 150, 250))


def rack(chance: random.Random, label: str) -> bytes:
    """A JPEG of a rack front with lamps, vents and a label."""
    image = Image.new("RGB", SIZE, (24, 28, 32))
    draw = ImageDraw.Draw(image)
    for top in range(60, 860, 100):
        _unit(draw, chance, top)
    draw.rounded_rectangle((90, 880, 560, 940), 8, (236, 236, 228))
    draw.text((110, 890), label, fill=(20, 20, 20), font_size=40)
    noise = Image.effect_noise(SIZE, 18).convert("RGB")
    image = Image.blend(image, noise, 0.06).filter(ImageFilter.GaussianBlur(0.8))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _unit(draw: ImageDraw.ImageDraw, chance: random.Random, top: int) -> None:
    shade = chance.randrange(48, 84)
    draw.rounded_rectangle((80, top, 1200, top + 84), 6, (shade, shade + 2, shade + 6))
    for left in range(120, 620, 26):
        draw.rounded_rectangle((left, top + 24, left + 14, top + 60), 3, (18, 20, 22))
    for left in range(700, 1160, 44):
        if chance.random() < 0.75:
            draw.ellipse((left, top + 32, left + 18, top + 50), chance.choice(LAMPS))
