"""Whether the session on this computer is locked or the computer asleep, as Windows tells a window of ours.

Written by the documentation (WTSRegisterSessionNotification, WM_POWERBROADCAST) and not tried on Windows. The
meaning of messages stands apart from how they come, and is tested everywhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import threading
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

from capture.platforms.contract import SessionState

log = logging.getLogger(__name__)

WM_DESTROY, WM_CLOSE, WM_POWERBROADCAST, WM_WTSSESSION_CHANGE = 0x0002, 0x0010, 0x0218, 0x02B1
LOCK, UNLOCK = 7, 8
SUSPEND, RESUME_SUSPEND, RESUME_AUTOMATIC = 4, 7, 0x12
THIS_SESSION = 0
CLASS_NAME = "PanecastSessionLock"
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
                # Only the thread that made a window may destroy it; this asks for that.
                _library("user32").PostMessageW(self._window, WM_CLOSE, 0, 0)
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
        from ctypes import wintypes

        user32, wtsapi32 = _library("user32"), _library("wtsapi32")
        # Results and parameters are as wide as pointers; ctypes takes them for 32 bits where it is not told.
        arguments = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
        procedure_type: Any = getattr(ctypes, "WINFUNCTYPE")(ctypes.c_ssize_t, *arguments)  # noqa: B009  Windows only
        user32.DefWindowProcW.argtypes, user32.DefWindowProcW.restype = arguments, ctypes.c_ssize_t
        user32.CreateWindowExW.restype = wintypes.HWND
        user32.PostMessageW.argtypes = arguments
        wtsapi32.WTSRegisterSessionNotification.argtypes = (wintypes.HWND, wintypes.DWORD)
        wtsapi32.WTSUnRegisterSessionNotification.argtypes = (wintypes.HWND,)

        def procedure(window: int, message: int, parameter: int, more: int) -> int:
            if message == WM_DESTROY:
                user32.PostQuitMessage(0)
                return 0
            self.hear(message, parameter)
            answer: int = user32.DefWindowProcW(window, message, parameter, more)
            return answer

        class WindowClass(ctypes.Structure):
            _fields_ = (
                ("style", wintypes.UINT),
                ("procedure", procedure_type),
                ("class_extra", ctypes.c_int),
                ("window_extra", ctypes.c_int),
                ("instance", wintypes.HINSTANCE),
                ("icon", wintypes.HANDLE),
                ("cursor", wintypes.HANDLE),
                ("background", wintypes.HANDLE),
                ("menu", wintypes.LPCWSTR),
                ("name", wintypes.LPCWSTR),
            )

        kept = procedure_type(procedure)  # for as long as Windows may call it
        described = WindowClass(procedure=kept, name=CLASS_NAME)
        user32.RegisterClassW(ctypes.byref(described))
        # Never shown; not one for messages only, for those are not told when the computer goes to sleep.
        window = user32.CreateWindowExW(0, CLASS_NAME, CLASS_NAME, 0, 0, 0, 0, 0, None, None, None, None)
        if not window:
            raise OSError("no window could be made")
        wtsapi32.WTSRegisterSessionNotification(window, THIS_SESSION)
        self._window = window
        self._is_ready.set()
        message = wintypes.MSG()
        # 0 is the end, -1 a fault.
        while user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            user32.DispatchMessageW(ctypes.byref(message))
        wtsapi32.WTSUnRegisterSessionNotification(window)


def _library(name: str) -> Any:
    """Return a library of the system; on Windows only."""
    return getattr(getattr(ctypes, "windll"), name)  # noqa: B009  type checkers of other systems do not know it
