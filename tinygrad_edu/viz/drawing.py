"""Pictures as SVG text, made of nothing but strings: a map with contours, a curve. They follow light and dark pages:
whatever stands on the page itself is in `currentColor`."""

from __future__ import annotations

import base64
import html
import struct
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .landscape import Landscape, Line

RAMP = np.array([(24, 32, 96), (22, 92, 150), (30, 146, 160), (92, 186, 136), (186, 214, 110), (250, 236, 160)])  # low
GREY = np.array((128, 128, 128))  # where the cost is not finite
STEEP = 30.0  # colours go with log(1 + STEEP · height), for the lowland is what matters
CONTOURS = 14
WIDTH, HEIGHT, LEFT, TOP = 460, 420, 52, 12  # of the map, and the room before it
FONT = 'font-family="system-ui, sans-serif" font-size="12" fill="currentColor"'


def page(svg: str, sentences: Iterable[str]) -> str:
    """The picture and the sentences under it, as HTML."""
    said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)
    return f'<figure style="margin:0;max-width:640px">{svg}<figcaption>{said}</figcaption></figure>'


def heights(cost: NDArray) -> tuple[NDArray, NDArray]:
    """Costs as heights from 0 to 1 on the scale of the colours (nan where not finite); and the costs at which eleven
    equal steps of that scale lie."""
    finite = np.isfinite(cost)
    low, high = (float(f(cost[finite])) for f in (np.min, np.max)) if finite.any() else (0.0, 0.0)
    rise = np.where(finite, (np.where(finite, cost, low) - low) / ((high - low) or 1.0), np.nan)
    steps = low + (high - low) * np.expm1(np.linspace(0, 1, 11) * np.log1p(STEEP)) / STEEP
    return np.log1p(STEEP * rise) / np.log1p(STEEP), steps


def colours(levels: NDArray) -> NDArray[np.uint8]:
    """(..., 3) the colours of heights from 0 to 1."""
    known = np.nan_to_num(levels)
    places = np.linspace(0, 1, len(RAMP))
    found = np.stack([np.interp(known, places, channel) for channel in RAMP.T], -1)
    return np.where(np.isnan(levels)[..., None], GREY, found).round().astype(np.uint8)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """An image (rows, columns, 3) as a PNG file. Source: https://www.w3.org/TR/png-3/"""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows, columns, _ = pixels.shape
    lines = b"".join(b"\0" + row.tobytes() for row in pixels)  # 0: a row as it is, unfiltered
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))  # fmt: skip


def contours(levels: NDArray, at: float) -> list[tuple[NDArray, NDArray]]:
    """The line on which a grid of heights is `at`: pieces, one a triangle, from (column, row) to (column, row).

    Each square between four points is cut into two triangles: on a triangle, a plane, the line is straight.
    """
    rows, columns = levels.shape
    corner = np.stack(np.meshgrid(np.arange(columns - 1), np.arange(rows - 1)), -1).reshape(-1, 2)
    pieces = []
    for shifts in (((0, 0), (1, 0), (0, 1)), ((1, 1), (0, 1), (1, 0))):
        points = np.stack([corner + shift for shift in shifts], 1)  # (squares, 3, 2)
        level = levels[points[..., 1], points[..., 0]]
        above = level > at
        for one in range(3):  # the corner that lies alone on its side of the line
            others = [(one + 1) % 3, (one + 2) % 3]
            alone = (above[:, one] != above[:, others[0]]) & (above[:, one] != above[:, others[1]])
            alone &= np.isfinite(level).all(1)
            ends = []
            for other in others:
                share = (at - level[alone, one]) / (level[alone, other] - level[alone, one])
                ends.append(points[alone, one] + share[:, None] * (points[alone, other] - points[alone, one]))
            pieces += list(zip(*ends, strict=True))
    return pieces


