"""What reads the screen, whichever way, for `capture.platforms.windows.screen`; and the way that GDI has.

GDI copies what Windows has composed, and tells of no changes. It works on every Windows; full-screen games in a mode of
their own may come black.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np

from capture import reasons
from capture.errors import NoPicture
from capture.picture.pixels import Pixels, Rect, seen_from
from capture.platforms.ticks import Ticks
from capture.platforms.windows.screens import Layout
from capture.platforms.windows.win32.bitmaps import Canvas

LAG_SECONDS = 0.1
"""Where pictures are handed over and not fetched: some of the screen's own, and room."""
FIRST_SECONDS = 1.5
"""How long the first one may take; afterwards it is tried in another way."""


class ScreenPicture(NamedTuple):
    """A screen as it is now.

    Attributes:
        pixels: all of it, BGRX.
        damage: where it differs from the last one that was read; empty for nowhere, None where nobody knows.
        is_scratch: whoever has it may paint into it, until the next one is read.
        is_lasting: nobody writes into it any more, also later.
    """

    pixels: Pixels
    damage: tuple[Rect, ...] | None = None
    is_scratch: bool = False
    is_lasting: bool = False


class ScreenReader(Protocol):
    """Reads one screen, from `open` to `close`. Used by one thread.

    Attributes:
        lag_seconds: what is read may be that old, even where it is the newest.
    """

    lag_seconds: float

    def open(self, layout: Layout) -> None:
        """Begin, or begin anew where the monitors lie differently.

        Raises:
            NoPicture: this way gives no pictures here.
            OSError: not now.
        """

    def wait(self, seconds: float, call: int) -> bool:
        """Return True as soon as the screen may look different; False when ``call`` is readable or the time is over."""
        ...

    def read(self) -> ScreenPicture | None:
        """Return the screen as it is, None while there is none yet.

        Raises:
            NoPicture: this way gives no pictures here.
            OSError: Windows shows it to nobody now.
        """
        ...

    def note(self, has_changed: bool) -> None:
        """Take in whether the last picture that was read was another one."""

    def set_rate(self, fps: float) -> None:
        """Have pictures wanted ``fps`` times a second."""

    def close(self) -> None:
        """Give everything back; may be called twice, and never raises."""


class Patience:
    """Waits for a first picture, from the first time that it is asked for."""

    def __init__(self) -> None:
        self._since: float | None = None

    def reset(self) -> None:
        """Take note that there is one."""
        self._since = None

    def check(self) -> None:
        """Take note that there is none yet.

        Raises:
            NoPicture: it has been waited for long enough.
        """
        now = time.monotonic()
        self._since = now if self._since is None else self._since
        if now - self._since > FIRST_SECONDS:
            raise NoPicture(reasons.NO_PICTURE_NOW)


def boxes_of(layout: Layout) -> tuple[Rect, ...]:
    """Return where each monitor is in the picture of a screen."""
    return seen_from(layout.place, (monitor.place for monitor in layout.monitors))


def empty(layout: Layout) -> Pixels:
    """Return a black picture of a screen: where there is no monitor it stays so."""
    return np.zeros((layout.place.height, layout.place.width, 4), np.uint8)


def moved(damage: Iterable[Rect], box: Rect) -> tuple[Rect, ...]:
    """Return damage of a monitor as it lies in the picture, in which that has its ``box``."""
    return seen_from(Rect(-box.x, -box.y, 0, 0), damage)


class GdiReader:
    """Copies the screen whenever it is asked; see `ScreenReader`."""

    lag_seconds = 0.0

    def __init__(self) -> None:
        self._canvas: Canvas | None = None
        self._place = Rect(0, 0, 0, 0)
        self._ticks = Ticks()

    def open(self, layout: Layout) -> None:
        place = self._place = layout.place
        if self._canvas is None or self._canvas.size != (place.width, place.height):
            self.close()
            self._canvas = Canvas(place.width, place.height)

    def wait(self, seconds: float, call: int) -> bool:
        return self._ticks.comes(seconds, call)

    def read(self) -> ScreenPicture | None:
        if self._canvas is None or not self._canvas.copy_screen(self._place.x, self._place.y):
            raise OSError("the screen cannot be copied")
        return ScreenPicture(self._canvas.pixels, is_scratch=True)

    def note(self, has_changed: bool) -> None:
        self._ticks.note(has_changed)

    def set_rate(self, fps: float) -> None:
        self._ticks.set_rate(fps)

    def close(self) -> None:
        canvas, self._canvas = self._canvas, None
        if canvas is not None:
            canvas.close()
