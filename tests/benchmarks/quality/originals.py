"""The pictures that the content window has painted, by their counts: what a viewer ought to show."""

from __future__ import annotations

import functools

import numpy as np

from tests.benchmarks import sheets
from tests.benchmarks.content import BAR, BAR_COLOUR, offset, strips


class Originals:
    """The pictures of a window in ``motion``, of a ``scrolling`` one, of a ``still`` one."""

    def __init__(self, mode: str, width: int, height: int) -> None:
        self._mode, self._width, self._height = mode, width, height
        self._strips = strips(mode, height)

    def picture(self, count: int) -> np.ndarray:
        """Return a picture, height × width × 3, RGB."""
        pixels = self._painted(count)
        for strip in self._strips:
            pixels[strip.y : strip.y + strip.block, strip.x : strip.x + strip.width] = strip.drawn(count)
        return pixels[:, :, 2::-1]

    def _painted(self, count: int) -> np.ndarray:
        if self._mode == "still":
            return sheets.page(self._width, self._height, count)
        x, y = offset(self._mode, count)
        if self._mode == "motion":
            return self._sheet[y : y + self._height, x : x + self._width].copy()
        bar = sheets.blank(self._width, BAR, BAR_COLOUR)
        moved = self._sheet[y : y + self._height - 2 * BAR, x : x + self._width]
        return np.concatenate((bar, moved, bar))

    @functools.cached_property
    def _sheet(self) -> np.ndarray:
        return {"motion": sheets.pan, "scrolling": sheets.code}[self._mode](self._width, self._height)
