"""Pictures that the server draws by itself: ink, reading bars, verdict signs, the QR code. All SVG, all ours.

Nothing of a client's text or markup gets into them; only numbers do. Meaning is carried by shape, so that a
black-and-white printer loses nothing.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import segno

INK = "#14213d"
TEXT = "#1d2a2c"
LINE = "#7b8a8c"
CALM = "#cfe3e0"
AMBER = "#f1d9a6"
RED = "#a4262c"

BAR_WIDTH, BAR_HEIGHT = 240, 34
BAR_TOP, BAR_BAND = 11, 12
HATCH = 6


def _svg(width: int, height: int, body: str) -> bytes:
    box = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{body}</svg>'.encode()


def ink(width: int, height: int, strokes: Sequence[Sequence[Sequence[int]]]) -> bytes:
    """The client's strokes as one path, rounded through the middles; a stroke of one point becomes a dot."""
    pen = max(2, round(max(width, height) / 180))
    style = f'fill="none" stroke="{INK}" stroke-width="{pen}" stroke-linecap="round" stroke-linejoin="round"'
    return _svg(width, height, f'<path d="{"".join(map(_stroke, strokes))}" {style}/>')


def _stroke(points: Sequence[Sequence[int]]) -> str:
    (x0, y0), *others = [(int(x), int(y)) for x, y in points]
    parts = [f"M{x0} {y0}"]
    for (x, y), (nx, ny) in pairwise(others):
        parts.append(f"Q{x} {y} {(x + nx) / 2:g} {(y + ny) / 2:g}")
    end_x, end_y = others[-1] if others else (x0, y0)
    return "".join([*parts, f"L{end_x} {end_y}"])


_SIGNS: Mapping[str, str] = {
    "ok": f'<circle cx="12" cy="12" r="9.5" fill="none" stroke="{TEXT}" stroke-width="1.6"/>'
    f'<path d="M7.5 12.5l3 3 6-7" fill="none" stroke="{TEXT}" stroke-width="2.2"/>',
    "warn": f'<path d="M12 2.5L22.5 21H1.5z" fill="{AMBER}" stroke="{TEXT}" stroke-width="1.6"/>'
    f'<path d="M12 9v6M12 17v2" fill="none" stroke="{TEXT}" stroke-width="2.2"/>',
    "fail": f'<rect x="2" y="2" width="20" height="20" rx="3" fill="{RED}"/>'
    '<path d="M7.5 7.5l9 9M16.5 7.5l-9 9" fill="none" stroke="#fff" stroke-width="2.6"/>',
    "na": f'<circle cx="12" cy="12" r="9.5" fill="none" stroke="{LINE}" stroke-width="1.6"/>'
    f'<path d="M7.5 12h9" fill="none" stroke="{LINE}" stroke-width="2.2"/>',
    "missing": f'<circle cx="12" cy="12" r="9.5" fill="none" stroke="{LINE}" stroke-width="1.6" '
    'stroke-dasharray="3 3"/>',
}


def sign(verdict: str) -> bytes:
    """The sign of a verdict: ring with tick, triangle, filled square with cross, ring with dash, broken ring."""
    return _svg(24, 24, _SIGNS[verdict])


def qr(link: str) -> bytes:
    """The QR code of a link, error correction M, with its quiet zone."""
    out = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        out, kind="svg", border=4, xmldecl=False, svgns=True, nl=False
    )
    return out.getvalue()


class Scale:
    """Places numbers between the ends of a bar that shows a value, its limits and the value before."""

    def __init__(self, numbers: Sequence[Decimal]) -> None:
        low, high = min(numbers), max(numbers)
        margin = (high - low) * Decimal("0.18") or max(abs(high) * Decimal("0.2"), Decimal(1))
        self.low, self.high = low - margin, high + margin

    def at(self, number: Decimal) -> int:
        share = (number - self.low) / (self.high - self.low)
        return round(Decimal(2) + share * (BAR_WIDTH - 4))


