"""The picture that one viewer has of a source, and how good each tile of it is."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from capture.encode.update import Level, Rendered
from capture.picture.damage import TILE, tile_grid
from capture.picture.frame import Frame
from capture.picture.scroll import Scroll

STILL_SECONDS = 0.5
"""A tile that did not change for so long is worth being sent again, better."""
MUCH = 0.2
"""From this part of the picture on, what is blurred becomes fine first, and exact after that."""

Tiles = NDArray[np.bool_]
# Looked up in the class each time, one of them would take as long as all that is done with it.
LOSSY, FINE, EXACT = Level.LOSSY, Level.FINE, Level.EXACT


class ViewerState:
    """A viewer's picture, as it will be once all that was sent has been drawn. Times are seconds, monotonic.

    Attributes:
        sequence: the picture that the viewer has, 0 for none.
        is_exact: it is identical to the source as it was then.
    """

    def __init__(self) -> None:
        self.sequence = 0
        self._size = (0, 0)
        self._shape: tuple[int, ...] = ()
        self._levels = np.zeros((0, 0), dtype=np.int8)
        self._sent_at = np.zeros((0, 0))
        # None of the tiles that are not exact was sent before.
        self._oldest = math.inf
        # The tiles of a video's picture, all alike, and when it was sent; None where each has what stands above.
        self._film: tuple[tuple[int, int], float] | None = None

    @property
    def is_exact(self) -> bool:
        return self.sequence > 0 and self._film is None and bool((self._levels == EXACT).all())

    def forget(self) -> None:
        """Take nothing for granted any more: the next picture is whole."""
        self.sequence = 0
        self._oldest = math.inf

    def lacks(self, frame: Frame, size: tuple[int, int]) -> bool:
        """Tell whether the viewer lacks anything of ``frame`` shown in ``size`` (width, height)."""
        return self.sequence != frame.pixels_sequence or not self._fits(frame, size)

    def base(self, frame: Frame, size: tuple[int, int]) -> int:
        """Return the picture from which to start towards ``frame`` in ``size``, 0 for none: all of it is lacking."""
        return self.sequence if self._fits(frame, size) else 0

    def receive(self, rendered: Rendered, frame: Frame, level: Level, scroll: Scroll | None, now: float) -> None:
        """Note that ``rendered``, made of ``frame`` for this viewer, is on its way."""
        parts = rendered.parts
        self._spread()
        if parts.whole:
            self._size = (parts.width, parts.height)
            self._shape = frame.pixels.shape
            self._levels = np.zeros(rendered.covered.shape, dtype=np.int8)
            self._sent_at = np.zeros(rendered.covered.shape)
        if scroll is not None:
            self._move(scroll)
        np.putmask(self._levels, rendered.covered, level)
        np.putmask(self._levels, rendered.lossless, EXACT)
        if not parts.sharpens:
            np.putmask(self._sent_at, rendered.covered, now)
        self.sequence = parts.sequence
        self._oldest = min(self._oldest, now)

    def receive_film(self, frame: Frame, size: tuple[int, int], now: float) -> None:
        """Note that a video's picture of ``frame`` is on its way: everything, and nothing exactly."""
        grid = tile_grid(frame.width, frame.height)
        self._size, self._shape = size, frame.pixels.shape
        self._film = (grid, now)
        self.sequence = frame.pixels_sequence
        self._oldest = now

    def blurred_at(self, now: float) -> float | None:
        """Return when there is something to be sent again, better, at the earliest; None while all is exact."""
        # While much moves it is asked for with each picture, and how long the rest has been still is looked at twice a
        # second.
        if self._oldest + STILL_SECONDS <= now:
            self._spread()
            oldest = np.minimum.reduce(self._sent_at, axis=None, where=self._levels < EXACT, initial=math.inf)
            self._oldest = float(oldest) if self.sequence else math.inf
        return self._oldest + STILL_SECONDS if self._oldest < math.inf else None

    def blurred(self, now: float, pixels: int) -> tuple[Tiles, Level]:
        """Return about ``pixels`` worth of tiles to be sent again, and how good; none when all is well.

        To be asked only while the viewer lacks nothing.
        """
        self._spread()
        still = self._sent_at <= now - STILL_SECONDS
        lossy = still & (self._levels == LOSSY)
        if lossy.mean() >= MUCH:
            # For what is fine already one byte goes a longer way than for what is exact.
            return _some(lossy, pixels * 4), FINE
        if lossy.any() and (still & (self._levels == FINE)).any():
            return _some(lossy, pixels * 4), FINE
        return _some(still & (self._levels < EXACT), pixels), EXACT

    def _fits(self, frame: Frame, size: tuple[int, int]) -> bool:
        return self.sequence > 0 and self._shape == frame.pixels.shape and self._size == size

    def _spread(self) -> None:
        """Write down of each tile by itself what holds for all of a video's picture.

        It is put off until something is asked: of a crowd each viewer has such a picture, and soon the next one.
        """
        if self._film is not None:
            grid, sent_at = self._film
            self._levels = np.zeros(grid, dtype=np.int8)
            self._sent_at = np.full(grid, sent_at)
            self._film = None

    def _move(self, scroll: Scroll) -> None:
        """A tile that was moved is as good, and as long there, as the worse and the later of the two it came from.

        So what was blurred becomes exact while it moves, and not only once it stands still.
        """
        down = scroll.rect.y - scroll.from_y
        rows = np.arange(self._levels.shape[0])
        last = len(rows) - 1
        first = np.clip((rows * TILE - down) // TILE, 0, last)
        second = np.clip((rows * TILE + TILE - 1 - down) // TILE, 0, last)
        moved = np.minimum(self._levels[first], self._levels[second])
        moved_at = np.maximum(self._sent_at[first], self._sent_at[second])
        left, right = scroll.rect.x // TILE, -(-(scroll.rect.x + scroll.rect.width) // TILE)
        top, bottom = scroll.rect.y // TILE, -(-(scroll.rect.y + scroll.rect.height) // TILE)
        self._levels[top:bottom, left:right] = moved[top:bottom, left:right]
        self._sent_at[top:bottom, left:right] = moved_at[top:bottom, left:right]


def _some(tiles: Tiles, pixels: int) -> Tiles:
    """Return the uppermost rows of ``tiles`` that hold about ``pixels``, one row at least."""
    rows = np.flatnonzero(tiles.any(axis=1))
    if not len(rows):
        return tiles
    taken = tiles[rows].sum(axis=1).cumsum() * TILE * TILE <= pixels
    last = rows[max(int(taken.sum()) - 1, 0)]
    some = tiles.copy()
    some[last + 1 :] = False
    return some
