"""Screens by DXGI desktop duplication: asked as often as pictures are wanted, copied where something has changed.

There is nothing that tells when to ask. Not run on Windows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from capture import reasons
from capture.errors import NoPicture
from capture.picture.pixels import Rect
from capture.platforms.ticks import Ticks
from capture.platforms.windows.duplication.dxgi import NotNow
from capture.platforms.windows.duplication.monitor import DuplicatedMonitor
from capture.platforms.windows.readers import LAG_SECONDS, Patience, ScreenPicture, boxes_of, empty, moved
from capture.platforms.windows.screens import Layout
from capture.platforms.windows.win32.direct3d import DeviceLost

log = logging.getLogger(__name__)

STILL_SECONDS = 0.05
"""A look that finds nothing costs next to nothing."""


class DuplicationReader:
    """Reads a screen; see `ScreenReader`."""

    lag_seconds = LAG_SECONDS

    def __init__(self, begin: Callable[[int], DuplicatedMonitor] = DuplicatedMonitor) -> None:
        self._begin = begin
        self._monitors: list[DuplicatedMonitor] = []
        self._ticks = Ticks(STILL_SECONDS)
        self._patience = Patience()

    def open(self, layout: Layout) -> None:
        self.close()
        self._layout, self._boxes, self._pixels = layout, boxes_of(layout), empty(layout)
        self._damage: tuple[Rect, ...] | None = None
        for monitor in layout.monitors:
            made = self._begin(monitor.handle)
            self._monitors.append(made)
            try:
                made.open()
            except NotNow:
                self.close()
                raise
            except (OSError, AttributeError) as error:
                self.close()
                raise NoPicture(reasons.NOT_OFFERED.of(problem=str(error))) from error

    def wait(self, seconds: float, call: int) -> bool:
        end = time.monotonic() + seconds
        while self._ticks.comes(max(end - time.monotonic(), 0), call):
            self._update()
            self._ticks.note(self._damage != ())
            if self._damage != ():
                return True
        return False

    def read(self) -> ScreenPicture | None:
        self._update()
        if not all(each.has_picture for each in self._monitors):
            self._patience.check()
            return None
        self._patience.reset()
        damage, self._damage = self._damage, ()
        return ScreenPicture(self._pixels, damage)

    def note(self, has_changed: bool) -> None:
        pass

    def set_rate(self, fps: float) -> None:
        self._ticks.set_rate(fps)

    def close(self) -> None:
        monitors, self._monitors = self._monitors, []
        for each in monitors:
            each.close()

    def _update(self) -> None:
        """Copy what is new.

        Raises:
            NoPicture: this way gives none here.
            NotNow: Windows shows it to nobody now.
        """
        try:
            for monitor, box in zip(self._monitors, self._boxes, strict=True):
                upright = self._pixels[box.y : box.y + box.height, box.x : box.x + box.width]
                damage = monitor.update(upright)
                known = damage is not None and self._damage is not None
                self._damage = (*(self._damage or ()), *moved(damage or (), box)) if known else None
        except DeviceLost as error:
            log.info("the duplication was lost and is made anew: %s", error)
            self.open(self._layout)
        except NotNow:
            raise
        except OSError as error:
            raise NoPicture(reasons.NOT_OFFERED.of(problem=str(error))) from error
