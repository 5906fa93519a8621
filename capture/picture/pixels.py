"""Pixels and rectangles, of which pictures are made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""height × width × 4 bytes, BGRX, rows without padding (stride = width × 4)."""
MOST_PIECES = 64
"""Into more rectangles than that none is cut."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in device pixels, relative to the picture's top left corner."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def between(cls, left: int, top: int, right: int, bottom: int) -> Rect:
        """Return the rectangle from ``left`` and ``top`` on to before ``right`` and ``bottom``."""
        return cls(left, top, right - left, bottom - top)

    @property
    def area(self) -> int:
        """Return the number of pixels in it."""
        return self.width * self.height


def overlap(one: Rect, other: Rect) -> bool:
    """Tell whether two rectangles have a pixel in common."""
    across = max(one.x, other.x) < min(one.x + one.width, other.x + other.width)
    return across and max(one.y, other.y) < min(one.y + one.height, other.y + other.height)


def enclosing(rects: Sequence[Rect]) -> Rect:
    """Return the smallest rectangle around ``rects``, of which there is one at least."""
    right, bottom = max(rect.x + rect.width for rect in rects), max(rect.y + rect.height for rect in rects)
    return Rect.between(min(rect.x for rect in rects), min(rect.y for rect in rects), right, bottom)


def seen_from(place: Rect, rects: Iterable[Rect]) -> tuple[Rect, ...]:
    """Return rectangles as they lie in a picture of ``place``, both relative to the same thing."""
    return tuple(Rect(rect.x - place.x, rect.y - place.y, rect.width, rect.height) for rect in rects)


def around(rects: Iterable[Rect], width: int, height: int) -> Rect | None:
    """Return the smallest rectangle around the parts of ``rects`` in a picture of that size, None for no part."""
    found = [
        (max(rect.x, 0), max(rect.y, 0), min(rect.x + rect.width, width), min(rect.y + rect.height, height))
        for rect in rects
    ]
    found = [box for box in found if box[0] < box[2] and box[1] < box[3]]
    if not found:
        return None
    left, top = min(box[0] for box in found), min(box[1] for box in found)
    right, bottom = max(box[2] for box in found), max(box[3] for box in found)
    return Rect(left, top, right - left, bottom - top)


def without(rect: Rect, covers: Iterable[Rect]) -> list[Rect]:
    """Return rectangles that make up ``rect`` but for ``covers``; more than that when they would become very many."""
    left = [rect]
    for cover in covers:
        pieces = [piece for part in left for piece in _cut(part, cover)]
        if len(pieces) > MOST_PIECES:
            break
        left = pieces
    return left


def _cut(rect: Rect, cover: Rect) -> list[Rect]:
    right, bottom = rect.x + rect.width, rect.y + rect.height
    cover_left, cover_right = max(rect.x, cover.x), min(right, cover.x + cover.width)
    cover_top, cover_bottom = max(rect.y, cover.y), min(bottom, cover.y + cover.height)
    if cover_left >= cover_right or cover_top >= cover_bottom:
        return [rect]
    pieces = [
        Rect(rect.x, rect.y, rect.width, cover_top - rect.y),
        Rect(rect.x, cover_top, cover_left - rect.x, cover_bottom - cover_top),
        Rect(cover_right, cover_top, right - cover_right, cover_bottom - cover_top),
        Rect(rect.x, cover_bottom, rect.width, bottom - cover_bottom),
    ]
    return [piece for piece in pieces if piece.area > 0]


def paint_over(pixels: Pixels, rects: Iterable[Rect], colour: int) -> None:
    """Paint ``rects`` of a picture, which has to be ours, in one colour (0xRRGGBB)."""
    words = pixels.view(np.uint32)[:, :, 0]
    for rect in rects:
        top, left = max(rect.y, 0), max(rect.x, 0)
        words[top : max(rect.y + rect.height, 0), left : max(rect.x + rect.width, 0)] = colour
