"""What pictures are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""height × width × 4 bytes, BGRX, rows without padding (stride = width × 4)."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in device pixels, relative to the picture's top left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def area(self) -> int:
        """Return the number of pixels in it."""
        return self.width * self.height


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
