"""Parts of a source that nobody is to read: a few large blocks of colour stand in for them in its pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from capture.picture.pixels import Pixels, Rect

BLOCK = 64
"""Edge of a block in pixels, at least: several letters, also large ones, become one colour …"""
SHADES = 0xE0
"""… of eight shades of red, green and blue each. With the exact mean one could try out which digits make it."""
MIDDLE = 0x10


Across = Literal["", "left", "right"]
Down = Literal["", "top", "bottom"]


@dataclass(frozen=True, slots=True)
class Mask:
    """A rectangle in parts of a picture's width and height, 0 to 1, and the size of the picture it was laid over.

    In pictures of another size nobody knows where its program puts what the mask is to hide: `place` covers all places
    where it may be by now, until a person has looked, or has said at which edge it stays.

    Attributes:
        width, height: of that picture, in device pixels; 0 where nobody knows, as for masks of early versions.
        across, down: the edge from which it keeps its distance, empty for unknown.

    Raises:
        ValueError: it lies outside of the picture, or is empty.
    """

    left: float
    top: float
    right: float
    bottom: float
    width: int = 0
    height: int = 0
    across: Across = ""
    down: Down = ""

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError("A mask lies within its source: 0 ≤ left < right ≤ 1 and 0 ≤ top < bottom ≤ 1.")
        if self.width < 0 or self.height < 0:
            raise ValueError("A mask was laid over a picture with a width and a height.")

    def is_sure(self, width: int, height: int) -> bool:
        """Tell whether it is known what to hide in a picture of that size, so that nobody needs to look."""
        if (self.left, self.top, self.right, self.bottom) == (0, 0, 1, 1):
            return True
        knows_across = bool(self.across) or width == self.width
        knows_down = bool(self.down) or height == self.height
        return knows_across and knows_down and self._places(width, height) is not None

    def place(self, width: int, height: int) -> Rect:
        """Return what it covers in a picture of that size, in whole pixels: rather too much than too little."""
        return self._places(width, height) or Rect(0, 0, width, height)

    def laid_over(self, width: int, height: int) -> Mask:
        """Return a mask for pictures of that size that covers in them what this one does."""
        if (width, height) == (self.width, self.height):
            return self
        place = self._places(width, height)
        if place is None:
            # At no edge any more: what it hides may be beyond the other.
            return Mask(0.0, 0.0, 1.0, 1.0, width, height)
        return replace(
            self,
            left=place.x / width,
            top=place.y / height,
            right=min((place.x + place.width) / width, 1.0),
            bottom=min((place.y + place.height) / height, 1.0),
            width=width,
            height=height,
        )

    def _places(self, width: int, height: int) -> Rect | None:
        """Return all places where what it hides may be, None where that may be anywhere."""
        if not (self.width and self.height):
            return None
        own = Rect.between(
            math.floor(self.left * self.width + NEARLY),
            math.floor(self.top * self.height + NEARLY),
            min(math.ceil(self.right * self.width - NEARLY), self.width),
            min(math.ceil(self.bottom * self.height - NEARLY), self.height),
        )
        return spread(own, (self.width, self.height), (width, height), self.across, self.down)


NEARLY = 1e-6
"""Of a pixel: what is kept as a part of the size comes back as the same number of pixels."""


def spread(rect: Rect, old: tuple[int, int], new: tuple[int, int], across: Across = "", down: Down = "") -> Rect | None:
    """Return where in a picture of size ``new`` may be what was at ``rect`` in size ``old``; None for anywhere.

    ``across`` and ``down`` are the edges from which it is known to keep its distance.
    """
    wide, high = new[0] / old[0], new[1] / old[1]
    # A mask that keeps its shape follows the other edge too, where that is not known to stay.
    columns = _reach(rect.x, rect.width, old[0], new[0], 1.0 if down else high, across)
    rows = _reach(rect.y, rect.height, old[1], new[1], 1.0 if across else wide, down)
    if columns is None or rows is None:
        return None
    return Rect.between(columns[0], rows[0], columns[1], rows[1])


def _reach(begin: int, length: int, old: int, new: int, other: float, edge: str) -> tuple[int, int] | None:
    """Return where, along one edge, something may begin at the earliest and end at the latest; None for anywhere.

    Programs keep the distance from the one edge, from the other, from the middle, or scale, each edge alone or with
    the ``other`` one; or something between these.
    """
    end, more = begin + length, new - old
    if edge:
        by = more if edge in ("right", "bottom") else 0
        # A mask that reaches an edge of the window may go on beyond it, and comes to light when there is room.
        first, last = (begin + by if begin else 0), (end + by if end < old else new)
        return (first, last) if 0 <= first < last <= new else None
    if length > new:
        return None
    middle, scale = old / 2, new / old
    places = [0.0 + begin, end, begin + more, end + more, begin + more / 2, end + more / 2, begin * scale, end * scale]
    places += [begin * other, end * other, new / 2 + (begin - middle) * other, new / 2 + (end - middle) * other]
    lowest, highest = min(places), max(places)
    if (lowest, highest) == (begin, end):
        return begin, end
    # Programs round as they like.
    return max(math.floor(lowest) - 1, 0), min(math.ceil(highest) + 1, new)


def mask_over(pixels: Pixels, rects: Iterable[Rect]) -> None:
    """Put blocks over ``rects`` of a picture, which has to be ours; what was there cannot be had from it any more."""
    for rect in rects:
        if rect.area:
            area = pixels[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]
            area[:] = _in_blocks(area)


def _in_blocks(area: Pixels) -> Pixels:
    height, width = area.shape[:2]
    # As many blocks as fit, and as good as equal ones: a narrow rest would show more than the others.
    wide, high = (-(-edge // max(1, edge // BLOCK)) for edge in (width, height))
    from PIL import Image  # as in capture/encode/image.py

    image = Image.frombuffer("RGBX", (width, height), np.ascontiguousarray(area), "raw", "RGBX", 0, 1)
    means = np.asarray(image.reduce((wide, high))) & SHADES | MIDDLE
    words = means.view(np.uint32)[:, :, 0]
    large: Pixels = words.repeat(high, axis=0)[:height].repeat(wide, axis=1)[:, :width, None].view(np.uint8)
    return large
