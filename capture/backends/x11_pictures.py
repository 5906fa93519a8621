"""Pictures of one drawable in memory that the X server fills: whole ones that nobody has to copy, and used again."""

from __future__ import annotations

import sys

import numpy as np

from capture.backends.x11 import Display, SharedSegment
from capture.pixels import Pixels, Rect, around

MOST_KEPT = 4
"""Pictures that are on their way at once: the newest, the one before, and some that are being encoded."""
PART_WORTHWHILE = 0.5
"""Up to this part of the picture only what is stale is fetched, with one copy; beyond, everything, with none."""

# The picture's own reference, and that of getrefcount's argument.
UNUSED = 2


class _Kept:
    """One picture's memory, and which part of it is older than the drawable."""

    def __init__(self, memory: SharedSegment, width: int, height: int) -> None:
        self.memory = memory
        self.pixels = memory.room(width, height)
        self.stale: Rect | None = Rect(0, 0, width, height)

    @property
    def is_unused(self) -> bool:
        """Tell whether nobody, a frame or a view of it, holds the picture any more: CPython counts that."""
        return sys.getrefcount(self.pixels) == UNUSED


class DrawablePictures:
    """Fetches the pictures of one drawable. Used, like its display, by one thread."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._transfer = SharedSegment(display)
        self._kept: list[_Kept] = []

    def fetch(self, drawable: int, area: Rect, damage: tuple[Rect, ...] | None) -> tuple[Pixels, Rect]:
        """Return the drawable's ``area`` as it is now, and the rectangle of it that was fetched anew.

        The picture (height × width × 4, BGRX) belongs to the caller for as long as he holds it. ``damage`` is what
        was painted since the last call, relative to ``area``; None: it may be another drawable altogether. What is
        outside of the rectangle looks as it did at the last call.

        Raises:
            XError: the drawable is gone or smaller than ``area``.
        """
        whole = Rect(0, 0, area.width, area.height)
        shape = (area.height, area.width, 4)
        kept = [picture for picture in self._kept if picture.pixels.shape == shape]
        for picture in self._kept:
            if picture not in kept:
                picture.memory.close()
        self._kept = kept
        painted = whole if damage is None else around(damage, area.width, area.height)
        for picture in self._kept:
            picture.stale = around(
                [rect for rect in (picture.stale, painted) if rect is not None], area.width, area.height
            )
        chosen = self._unused(area)
        stale, chosen.stale = chosen.stale, whole  # until it is fetched
        if stale is None:
            stale = Rect(0, 0, 0, 0)
        elif stale.width * stale.height <= whole.width * whole.height * PART_WORTHWHILE:
            part = self._transfer.image(drawable, area.x + stale.x, area.y + stale.y, stale.width, stale.height)
            np.copyto(chosen.pixels[stale.y : stale.y + stale.height, stale.x : stale.x + stale.width], part)
        else:
            stale = whole
            chosen.memory.image(drawable, area.x, area.y, area.width, area.height)
        chosen.stale = None
        if chosen not in self._kept:
            chosen.memory.close()  # one too many to be used again: the display need not reach it any more
        return chosen.pixels, stale

    def close(self) -> None:
        """Give the memory back; never raises. Pictures that somebody holds stay."""
        for picture in self._kept:
            picture.memory.close()
        self._kept.clear()
        self._transfer.close()

    def _unused(self, area: Rect) -> _Kept:
        """Return the unused picture with the least to fetch, or a new one."""
        unused = [picture for picture in self._kept if picture.is_unused]
        if unused:
            return min(unused, key=lambda picture: 0 if picture.stale is None else picture.stale.area)
        fresh = _Kept(SharedSegment(self._display), area.width, area.height)
        if len(self._kept) < MOST_KEPT:
            self._kept.append(fresh)
        return fresh
