"""Screens by Windows.Graphics.Capture: a session for each monitor, which tells when there is a new picture.

From Windows 10 1903 on, as with windows (`session`). Not run on Windows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from capture import reasons
from capture.errors import NoPicture
from capture.picture.pixels import Rect
from capture.platforms.waiting import Bell, wait_readable
from capture.platforms.windows.graphics_capture.session import CaptureSession, Handed
from capture.platforms.windows.readers import LAG_SECONDS, Patience, ScreenPicture, boxes_of, empty, moved
from capture.platforms.windows.screens import Layout
from capture.platforms.windows.win32.direct3d import DeviceLost

log = logging.getLogger(__name__)

Begin = Callable[[int, Callable[[], None]], CaptureSession]


def monitor_session(monitor: int, arrived: Callable[[], None]) -> CaptureSession:
    """Return a session for a monitor, not yet opened."""
    return CaptureSession(monitor, arrived, kind="monitor")


class GraphicsCaptureReader:
    """Reads a screen; see `ScreenReader`."""

    lag_seconds = LAG_SECONDS

    def __init__(self, begin: Begin = monitor_session) -> None:
        self._begin = begin
        self._bell: Bell | None = None
        self._sessions: list[CaptureSession] = []
        self._fps = 60.0
        self._patience = Patience()

    def open(self, layout: Layout) -> None:
        if self._bell is None:
            self._bell = Bell()
        self._end()
        self._layout, self._boxes, self._pixels = layout, boxes_of(layout), empty(layout)
        self._missing = set(range(len(self._boxes)))
        for monitor in layout.monitors:
            session = self._begin(monitor.handle, self._bell.ring)
            self._sessions.append(session)
            try:
                session.open()
            except (OSError, ImportError, AttributeError) as error:
                self._end()
                raise NoPicture(reasons.NOT_OFFERED.of(problem=str(error))) from error
            session.set_rate(self._fps)

    def wait(self, seconds: float, call: int) -> bool:
        assert self._bell is not None
        comes = self._bell.descriptor in wait_readable((call, self._bell.descriptor), seconds)
        if comes:
            self._bell.hush()
        return comes

    def read(self) -> ScreenPicture | None:
        damage: tuple[Rect, ...] | None = ()
        is_alone = self._boxes == (Rect(0, 0, self._layout.place.width, self._layout.place.height),)
        try:
            for number, (session, box) in enumerate(zip(self._sessions, self._boxes, strict=True)):
                handed = self._newest(session, box)
                if handed is None:
                    continue
                if is_alone:
                    self._pixels = handed.pixels
                else:
                    self._pixels[box.y : box.y + box.height, box.x : box.x + box.width] = handed.pixels
                is_first = number in self._missing
                self._missing.discard(number)
                known = damage is not None and handed.damage is not None and not is_first
                damage = (*(damage or ()), *moved(handed.damage or (), box)) if known else None
        except DeviceLost as error:
            log.info("the graphics device was lost and is made anew: %s", error)
            self.open(self._layout)
        if self._missing:
            self._patience.check()
            return None
        self._patience.reset()
        return ScreenPicture(self._pixels, damage, is_lasting=is_alone)

    def note(self, has_changed: bool) -> None:
        pass

    def set_rate(self, fps: float) -> None:
        self._fps = fps
        for session in self._sessions:
            session.set_rate(fps)

    def close(self) -> None:
        self._end()
        bell, self._bell = self._bell, None
        if bell is not None:
            bell.close()

    def _end(self) -> None:
        sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.close()

    def _newest(self, session: CaptureSession, box: Rect) -> Handed | None:
        if session.is_closed:
            raise OSError("the monitor is gone")
        wanted = Rect(0, 0, box.width, box.height)
        try:
            handed = session.newest(lambda _size: wanted)
        except DeviceLost:
            raise
        except OSError as error:
            raise NoPicture(reasons.NOT_OFFERED.of(problem=str(error))) from error
        # While the monitors are being arranged it may have another size; it will be opened anew.
        return handed if handed is not None and handed.pixels.shape[:2] == (box.height, box.width) else None
