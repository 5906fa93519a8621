"""Curves as a picture: SVG written by hand, both axes logarithmic, readable in light and dark."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from tests.benchmarks.growth.curves import Curve

WIDE, HIGH = 320, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 22, 30, 46
"""Room around a panel's axes, in pixels."""
COLOURS = ("#2a78d6", "#d9722e", "#2f9e62", "#9a5fd0")
"""Of curves; they can be told apart, and read, on white and on near black."""
STYLE = """
text { font: 11px system-ui, sans-serif; fill: #333 }
.title { font-weight: 600 }
.axis { stroke: #999; fill: none }
.grid { stroke: #9994; fill: none }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }
"""

Point = tuple[float, float]


def drawn(curves: Iterable[Curve]) -> str:
    """Return a picture of the curves, one panel beside the other."""
    panels = [
        (panel, list(some))
        for panel, some in itertools.groupby(sorted(curves, key=lambda one: one.panel), key=lambda one: one.panel)
    ]
    lines = max((len(some) for _, some in panels), default=0)
    width, height = WIDE * max(1, len(panels)), HIGH + 15 * lines
    inside = "\n".join(
        f'<g transform="translate({WIDE * at} 0)">\n{_panel(panel, some)}\n</g>'
        for at, (panel, some) in enumerate(panels)
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return f"{head}\n<style>{STYLE}</style>\n{inside}\n</svg>\n"


def _panel(title: str, curves: Sequence[Curve]) -> str:
    points = [point for curve in curves for point in curve.points]
    low_x, high_x = min(x for x, _ in points), max(x for x, _ in points)
    low_y = 10 ** math.floor(math.log10(min(y for _, y in points)))
    high_y = 10 ** math.ceil(math.log10(max(y for _, y in points)))

    def place(point: Point) -> Point:
        across = math.log(point[0] / low_x) / (math.log(high_x / low_x) or 1)
        up = math.log(point[1] / low_y) / (math.log(high_y / low_y) or 1)
        return LEFT + across * (WIDE - LEFT - RIGHT), TOP + (1 - up) * (HIGH - TOP - BOTTOM)

    found = [f'<text class="title" x="{LEFT}" y="16">{escape(title)}</text>']
    level = low_y
    while level <= high_y * 1.01:
        x, y = place((low_x, level))
        found.append(f'<path class="grid" d="M{x:.1f} {y:.1f}H{WIDE - RIGHT}"/>')
        found.append(f'<text x="{LEFT - 5}" y="{y + 4:.1f}" text-anchor="end">{level:g} %</text>')
        level *= 10
    for size in sorted({x for x, _ in points}):
        x, y = place((size, low_y))
        found.append(f'<path class="axis" d="M{x:.1f} {y:.1f}v4"/>')
        found.append(f'<text x="{x:.1f}" y="{y + 17:.1f}" text-anchor="middle">{short(size)}</text>')
    found.append(f'<path class="axis" d="M{LEFT} {TOP}V{HIGH - BOTTOM}H{WIDE - RIGHT}"/>')
    for at, (curve, colour) in enumerate(zip(curves, itertools.cycle(COLOURS), strict=False)):
        places = [place(point) for point in curve.points]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        found.append(f'<path d="M{path}" stroke="{colour}" stroke-width="2" fill="none"/>')
        found += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        row = HIGH - 12 + 15 * at
        words = f"{curve.name}: exponent {curve.exponent:.2f}"
        found.append(f'<circle cx="{LEFT + 4}" cy="{row - 4}" r="4" fill="{colour}"/>')
        found.append(f'<text x="{LEFT + 13}" y="{row}">{escape(words)}</text>')
    return "\n".join(found)


def short(value: float) -> str:
    """Return a size as an axis names it."""
    if value >= 1e6:
        return f"{value / 1e6:.1f} M"
    return f"{value / 1000:.0f} k" if value >= 1e4 else f"{value:g}"
