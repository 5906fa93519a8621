"""A window by Windows.Graphics.Capture: its own pixels, also when it is covered, told when there are new ones.

From Windows 10 1903 on; see `session` for what is used from which build on. Not run on Windows.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from capture import reasons
from capture.errors import NoPicture
from capture.picture.frame import Take
from capture.picture.pixels import Rect, around
from capture.platforms.contract import Wake
from capture.platforms.generations import Generations
from capture.platforms.waiting import Bell, wait_readable
from capture.platforms.windows.graphics_capture.session import CaptureSession, Handed
from capture.platforms.windows.pointer import PointerWatch
from capture.platforms.windows.top_windows import LIVE, TopWindow
from capture.platforms.windows.watched_window import WatchedWindow
from capture.platforms.windows.win32.direct3d import DeviceLost
from capture.platforms.windows.win32.scaling import see_device_pixels
from capture.privacy.exclusions import Exclusions
from capture.source import Condition, Source

log = logging.getLogger(__name__)

AWAITED = Condition("waiting", reasons.FIRST_PICTURE_AWAITED)
FIRST_SECONDS = 1.5
"""How long the first picture of a window that is to be seen may take; afterwards it is tried in another way."""
RESIZE_SECONDS = 0.4
"""How long a picture in another size is waited for: a window that is still again at once may have none to come."""
STATE_SECONDS = 0.5
"""The system tells of no window that is minimised or moved: so often it is looked."""
POINTER_SECONDS = 0.04
"""Nor of the pointer, where that is wanted."""


class GraphicsCaptureWindow:
    """Backend for one window, see `WatchedWindow`.

    ``open`` and ``take`` raise `NoPicture` where this technique gives none; another one may.
    """

    def __init__(
        self,
        source: Source,
        exclusions: Exclusions,
        generations: Generations,
        begin: Callable[[int, Callable[[], None]], CaptureSession] = CaptureSession,
    ) -> None:
        self._watched = WatchedWindow(source, exclusions, generations)
        self._begin = begin
        self._session: CaptureSession | None = None
        self._bell: Bell | None = None
        self._fps = 60.0

    def open(self) -> None:
        see_device_pixels()
        self._bell = Bell()
        self._pointer = PointerWatch()
        self._told: Condition | None = None
        self._size: tuple[int, int] | None = None
        self._has_picture = False
        self._seen_since: float | None = None
        self._resized_at: float | None = None
        self._watched.look()
        self._open_session()

    def set_rate(self, fps: float) -> None:
        self._fps = fps
        if self._session is not None:
            self._session.set_rate(fps)

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._bell is not None
        now = time.monotonic()
        end = None if seconds is None else now + seconds
        looks_at = now + STATE_SECONDS
        while True:
            longest = min(POINTER_SECONDS, looks_at - now) if self._pointer.is_wanted else looks_at - now
            left = longest if end is None else min(longest, end - now)
            readable = wait_readable((call, self._bell.descriptor), max(left, 0))
            if self._bell.descriptor in readable:
                self._bell.hush()
                return self._wake()
            now = time.monotonic()
            if call in readable or (end is not None and now >= end):
                return Wake.NOTHING
            if self._pointer.has_moved():
                return Wake.CHANGED
            if now >= looks_at:
                if self._condition() != self._told:
                    return Wake.URGENT
                # A take tells whether it is waited for any longer.
                is_awaited = self._told == LIVE and not self._has_picture
                if is_awaited or (self._session is not None and self._session.is_resized):
                    return Wake.CHANGED
                looks_at = now + STATE_SECONDS

    def take(self, pointer: bool) -> Take:
        top = self._watched.look()
        condition = self._watched.condition(top, asks_program=False)
        self._told = condition
        if condition.state != "live":
            self._seen_since = None
            # What comes next is whole: what was passed over meanwhile is not known.
            self._has_picture = False
            return Take(condition)
        handed = self._newest(top)
        where = None
        if pointer:
            where = self._pointer.look(top.shown, self._watched.window)
        else:
            self._pointer.forget()
        if handed is None:
            self._hurry()
            return Take(LIVE, None, (), where) if self._has_picture else self._awaited()
        self._has_picture, self._resized_at = True, None
        height, width = handed.pixels.shape[:2]
        is_same_size, self._size = (width, height) == self._size, (width, height)
        damage = _inside(handed.damage, width, height) if is_same_size else None
        # It may have had any size in between.
        passed = () if is_same_size else None
        return Take(LIVE, handed.pixels, damage, where, is_ours=True, passed=passed)

    def close(self) -> None:
        session, self._session = self._session, None
        bell, self._bell = self._bell, None
        if session is not None:
            session.close()
        if bell is not None:
            bell.close()

    def _open_session(self) -> None:
        assert self._bell is not None
        session = self._begin(self._watched.window, self._bell.ring)
        try:
            session.open()
        except (OSError, ImportError, AttributeError) as error:
            raise NoPicture(reasons.NOT_OFFERED.of(problem=str(error))) from error
        session.set_rate(self._fps)
        self._session = session

    def _newest(self, top: TopWindow) -> Handed | None:
        assert self._session is not None

        def shown(size: tuple[int, int]) -> Rect:
            # What is handed over begins where the window that is seen does, and may be larger.
            return Rect(0, 0, min(size[0], top.shown.width), min(size[1], top.shown.height))

        try:
            return self._session.newest(shown)
        except DeviceLost as error:
            log.info("the graphics device was lost and is made anew: %s", error)
            self._session.close()
            self._has_picture = False
            self._open_session()
            return None
        except OSError as error:
            raise NoPicture(reasons.NOT_OFFERED.of(problem=str(error))) from error

    def _hurry(self) -> None:
        """Begin anew where a picture in another size does not come: with the beginning there is always one."""
        assert self._session is not None
        now = time.monotonic()
        if not self._session.is_resized:
            self._resized_at = None
        elif self._resized_at is None:
            self._resized_at = now
        elif now - self._resized_at > RESIZE_SECONDS:
            self._resized_at = None
            self._session.close()
            self._open_session()

    def _awaited(self) -> Take:
        now = time.monotonic()
        self._seen_since = now if self._seen_since is None else self._seen_since
        if now - self._seen_since > FIRST_SECONDS:
            raise NoPicture(reasons.NO_PICTURE_NOW)
        return Take(AWAITED)

    def _condition(self) -> Condition:
        return self._watched.condition(self._watched.look(), asks_program=False)

    def _wake(self) -> Wake:
        is_closed = self._session is not None and self._session.is_closed
        return Wake.URGENT if is_closed else Wake.CHANGED


def _inside(damage: tuple[Rect, ...] | None, width: int, height: int) -> tuple[Rect, ...] | None:
    """Return the damage that lies in the picture, None for unknown."""
    if damage is None:
        return None
    found = (around([rect], width, height) for rect in damage)
    return tuple(rect for rect in found if rect is not None)
