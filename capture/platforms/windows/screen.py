"""The whole desktop, or one monitor, by GDI: what Windows has composed is copied, and looked at whether it changed.

It tells of no changes. Works from Windows 10 1903 on as on any before; full-screen games in a mode of their own may
come black.
"""

from __future__ import annotations

import contextlib
import logging
import time

import numpy as np

from capture import reasons
from capture.errors import DisplayGone
from capture.picture.frame import Pointer, Take
from capture.picture.pixels import Pixels, Rect, paint_over, seen_from
from capture.platforms.contract import Wake
from capture.platforms.windows.pointer import PointerWatch
from capture.platforms.windows.redaction import Redaction
from capture.platforms.windows.screens import place_of
from capture.platforms.windows.ticks import Ticks
from capture.platforms.windows.win32.bitmaps import Canvas
from capture.platforms.windows.win32.scaling import see_device_pixels
from capture.privacy.blanking import PLAIN
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

log = logging.getLogger(__name__)

LIVE = Condition("live")
UNPLUGGED = Condition("waiting", reasons.MONITOR_OFF)
CHANGING = Condition("waiting", reasons.MONITORS_CHANGING)
UNREADABLE = Condition("waiting", reasons.SCREEN_KEPT_BACK)
COVERING = Condition("waiting", reasons.SECRET_ON_THE_MOVE)
TRIES = 3


class WindowsScreen:
    """Backend for the desktop (all monitors together) and for single monitors, known by their device's path.

    Windows that ``exclusions`` never shows are painted over before anybody gets the picture.
    """

    def __init__(self, source: Source, exclusions: Exclusions) -> None:
        self._source = source
        self._exclusions = exclusions
        self._open: contextlib.ExitStack | None = None
        self._canvas: Canvas | None = None
        self._last: Pixels | None = None
        self._last_rules = exclusions.rules
        self._ticks = Ticks()

    def open(self) -> None:
        see_device_pixels()
        stack = self._open = contextlib.ExitStack()
        self._pointer = PointerWatch()
        self._redaction = Redaction(self._exclusions)
        try:
            stack.enter_context(self._redaction.watching())
        except OSError as error:
            raise DisplayGone(reasons.DISPLAY_SILENT) from error

    def set_rate(self, fps: float) -> None:
        self._ticks.set_rate(fps)

    def wait(self, seconds: float | None, call: int) -> Wake:
        return self._ticks.wait(seconds, call)

    def take(self, pointer: bool) -> Take:
        try:
            return self._look(pointer)
        except OSError as error:
            # Where nobody says which windows there are, nobody knows what to cover.
            log.info("the screen is not shown: %s", error)
            return self._none(UNREADABLE)

    def close(self) -> None:
        stack, self._open = self._open, None
        canvas, self._canvas = self._canvas, None
        self._last = None
        if canvas is not None:
            canvas.close()
        if stack is not None:
            stack.close()

    def _look(self, pointer: bool) -> Take:
        for _ in range(TRIES):
            place = place_of(self._source.kind, self._source.output)
            if place is None:
                return self._none(UNPLUGGED)
            if self._redaction.look():
                self._redaction.settle()
            where = self._pointer.look(place) if pointer else None
            if self._redaction.settles_in() > 0:
                return self._as_it_was(where)
            pixels = self._copy(place)
            if pixels is None:
                return self._none(UNREADABLE)
            if place == place_of(self._source.kind, self._source.output):
                if not self._is_safe:
                    continue
                return self._finished(pixels, place, where)
        return self._as_it_was(None) if self._last is not None else self._none(CHANGING)

    def _copy(self, place: Rect) -> Pixels | None:
        """Return the screen as it is, None where Windows shows it to nobody: it is locked, or asks for a password."""
        self._redaction.begin()
        self._begun = time.monotonic()
        if self._canvas is None or self._canvas.size != (place.width, place.height):
            if self._canvas is not None:
                self._canvas.close()
            self._canvas = None
            self._canvas = _canvas(place.width, place.height)
        if self._canvas is None or not self._canvas.copy_screen(place.x, place.y):
            return None
        # What has moved meanwhile is in it, here or there.
        self._redaction.look()
        self._is_safe = not self._redaction.flashed() and self._redaction.settles_in() == 0
        return self._canvas.pixels

    def _finished(self, pixels: Pixels, place: Rect, where: Pointer | None) -> Take:
        paint_over(pixels, seen_from(place, self._redaction.rects(self._begun)), PLAIN)
        self._last_rules = self._redaction.rules
        is_same = self._last is not None and self._last.shape == pixels.shape and np.array_equal(self._last, pixels)
        self._ticks.note(not is_same)
        if is_same:
            return Take(LIVE, None, (), where)
        # A copy: the next picture is taken into the same memory.
        self._last = pixels.copy()
        return Take(LIVE, self._last, None, where, is_ours=True)

    def _as_it_was(self, where: Pointer | None) -> Take:
        self._ticks.note(True)
        # The last picture may hold what must not be seen by other rules.
        is_right = self._last is not None and self._last_rules is self._redaction.rules
        return Take(LIVE, None, (), where) if is_right else self._none(COVERING)

    def _none(self, condition: Condition) -> Take:
        self._last = None
        self._ticks.note(True)
        return Take(condition)


def _canvas(width: int, height: int) -> Canvas | None:
    with contextlib.suppress(OSError):
        return Canvas(width, height)
    return None
