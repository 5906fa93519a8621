"""Notices that a thread hangs in what it does. While the thread has nothing to do nothing is looked at."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator

HANG_SECONDS = 2.0
"""A thread that needs longer than this for one step is taken to hang …"""
PIXELS_A_SECOND = 10_000_000
"""… but large pictures may take longer."""


def patience(pixels: int) -> float:
    """Return how many seconds one step with a picture of so many pixels may take."""
    return HANG_SECONDS + pixels / PIXELS_A_SECOND


class HangGuard:
    """Has ``hangs()`` called on the loop, once, when a step of another thread takes longer than ``seconds``.

    While steps follow each other there is one timer; it ends when there was no step for that long, and the next step
    asks for it again. A thread that waits costs nothing, and a thread at work nothing for each step.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, hangs: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._hangs = hangs
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self._seen = 0
        # Written by the thread.
        self._since: float | None = None
        self._steps = 0
        # Written by both. The thread writes `_since` before it reads this, and the loop reads `_since` after it has
        # written this: whichever is later sees the other, so that no step is left alone.
        self._is_watching = False

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Have what the block does looked after. Called by the thread; not within itself."""
        self._steps += 1
        self._since = time.monotonic()
        if not self._is_watching:
            self._is_watching = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is there to be told
                self._loop.call_soon_threadsafe(self._look)
        try:
            yield
        finally:
            self._since = None

    def close(self) -> None:
        """Look no longer. Loop only."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Look at the step under way, and decide when to look again."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_closed:
            return
        now, since = time.monotonic(), self._since
        if since is None and self._seen == self._steps:
            self._is_watching = False
            since = self._since
            if since is None:
                return
            self._is_watching = True
        self._seen = self._steps
        if since is not None and now - since >= self._seconds:
            self.close()
            self._hangs()
            return
        self._timer = self._loop.call_later((now if since is None else since) + self._seconds - now, self._look)
