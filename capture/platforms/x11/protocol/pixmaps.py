"""Pictures of one drawable, in memory that is used again: where it can be, the X server fills it and nobody copies."""

from __future__ import annotations

import sys
import time

import numpy as np

from capture.picture.pixels import Pixels, Rect, around
from capture.platforms.x11.protocol.display import Display
from capture.platforms.x11.protocol.shm import NoSharedMemory, OverConnection, SharedSegment, shared_memory_problem
from capture.platforms.x11.protocol.visual import palette_of, pixel_format

MOST_KEPT = 4
"""Pictures that are on their way at once: the newest, the one before, and some that are being encoded."""
PART_WORTHWHILE = 0.5
"""Up to this part of the picture only what is stale is fetched, with one copy; beyond, everything, with none."""
SPARE_FETCHES = 60
"""After so many pictures for each of which there was more than one free place, one place is given up: 8 MB at 1080p."""
RARE_SECONDS = 1.5
"""With so much time between two pictures, as for the small ones in the panel's list, only the newest is kept."""

# The picture's own reference, and that of getrefcount's argument.
UNUSED = 2


class _Kept:
    """One picture's memory, and which part of it is older than the drawable.

    ``memory`` is what the X server fills; None: the picture has memory of its own.
    """

    def __init__(self, memory: SharedSegment | None, width: int, height: int) -> None:
        self.memory = memory
        self.pixels = np.empty((height, width, 4), np.uint8) if memory is None else memory.room(width, height)
        self.stale: Rect | None = Rect(0, 0, width, height)

    @property
    def is_unused(self) -> bool:
        """Tell whether nobody, a frame or a view of it, holds the picture any more: CPython counts that."""
        return sys.getrefcount(self.pixels) == UNUSED

    def let_go(self) -> None:
        """Have the X server let go of the memory; the picture stays for who holds it."""
        if self.memory is not None:
            self.memory.close()


class PixmapReader:
    """Fetches the pictures of ``window``, or of a drawable with its visual. Used, like its display, by one thread.

    Raises:
        XError: the window is gone.
        CaptureError: pictures of its kind cannot be shown.
    """

    def __init__(self, display: Display, window: int) -> None:
        self._display = display
        self._format = pixel_format(display, window)
        is_shared = not shared_memory_problem(display)
        self._transfer: SharedSegment | OverConnection = (
            SharedSegment(display) if is_shared else OverConnection(display)
        )
        self._fills = is_shared and self._format.is_ours
        self._kept: list[_Kept] = []
        self._fetched_at = 0.0
        self._spare = 0

    def fetch(self, drawable: int, area: Rect, damage: tuple[Rect, ...] | None) -> tuple[Pixels, Rect]:
        """Return the drawable's ``area`` as it is now, and the rectangle of it that was fetched anew.

        The picture (height × width × 4, BGRX) belongs to the caller for as long as he holds it. ``damage`` is what
        was painted since the last call, relative to ``area``; None: it may be another drawable altogether. The
        picture outside of the rectangle looks as it did at the last call.

        Raises:
            XError: the drawable is gone or smaller than ``area``.
        """
        try:
            return self._fetch(drawable, area, damage)
        except NoSharedMemory:
            # There was some at first; systems have bounds, and others use it too.
            self.close()
            self._transfer, self._fills = OverConnection(self._display), False
            return self._fetch(drawable, area, None)

    def _fetch(self, drawable: int, area: Rect, damage: tuple[Rect, ...] | None) -> tuple[Pixels, Rect]:
        whole = Rect(0, 0, area.width, area.height)
        shape = (area.height, area.width, 4)
        kept = [picture for picture in self._kept if picture.pixels.shape == shape]
        for picture in self._kept:
            if picture not in kept:
                picture.let_go()
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
            self._fetch_into(chosen.pixels, drawable, area, stale)
        else:
            stale = whole
            if chosen.memory is None:
                self._fetch_into(chosen.pixels, drawable, area, whole)
            else:
                chosen.memory.image(drawable, area.x, area.y, area.width, area.height)
        chosen.stale = None
        if chosen not in self._kept:
            chosen.let_go()  # one too many to be used again: the display need not reach it any more
        last, self._fetched_at = self._fetched_at, time.monotonic()
        if self._fetched_at - last >= RARE_SECONDS:
            self._keep_only(chosen)
        return chosen.pixels, stale

    def _keep_only(self, newest: _Kept) -> None:
        """Give up memory that would wait for long until it is used again: that of a screen is 8 MB and more."""
        for picture in self._kept:
            if picture is not newest:
                picture.let_go()
        self._kept = [picture for picture in self._kept if picture is newest]

    def _give_up_spare(self, spare: list[_Kept]) -> None:
        """Note which places are free beside the one that is used next, and give one up where that has long been so."""
        self._spare = self._spare + 1 if spare else 0
        if self._spare >= SPARE_FETCHES:
            self._spare = 0
            spare[-1].let_go()
            self._kept.remove(spare[-1])

    def close(self) -> None:
        """Give the memory back; never raises. Pictures that somebody holds stay."""
        for picture in self._kept:
            picture.let_go()
        self._kept.clear()
        self._transfer.close()

    def _fetch_into(self, pixels: Pixels, drawable: int, area: Rect, part: Rect) -> None:
        """Fetch ``part`` of ``area`` into its place in a picture."""
        place = (area.x + part.x, area.y + part.y, part.width, part.height)
        raw = self._transfer.raw(drawable, *place, self._format.row_bytes(part.width))
        out = pixels[part.y : part.y + part.height, part.x : part.x + part.width]
        self._format.convert(raw, out, palette_of(self._display, self._format))

    def _unused(self, area: Rect) -> _Kept:
        """Return the unused picture with the least to fetch, or a new one."""
        unused = [picture for picture in self._kept if picture.is_unused]
        if unused:
            unused.sort(key=lambda picture: 0 if picture.stale is None else picture.stale.area)
            self._give_up_spare(unused[1:])
            return unused[0]
        self._spare = 0
        fresh = _Kept(SharedSegment(self._display) if self._fills else None, area.width, area.height)
        if len(self._kept) < MOST_KEPT:
            self._kept.append(fresh)
        return fresh
