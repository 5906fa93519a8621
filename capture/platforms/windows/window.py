"""A window's own pixels on Windows, right also when it is covered: its program is asked to paint it once more.

PrintWindow tells of no changes, so it is looked as often as pictures are wanted. From Windows 10 1903 on, as on any
from 8.1 on.
"""

from __future__ import annotations

import numpy as np

from capture import reasons
from capture.picture.frame import Take
from capture.picture.pixels import Pixels, seen_from
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.ticks import Ticks
from capture.platforms.windows.pointer import PointerWatch
from capture.platforms.windows.printer import Printer
from capture.platforms.windows.top_windows import LIVE, TopWindow
from capture.platforms.windows.watched_window import HANGS, WatchedWindow
from capture.platforms.windows.win32.scaling import see_device_pixels
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

CHANGING = Condition("waiting", reasons.WINDOW_RESIZING)
DRAWS_NOTHING = Condition("waiting", reasons.WINDOW_DRAWS_NOTHING)
TRIES = 3


class PrintedWindow:
    """Backend for one window, see `WatchedWindow`."""

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        self._watched = WatchedWindow(source, exclusions, generations)
        self._printer = Printer()
        self._ticks = Ticks()
        self._last: Pixels | None = None
        self._size: tuple[int, int] | None = None

    def open(self) -> None:
        see_device_pixels()
        self._pointer = PointerWatch()
        self._watched.look()

    def set_rate(self, fps: float) -> None:
        self._ticks.set_rate(fps)

    def wait(self, seconds: float | None, call: int) -> Wake:
        return self._ticks.wait(seconds, call)

    def take(self, pointer: bool) -> Take:
        for _ in range(TRIES):
            top = self._watched.look()
            condition = self._watched.condition(top, asks_program=True)
            if condition.state != "live":
                return self._none(condition)
            part = seen_from(top.whole, (top.shown,))[0]
            try:
                pixels = self._printer.picture(self._watched.window, top.whole.width, top.whole.height, part)
            except TimeoutError:
                return self._none(HANGS)
            after = self._watched.look()
            if (after.whole, after.shown, after.condition) == (top.whole, top.shown, top.condition):
                if pixels is None:
                    return self._none(DRAWS_NOTHING)
                return self._taken_now(pixels, top, pointer)
        return self._none(CHANGING)

    def close(self) -> None:
        self._printer.close()
        self._last = None

    def _taken_now(self, pixels: Pixels, top: TopWindow, pointer: bool) -> Take:
        where = self._pointer.look(top.shown, self._watched.window) if pointer else None
        size = (pixels.shape[1], pixels.shape[0])
        # It may have had any other one in between.
        passed = () if size == self._size else None
        self._size = size
        is_same = self._last is not None and np.array_equal(self._last, pixels)
        self._ticks.note(not is_same)
        if is_same:
            return Take(LIVE, None, (), where)
        self._last = pixels
        return Take(LIVE, pixels, None, where, is_ours=True, passed=passed)

    def _none(self, condition: Condition) -> Take:
        self._last = None
        self._ticks.note(True)
        return Take(condition)
