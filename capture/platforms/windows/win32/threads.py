"""A thread that sleeps until Windows has a message for it, and can be called from others."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

from capture.platforms.windows.win32.declarations import Message, kernel32, user32
from capture.platforms.windows.win32.messages import pump
from capture.platforms.windows.win32.process_ends import ProcessEnds
from capture.platforms.windows.win32.scaling import see_device_pixels

WM_NULL = 0x0000


class MessageThread:
    """Runs ``body`` once, from `start` until that returns. The loop calls the public methods, ``body`` may call all.

    Attributes:
        is_stopping: ``body`` is to return soon.
    """

    def __init__(self, name: str, body: Callable[[], None]) -> None:
        self.is_stopping = False
        self._number = 0
        self._is_called = False
        self._begun = False
        self._thread = threading.Thread(target=self._run, args=(body,), name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._begun = True
        self._thread.start()

    def call(self) -> None:
        """Wake the thread; one that has not begun looks anyway, and one that has ended need not hear it."""
        self._is_called = True
        if self._number:
            user32().PostThreadMessageW(self._number, WM_NULL, 0, 0)

    def stop(self) -> None:
        """Have ``body`` return; it should within a fraction of a second."""
        self.is_stopping = True
        self.call()

    def join(self, seconds: float) -> None:
        """Wait until the thread has ended, ``seconds`` at most; one that never began has."""
        if self._begun:
            self._thread.join(seconds)

    def wait(
        self, seconds: float, is_over: Callable[[], bool] = lambda: False, ends: ProcessEnds | None = None
    ) -> bool:
        """Handle messages until ``is_over()``, a call, or ``seconds`` are over; tell whether it was called.

        ``ends`` of processes are waited for too.
        """
        end = time.monotonic() + seconds
        while not (self._is_called or self.is_stopping or is_over()) and (left := end - time.monotonic()) > 0:
            signalled = pump(left, () if ends is None else ends.handles)
            if ends is not None and signalled:
                ends.note(signalled)
        was_called, self._is_called = self._is_called, False
        return was_called

    def _run(self, body: Callable[[], None]) -> None:
        # Asking for a message makes the thread's queue, without which nothing can be posted to it.
        user32().PeekMessageW(ctypes.byref(Message()), None, 0, 0, 0)
        see_device_pixels()
        self._number = kernel32().GetCurrentThreadId()
        try:
            body()
        finally:
            self._number = 0
