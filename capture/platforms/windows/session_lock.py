"""Whether the session on this computer is locked or the computer asleep, as Windows tells a window of ours.

Written by the documentation (WTSRegisterSessionNotification, WM_POWERBROADCAST), tried under wine and not on Windows.
The meaning of messages stands apart from how they come, and is tested everywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from capture.platforms.contract import SessionState
from capture.platforms.windows.win32.declarations import user32, wtsapi32
from capture.platforms.windows.win32.messages import hidden_window, pump

log = logging.getLogger(__name__)

WM_CLOSE, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0010, 0x0218, 0x02B1
LOCK, UNLOCK = 7, 8
SUSPEND, RESUME_SUSPEND, RESUME_AUTOMATIC = 4, 7, 0x12
THIS_SESSION = 0
CLASS_NAME = "PanecastSessionLock"
A_DAY = 86400.0
JOIN_SECONDS = 2.0
CHANGES = MappingProxyType(
    {
        (WM_WTSSESSION_CHANGE, LOCK): ("is_locked", True),
        (WM_WTSSESSION_CHANGE, UNLOCK): ("is_locked", False),
        (WM_POWERBROADCAST, SUSPEND): ("is_asleep", True),
        (WM_POWERBROADCAST, RESUME_SUSPEND): ("is_asleep", False),
        (WM_POWERBROADCAST, RESUME_AUTOMATIC): ("is_asleep", False),
    }
)
"""By a message and its first parameter, what it says."""


class Told(NamedTuple):
    """How things are, as far as messages have told."""

    is_locked: bool = False
    is_asleep: bool = False

    def after(self, message: int, parameter: int) -> Told:
        """Return how things are after a message; of most it means nothing."""
        change = CHANGES.get((message, parameter))
        return self if change is None else self._replace(**dict([change]))

    @property
    def state(self) -> SessionState:
        """Return the same in a word."""
        return "asleep" if self.is_asleep else "locked" if self.is_locked else "unlocked"


class WindowsSessionLock:
    """Follows the session's lock from `start` to `stop`, like logind's (`capture.platforms.linux`). Loop only.

    A session that is locked when this starts is not noticed before it is unlocked and locked again.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        """``changed()`` is called on the loop after each change of ``state``."""
        self._changed = changed
        self.state: SessionState = "unlocked"
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = Told()
        self._window = 0
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._body, name="session lock", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._thread.start()

    async def stop(self) -> None:
        """Follow it no longer; may be called twice."""
        loop, self._loop = self._loop, None
        if loop is not None:
            await loop.run_in_executor(None, self._is_ready.wait, JOIN_SECONDS)
            if self._window:
                # Only the thread that made a window may destroy it; this wakes it.
                user32().PostMessageW(self._window, WM_CLOSE, 0, 0)
            await loop.run_in_executor(None, self._thread.join, JOIN_SECONDS)

    def hear(self, message: int, parameter: int) -> None:
        """Take in what a window was told; in the window's thread."""
        told = self._told.after(message, parameter)
        if told != self._told:
            self._told = told
            loop = self._loop
            if loop is not None:
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._take_over, told.state)

    def _take_over(self, state: SessionState) -> None:
        if state != self.state and self._loop is not None:
            self.state = state
            self._changed()

    # The window's thread.

    def _body(self) -> None:
        try:
            self._watch()
        except Exception:
            # The thread's border: as where nobody tells of locks.
            log.exception("following the session's lock failed")
        finally:
            self._is_ready.set()

    def _watch(self) -> None:
        with hidden_window(CLASS_NAME, self.hear) as window:
            wtsapi32().WTSRegisterSessionNotification(window, THIS_SESSION)
            self._window = window
            self._is_ready.set()
            try:
                while self._loop is not None:
                    pump(A_DAY)
            finally:
                self._window = 0
                wtsapi32().WTSUnRegisterSessionNotification(window)
