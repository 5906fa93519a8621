"""A backend that hangs where and for as long as a test wants."""

from __future__ import annotations

import threading

from capture.picture.frame import Take
from capture.platforms.contract import Backend, Wake
from capture.source import Source
from tests.helpers.canvas import Canvas


class Hangs:
    """Makes backends that look at a canvas; the first ``count`` of them hang in ``step`` until `release`.

    Attributes:
        made: how many backends were made.
        hanging: how many hang now.
    """

    def __init__(self, canvas: Canvas, step: str, count: int) -> None:
        self._canvas = canvas
        self._step = step
        self._count = count
        self._released = threading.Event()
        self.made = 0
        self.hanging = 0

    def backend(self, source: Source) -> Backend:
        """Return a new backend."""
        self.made += 1
        return _HangingBackend(self, self._canvas.backend(source), self._step if self.made <= self._count else "")

    def release(self) -> None:
        """Let everything go on that hangs, and hang no more."""
        self._count = 0
        self._released.set()

    def hang(self) -> None:
        """Hang, in whatever thread this is called."""
        self.hanging += 1
        self._released.wait(60)
        self.hanging -= 1


class _HangingBackend:
    """Looks at a canvas, but for the step in which it hangs."""

    def __init__(self, hangs: Hangs, backend: Backend, step: str) -> None:
        self._hangs = hangs
        self._backend = backend
        self._step = step
        self._takes = 0

    def open(self) -> None:
        self._pass("open")
        self._backend.open()

    def wait(self, seconds: float | None, call: int) -> Wake:
        return self._backend.wait(seconds, call)

    def take(self, pointer: bool) -> Take:
        self._takes += 1
        self._pass("take" if self._takes > 1 else "first take")
        return self._backend.take(pointer)

    def close(self) -> None:
        self._pass("close")
        self._backend.close()

    def _pass(self, step: str) -> None:
        if step == self._step:
            self._hangs.hang()
