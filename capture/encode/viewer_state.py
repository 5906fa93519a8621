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
        # Rows of tiles × 1 × columns of tiles. Once something is moved that is not exact, × TILE ×: each row of pixels
        # by itself, for a tile may come to lie across two others. If both were taken for as bad as it is, more would be
        # sent again after each move, until it was everything, all the time.
        self._levels = np.zeros((0, 1, 0), dtype=np.int8)
        # Of each place, also where what it holds was moved there: it says when to send, not whether.
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
            self._fill(rendered.covered.shape, 0)
        if scroll is not None:
            self._move(scroll)
        np.copyto(self._levels, level, where=rendered.covered[:, np.newaxis])
        np.copyto(self._levels, EXACT, where=rendered.lossless[:, np.newaxis])
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
            levels = self._levels.min(axis=1)
            if bool((levels == EXACT).all()):
                # Its rows of pixels need not be told apart any more.
                self._levels = levels[:, np.newaxis]
            oldest = np.minimum.reduce(self._sent_at, axis=None, where=levels < EXACT, initial=math.inf)
            self._oldest = float(oldest) if self.sequence else math.inf
        return self._oldest + STILL_SECONDS if self._oldest < math.inf else None

    def blurred(self, now: float, pixels: int) -> tuple[Tiles, Level]:
        """Return about ``pixels`` worth of tiles to be sent again, and how good; none when all is well.

        To be asked only while the viewer lacks nothing.
        """
        self._spread()
        levels = self._levels.min(axis=1)
        still = self._sent_at <= now - STILL_SECONDS
        lossy = still & (levels == LOSSY)
        if lossy.mean() >= MUCH:
            # For what is fine already one byte goes a longer way than for what is exact.
            return _some(lossy, pixels * 4), FINE
        if lossy.any() and (still & (levels == FINE)).any():
            return _some(lossy, pixels * 4), FINE
        return _some(still & (levels < EXACT), pixels), EXACT

    def _fits(self, frame: Frame, size: tuple[int, int]) -> bool:
        return self.sequence > 0 and self._shape == frame.pixels.shape and self._size == size

    def _spread(self) -> None:
        """Write down of each tile by itself what holds for all of a video's picture.

        It is put off until something is asked: of a crowd each viewer has such a picture, and soon the next one.
        """
        if self._film is not None:
            grid, sent_at = self._film
            self._fill(grid, sent_at)
            self._film = None

    def _fill(self, grid: tuple[int, ...], sent_at: float) -> None:
        rows, columns = grid
        self._levels = np.zeros((rows, 1, columns), dtype=np.int8)
        self._sent_at = np.full(grid, sent_at, dtype=np.float64)

    def _move(self, scroll: Scroll) -> None:
        """Move how good it is along: what was blurred becomes exact also while it moves."""
        if self._levels.shape[1] == 1:
            if bool((self._levels == EXACT).all()):
                return
            self._levels = self._levels.repeat(TILE, axis=1)
        rect = scroll.rect
        rows = self._levels.reshape(-1, self._levels.shape[2])
        columns = slice(rect.x // TILE, -(-(rect.x + rect.width) // TILE))
        rows[rect.y : rect.y + rect.height, columns] = rows[scroll.from_y : scroll.from_y + rect.height, columns]


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