def plane(found: Landscape) -> str:
    """A map of a landscape."""
    levels, steps = heights(found.cost)
    rows, columns = levels.shape
    across, up = WIDTH / columns, HEIGHT / rows  # of one cell, whose point is its middle

    def place(column: Any, row: Any) -> str:
        return f"{LEFT + (column + 0.5) * across:.1f} {TOP + HEIGHT - (row + 0.5) * up:.1f}"

    def at(x: float, y: float) -> str:
        width, height = found.x[-1] - found.x[0], found.y[-1] - found.y[0]
        return place((x - found.x[0]) / width * (columns - 1), (y - found.y[0]) / height * (rows - 1))

    image = base64.b64encode(png(colours(levels[::-1]))).decode()
    parts = [f'<image x="{LEFT}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" preserveAspectRatio="none" '
             f'href="data:image/png;base64,{image}"/>']  # fmt: skip
    for level in np.linspace(0, 1, CONTOURS + 2)[1:-1]:
        d = "".join(f"M{place(*a)}L{place(*b)}" for a, b in contours(levels, level))
        parts.append(f'<path d="{d}" fill="none" stroke="#000" stroke-opacity=".28" stroke-width=".8"/>')
    if found.walk is not None:
        d = "M" + "L".join(at(x, y) for x, y in zip(found.walk.x, found.walk.y, strict=True))
        for colour, thick in (("#000", 4.2), ("#fff", 2.2)):
            parts.append(f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{thick}"/>')
        x, y = at(found.walk.x[0], found.walk.y[0]).split()
        parts.append(f'<circle cx="{x}" cy="{y}" r="5.5" fill="#000" stroke="#fff" stroke-width="2">'
                     f'<title>start, cost {found.walk.cost[0]:.4g}</title></circle>')  # fmt: skip
    x, y = at(0, 0).split()
    parts.append(f'<circle cx="{x}" cy="{y}" r="5.5" fill="#d1495b" stroke="#fff" stroke-width="2">'
                 f'<title>the model, cost {found.here:.4g}</title></circle>')  # fmt: skip
    parts += _axes(found.x, found.y, at) + _legend(steps)
    what = f"The cost over a plane of settings, from {steps[0]:.4g} (dark) to {steps[-1]:.4g} (light)"
    return _svg(LEFT + WIDTH + 96, TOP + HEIGHT + 30, what, parts)


def line(found: Line) -> str:
    """The curve of a line."""
    finite = found.cost[np.isfinite(found.cost)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    y = np.array([low, high if high > low else low + 1])

    def at(a: float, b: float) -> str:
        return (f"{LEFT + WIDTH * (a - found.x[0]) / np.ptp(found.x):.1f} "
                f"{TOP + HEIGHT / 2 * (0.95 - 0.9 * (b - y[0]) / np.ptp(y)):.1f}")  # fmt: skip

    known = np.isfinite(found.cost)
    starts = known & ~np.concatenate([[False], known[:-1]])
    d = "".join(f"{'M' if start else 'L'}{at(a, b)}"
                for a, b, ok, start in zip(found.x, found.cost, known, starts, strict=True) if ok)  # fmt: skip
    parts = [f'<path d="{d}" fill="none" stroke="#d1495b" stroke-width="2.2"/>']
    for place in (0.0, 1.0):
        x, bottom = at(place, float(y[0])).split()
        parts.append(f'<path d="M{x} {TOP}L{x} {bottom}" stroke="currentColor" stroke-dasharray="2 4"/>')
        parts.append(f'<text x="{x}" y="{TOP + HEIGHT / 2 + 16}" text-anchor="middle" {FONT}>{place:g}</text>')
    for cost in y:
        _, height = at(0, float(cost)).split()
        parts.append(f'<text x="{LEFT - 6}" y="{float(height) + 4:.1f}" text-anchor="end" {FONT}>{cost:.3g}</text>')
    return _svg(LEFT + WIDTH + 20, TOP + HEIGHT // 2 + 30, "The cost along a line between two settings", parts)


def _axes(x: NDArray, y: NDArray, at: Any) -> list[str]:
    """Numbers along the map's edges: the ends and 0."""
    parts = []
    for number in (x[0], 0.0, x[-1]):
        across = at(number, y[0]).split()[0]
        parts.append(f'<text x="{across}" y="{TOP + HEIGHT + 18}" text-anchor="middle" {FONT}>{number:.2g}</text>')
    for number in (y[0], 0.0, y[-1]):
        down = float(at(x[0], number).split()[1])
        parts.append(f'<text x="{LEFT - 8}" y="{down + 4:.1f}" text-anchor="end" {FONT}>{number:.2g}</text>')
    return parts


def _legend(steps: NDArray) -> list[str]:
    """A bar of the colours, with the costs that they stand for."""
    left, parts, tall = LEFT + WIDTH + 18, [], HEIGHT / (len(steps) - 1)
    for number, (red, green, blue) in enumerate(colours((np.arange(40) + 0.5) / 40)):
        parts.append(f'<rect x="{left}" y="{TOP + HEIGHT * (39 - number) / 40:.1f}" width="14" '
                     f'height="{HEIGHT / 40 + 0.5:.1f}" fill="#{red:02x}{green:02x}{blue:02x}"/>')  # fmt: skip
    for number, cost in enumerate(steps[::2]):
        down = min(max(TOP + HEIGHT - 2 * number * tall + 4, TOP + 10), TOP + HEIGHT)
        parts.append(f'<text x="{left + 20}" y="{down:.1f}" {FONT}>{cost:.3g}</text>')
    return parts


def _svg(width: int, height: int, what: str, parts: list[str]) -> str:
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="{html.escape(what)}" style="width:100%;max-width:{width}px;height:auto">'
            + "".join(parts) + "</svg>")  # fmt: skip
