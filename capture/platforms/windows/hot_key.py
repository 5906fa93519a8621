"""A hot key on Windows (RegisterHotKey), in a thread of its own. Tried under wine, not on Windows."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import threading
from collections.abc import Callable

from capture import reasons
from capture.platforms.keys import NAMED, Keys
from capture.platforms.windows.win32.declarations import Message, kernel32, user32
from capture.reason import Reason

MODIFIER_BITS = {"Alt": 1, "Ctrl": 2, "Shift": 4, "Meta": 8}
NO_REPEAT = 0x4000
WM_HOTKEY, WM_QUIT = 0x0312, 0x0012
NUMBER = 1
JOIN_SECONDS = 2.0


class WindowsHotKey:
    """Registers ``keys`` while started. The registration belongs to the thread, which therefore also waits for it."""

    def __init__(self, keys: Keys, pressed: Callable[[], None], failed: Callable[[Reason], None]) -> None:
        self._keys = keys
        self._pressed = pressed
        self._failed = failed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread_number = 0
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=self._body, name="hot key", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Give the keys back to others."""
        if self._loop is not None and self._thread.is_alive():
            await self._loop.run_in_executor(None, self._is_ready.wait, JOIN_SECONDS)
            user32().PostThreadMessageW(self._thread_number, WM_QUIT, 0, 0)
            await self._loop.run_in_executor(None, self._thread.join, JOIN_SECONDS)

    def _body(self) -> None:
        library = user32()
        message = Message()
        # Asking for a message makes the thread's queue, without which nothing can be posted to it.
        library.PeekMessageW(ctypes.byref(message), None, 0, 0, 0)
        self._thread_number = kernel32().GetCurrentThreadId()
        self._is_ready.set()
        bits = NO_REPEAT | sum(MODIFIER_BITS[name] for name in self._keys.modifiers)
        code = (
            NAMED[self._keys.key][2] if self._keys.key in NAMED else library.VkKeyScanW(self._keys.key.lower()) & 0xFF
        )
        if not library.RegisterHotKey(None, NUMBER, bits, code):
            self._tell(self._failed, reasons.KEYS_TAKEN.of(keys=str(self._keys)))
            return
        try:
            # 0 is the end, -1 a fault.
            while library.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                if message.number == WM_HOTKEY:
                    self._tell(self._pressed)
        finally:
            library.UnregisterHotKey(None, NUMBER)

    def _tell(self, listener: Callable[..., None], *values: object) -> None:
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(listener, *values)
