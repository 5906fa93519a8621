"""The end of the session, as Windows tells a window of ours. Tried under wine, not on Windows.

Windows may end a program as soon as each of its windows has answered WM_ENDSESSION, and waits five seconds for that. So
this one's answer waits for the program to end by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

from capture.platforms.windows.win32.messages import hidden_window
from capture.platforms.windows.win32.threads import MessageThread

log = logging.getLogger(__name__)

WM_ENDSESSION = 0x0016
CLASS_NAME = "PanecastSessionEnd"
A_DAY = 86400.0
ANSWER_SECONDS = 4.0
JOIN_SECONDS = 2.0


class WindowsSessionEnd:
    """Calls ``end()`` on the loop when the session ends, from `start` to `stop`. Loop only.

    Once told, ``end`` has `ANSWER_SECONDS` to end the process.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self._end = end
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_told = False
        self._may_answer = threading.Event()
        self._thread = MessageThread("session end", self._body)

    def start(self) -> None:
        """Begin to listen."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def stop(self) -> None:
        """Listen no longer; a session that ends goes on waiting for the process itself."""
        loop, self._loop = self._loop, None
        if loop is not None and not self._is_told:
            self._may_answer.set()
            self._thread.stop()
            await loop.run_in_executor(None, self._thread.join, JOIN_SECONDS)

    def hear(self, message: int, parameter: int) -> None:
        """Take in what the window was told; in its thread. Of an end that somebody has stopped the parameter is 0."""
        loop = self._loop
        if message != WM_ENDSESSION or not parameter or loop is None:
            return
        self._is_told = True
        with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends already
            loop.call_soon_threadsafe(self._end)
        self._may_answer.wait(ANSWER_SECONDS)

    def _body(self) -> None:
        try:
            with hidden_window(CLASS_NAME, self.hear):
                while not self._thread.is_stopping:
                    self._thread.wait(A_DAY)
        except Exception:
            # The thread's border: the program is then ended as it stands.
            log.exception("following the end of the session failed")
