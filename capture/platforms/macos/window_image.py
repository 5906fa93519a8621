"""A window's own pixels by CGWindowListCreateImage, right also when it is covered. It tells of no changes.

Apple calls it obsolete from macOS 15 on. Where it is missing, or hands nothing over, it says so.
"""

from __future__ import annotations

import numpy as np

from capture import reasons
from capture.errors import NoPicture
from capture.picture.frame import Take
from capture.picture.pixels import Pixels
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.macos.frameworks import check_permission, faults, frameworks, has, pool, within_pool
from capture.platforms.macos.images import pixels_of, pointer_in
from capture.platforms.macos.screens import scale_at
from capture.platforms.macos.top_windows import LIVE, ONE, TopWindow, WatchedWindow
from capture.platforms.ticks import Ticks
from capture.privacy.exclusions import Exclusions
from capture.source import Source

WITHOUT_FRAME, SHARPEST = 1, 8
"""kCGWindowImageBoundsIgnoreFraming: without the shadow; …BestResolution: in device pixels."""
NULL = ((float("inf"), float("inf")), (0.0, 0.0))
"""CGRectNull: the window's own bounds."""


class WindowImage:
    """Backend for one window, see `WatchedWindow`."""

    def __init__(self, source: Source, exclusions: Exclusions, generations: Generations) -> None:
        self._watched = WatchedWindow(source, exclusions, generations)
        self._last: Pixels | None = None
        self._size: tuple[int, int] | None = None
        self._ticks = Ticks()

    def open(self) -> None:
        with within_pool():
            check_permission()
            if not has(frameworks().quartz, "CGWindowListCreateImage"):
                raise NoPicture(reasons.NOT_ON_THIS_MACOS)
            self._watched.look()

    def set_rate(self, fps: float) -> None:
        self._ticks.set_rate(fps)

    def wait(self, seconds: float | None, call: int) -> Wake:
        return self._ticks.wait(seconds, call)

    def take(self, pointer: bool) -> Take:
        with pool():
            check_permission()
            top = self._watched.look()
            if top.condition.state != "live":
                self._last = None
                self._ticks.note(True)
                return Take(top.condition)
            return self._look(top, pointer)

    def close(self) -> None:
        self._last = None

    def _look(self, top: TopWindow, pointer: bool) -> Take:
        pixels = self._picture()
        where = pointer_in(top.place, scale_at(top.place), self._watched.window) if pointer else None
        if self._last is not None and np.array_equal(self._last, pixels):
            self._ticks.note(False)
            return Take(LIVE, None, (), where)
        size = (pixels.shape[1], pixels.shape[0])
        # It may have had any other one in between.
        passed = () if size == self._size else None
        self._last, self._size = pixels, size
        self._ticks.note(True)
        return Take(LIVE, pixels, None, where, is_ours=True, passed=passed)

    def _picture(self) -> Pixels:
        try:
            image = frameworks().quartz.CGWindowListCreateImage(
                NULL, ONE, self._watched.window, WITHOUT_FRAME | SHARPEST
            )
            pixels = None if image is None else pixels_of(image)
        except faults() as fault:
            raise NoPicture(reasons.AS_SAID.of(text=str(fault))) from fault
        if pixels is None:
            raise NoPicture(reasons.NO_PICTURE_NOW)
        return pixels
