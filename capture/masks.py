"""Parts of a source that nobody is to read: a few large blocks of colour stand in for them in its pictures."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from capture.pixels import Pixels, Rect

BLOCK = 64
"""Edge of a block in pixels, at least: several letters, also large ones, become one colour …"""
SHADES = 0xE0
"""… of eight shades of red, green and blue each. With the exact mean one could try out which digits make it."""
MIDDLE = 0x10


@dataclass(frozen=True, slots=True)
class Mask:
    """A rectangle in parts of the source's width and height, 0 to 1, so that it follows when the size changes.

    Raises:
        ValueError: it lies outside of the source, or is empty.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError("A mask lies within its source: 0 ≤ left < right ≤ 1 and 0 ≤ top < bottom ≤ 1.")

    def rect(self, width: int, height: int) -> Rect:
        """Return where it lies in a picture of that size, in whole pixels: rather too much than too little."""
        left, top = math.floor(self.left * width), math.floor(self.top * height)
        right, bottom = min(math.ceil(self.right * width), width), min(math.ceil(self.bottom * height), height)
        return Rect(left, top, right - left, bottom - top)


def mask_over(pixels: Pixels, masks: tuple[Mask, ...]) -> None:
    """Put ``masks`` over a picture, which has to be ours; what was there cannot be had from it any more."""
    height, width = pixels.shape[:2]
    for mask in masks:
        rect = mask.rect(width, height)
        if rect.area:
            area = pixels[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]
            area[:] = _in_blocks(area)


def _in_blocks(area: Pixels) -> Pixels:
    height, width = area.shape[:2]
    # As many blocks as fit, and as good as equal ones: a narrow rest would show more than the others.
    wide, high = (-(-edge // max(1, edge // BLOCK)) for edge in (width, height))
    image = Image.frombuffer("RGBX", (width, height), np.ascontiguousarray(area), "raw", "RGBX", 0, 1)
    means = np.asarray(image.reduce((wide, high))) & SHADES | MIDDLE
    words = means.view(np.uint32)[:, :, 0]
    large: Pixels = words.repeat(high, axis=0)[:height].repeat(wide, axis=1)[:, :width, None].view(np.uint8)
    return large