def bar(value: str, limits: Mapping[str, Any], last: str | None) -> bytes | None:
    """A reading against its limits: calm where it is in order, amber and dotted to watch, hatched to put right.

    The value is the solid pointer, the last value the open ring. None when there is no limit to show.
    """
    edges = [Decimal(edge) for area in limits.values() if area for edge in area.values() if edge is not None]
    if not edges:
        return None
    numbers = [Decimal(value), *edges, *([Decimal(last)] if last else [])]
    scale = Scale(numbers)
    body = [_band(scale, None, None, CALM)]
    body += _areas(scale, limits.get("warn"), _amber)
    body += _areas(scale, limits.get("fail"), _hatched)
    body.append(
        f'<rect x="1" y="{BAR_TOP}" width="{BAR_WIDTH - 2}" height="{BAR_BAND}" fill="none" '
        f'stroke="{LINE}" stroke-width="0.8"/>'
    )
    body += [_edge(scale.at(edge)) for edge in edges]
    if last:
        body.append(_ring(scale.at(Decimal(last))))
    body.append(_pointer(scale.at(Decimal(value))))
    return _svg(BAR_WIDTH, BAR_HEIGHT, "".join(body))


def _areas(scale: Scale, area: Mapping[str, Any] | None, draw: Any) -> list[str]:
    if not area:
        return []
    found = []
    if area["min"] is not None:
        found.append(draw(1, scale.at(Decimal(area["min"]))))
    if area["max"] is not None:
        found.append(draw(scale.at(Decimal(area["max"])), BAR_WIDTH - 1))
    return found


def _band(scale: Scale, start: Decimal | None, end: Decimal | None, colour: str) -> str:
    left = 1 if start is None else scale.at(start)
    right = BAR_WIDTH - 1 if end is None else scale.at(end)
    return _rect(left, right, colour)


def _rect(left: int, right: int, colour: str) -> str:
    return (
        f'<rect x="{left}" y="{BAR_TOP}" width="{max(0, right - left)}" height="{BAR_BAND}" fill="{colour}"/>'
    )


def _amber(left: int, right: int) -> str:
    """Dotted as well as coloured: grey paper shows the dots."""
    dots = f'fill="none" stroke="{TEXT}" stroke-width="1.5" stroke-linecap="round" stroke-dasharray="0.1 6"'
    middle = BAR_TOP + BAR_BAND // 2
    line = f'<path d="M{left + 3} {middle}H{right - 2}" {dots}/>' if right - left > HATCH else ""
    return _rect(left, right, AMBER) + line


def _hatched(left: int, right: int) -> str:
    bottom = BAR_TOP + BAR_BAND
    lines = []
    for x in range(left - BAR_BAND, right, HATCH):
        start, end = max(x, left), min(x + BAR_BAND, right)
        if start < end:
            lines.append(f"M{start} {bottom - (start - x)}L{end} {bottom - (end - x)}")
    stroke = f'<path d="{"".join(lines)}" fill="none" stroke="{RED}" stroke-width="1.4"/>'
    return _rect(left, right, "#ffffff") + stroke


def _edge(x: int) -> str:
    return f'<path d="M{x} {BAR_TOP - 2}V{BAR_TOP + BAR_BAND + 2}" stroke="{TEXT}" stroke-width="1" fill="none"/>'


def _ring(x: int) -> str:
    return f'<circle cx="{x}" cy="{BAR_TOP + BAR_BAND // 2}" r="4" fill="#ffffff" stroke="{TEXT}" stroke-width="1.6"/>'


def _pointer(x: int) -> str:
    top, bottom = BAR_TOP - 2, BAR_TOP + BAR_BAND + 3
    head = f'<path d="M{x - 6} 1h12L{x} {top + 1}z" fill="{TEXT}"/>'
    return head + f'<path d="M{x} {top}V{bottom}" stroke="{TEXT}" stroke-width="3.2" fill="none"/>'
