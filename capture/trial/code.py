"""A picture that tells by itself whose it is, which one, and whether every pixel of it is right. Pure."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.picture.pixels import Pixels, Rect

CELL = 8
"""Pixels along each edge of a cell, which is one bit."""
MARK = (0xFF00FF, 0x00FF00, 0xFFFF00, 0x0000FF)
"""The colours, as RGB, of the cells before the first bit."""
FIELDS = (("which", 2), ("width", 14), ("height", 14), ("step", 16))
"""Numbers that the first row of cells holds, each with its bits, the highest one first; behind them a sum of all."""
SUM_BITS = 4
STEPS = 1 << 16
SMALLEST = (CELL * (len(MARK) + sum(bits for _, bits in FIELDS) + SUM_BITS), 4 * CELL)
"""The width and height that are needed."""
WHITE, BLACK = 0xFFFFFF, 0x000000
BAR, HOP = 24, 16
"""Width of the bar that moves, and how far it moves with each step."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A painted picture that was found in another one.

    Attributes:
        which: the number of the window.
        step: the number of its picture.
        place: where it lies.
        is_exact: no pixel of it differs from what was painted.
    """

    which: int
    step: int
    place: Rect
    is_exact: bool


def paint(which: int, step: int, width: int, height: int) -> Pixels:
    """Return picture ``step`` of window ``which``, 0 to 3, at least `SMALLEST`: height × width × 4, BGRX."""
    words = _ground(which, width, height).copy()
    left = step * HOP % width
    words[2 * CELL :, left : left + BAR] = WHITE
    values = {"which": which, "width": width, "height": height, "step": step}
    bits = "".join(f"{values[name]:0{count}b}" for name, count in FIELDS)
    bits += f"{_sum(bits):0{SUM_BITS}b}"
    row = np.array((*MARK, *(WHITE if bit == "1" else BLACK for bit in bits)), np.uint32)
    words[:CELL, : len(row) * CELL] = np.repeat(row, CELL)
    return words.view(np.uint8).reshape(height, width, 4)


def readings(pixels: Pixels) -> tuple[Reading, ...]:
    """Return all painted pictures of which the first row of cells lies in ``pixels``."""
    words = np.ascontiguousarray(pixels).view(np.uint32)[..., 0] & WHITE
    across = words.shape[1] - SMALLEST[0] + 1
    if across <= 0:
        return ()
    hits = np.logical_and.reduce([words[:, at * CELL : at * CELL + across] == mark for at, mark in enumerate(MARK)])
    # All pixels of the first cell hit, the one at its corner first.
    corners = hits.copy()
    corners[1:] &= ~hits[:-1]
    corners[:, 1:] &= ~hits[:, :-1]
    found = (_read(words, int(x), int(y)) for y, x in np.argwhere(corners))
    return tuple(reading for reading in found if reading is not None)


def _read(words: NDArray[np.integer[Any]], x: int, y: int) -> Reading | None:
    row = words[y, x + len(MARK) * CELL + CELL // 2 : x + SMALLEST[0] : CELL]
    bits = "".join("1" if word == WHITE else "0" for word in row)
    body, total = bits[:-SUM_BITS], int(bits[-SUM_BITS:], 2)
    values: dict[str, int] = {}
    at = 0
    for name, count in FIELDS:
        values[name] = int(body[at : at + count], 2)
        at += count
    width, height = values["width"], values["height"]
    if _sum(body) != total or width < SMALLEST[0] or height < SMALLEST[1]:
        return None
    there = words[y : y + height, x : x + width]
    painted = paint(values["which"], values["step"], width, height).view(np.uint32)[..., 0]
    is_exact = there.shape == painted.shape and bool((there == painted).all())
    return Reading(values["which"], values["step"], Rect(x, y, width, height), is_exact)


def _sum(bits: str) -> int:
    """Return a number that tells a row of bits from one of which a few are hidden."""
    return sum(int(bits[at : at + 3], 2) * (at % 7 + 1) for at in range(0, len(bits), 3)) % (1 << SUM_BITS)


@functools.lru_cache(maxsize=8)
def _ground(which: int, width: int, height: int) -> NDArray[np.uint32]:
    """Return what stays the same: cells of many shades, of another colour for each window."""
    down, across = np.arange(height) // CELL, np.arange(width) // CELL
    shade = ((down[:, None] * 7 + across * 13 + which * 5) % 32 * 4).astype(np.uint32)
    colour = (0x203070, 0x703020, 0x207030, 0x606020)[which]
    return np.asarray(colour + (shade << 16) + (shade << 8) + shade, np.uint32)
