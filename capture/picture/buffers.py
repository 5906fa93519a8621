"""Memory for raw pictures, used again: a fresh 4 MB costs twice as much to get as to fill."""

from __future__ import annotations

import sys

import numpy as np

from capture.picture.pixels import Pixels

KEPT = 4
"""Pictures that are on their way at once: the newest, the one being encoded, and some that are still looked at."""
IDLE_COPIES = 120
"""After so many copies in which the last of them was not needed, it is given up: others looked at more for a while."""

# The list's own reference, the loop variable's, and that of getrefcount's argument.
UNUSED = 3


class Buffers:
    """Copies pictures into memory that nobody looks at any more. Used by one thread."""

    def __init__(self) -> None:
        self._kept: list[Pixels] = []
        self._idle = 0

    def copy(self, pixels: Pixels) -> Pixels:
        """Return a copy of ``pixels`` (height × width × 4).

        A holder of the copy, or of a view of it, keeps it from being used again: CPython counts that.
        """
        self._kept = [buffer for buffer in self._kept if buffer.shape == pixels.shape]
        for buffer in self._kept:
            if sys.getrefcount(buffer) == UNUSED:
                self._idle = 0 if buffer is self._kept[-1] else self._idle + 1
                if self._idle >= IDLE_COPIES:
                    self._idle = 0
                    self._kept.pop()
                np.copyto(buffer, pixels)
                return buffer
        self._idle = 0
        fresh = pixels.copy()
        if len(self._kept) < KEPT:
            self._kept.append(fresh)
        return fresh
