"""Pictures of a window that its program paints for us, from a thread of its own: a program that hangs holds up only
that. The way is PrintWindow, else what the window shows already is copied."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import NamedTuple

from capture.picture.pixels import Pixels, Rect
from capture.platforms.windows.win32.bitmaps import Canvas, finished, is_plain, was_painted
from capture.platforms.windows.win32.declarations import gdi32, user32
from capture.platforms.windows.win32.scaling import see_device_pixels

ANSWER_SECONDS = 0.8
"""How long a picture is waited for: twice in one take, and less than after which a feed's thread is taken to hang."""
RENDER_FULL_CONTENT = 2
"""PW_RENDERFULLCONTENT, from Windows 8.1 on: with what it paints by the graphics processor."""


class _Order(NamedTuple):
    """A picture that is wanted: of which window, how large, and which part of it."""

    window: int
    width: int
    height: int
    part: Rect


Way = Callable[[int, Canvas], bool]


def _print(window: int, canvas: Canvas) -> bool:
    done = user32().PrintWindow(window, canvas.context, RENDER_FULL_CONTENT)
    gdi32().GdiFlush()
    return bool(done)


def _copy(window: int, canvas: Canvas) -> bool:
    return canvas.copy_window(window)


class Printer:
    """Has pictures made, one after the other. One thread asks; the thread that makes them ends with `close`.

    Attributes:
        is_stuck: the last picture that was asked for is not there yet.
    """

    def __init__(self) -> None:
        self.is_stuck = False
        self._orders: SimpleQueue[_Order | None] = SimpleQueue()
        self._answers: SimpleQueue[Pixels | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ways: list[Way] = [_print, _copy]

    def picture(
        self, window: int, width: int, height: int, part: Rect, seconds: float = ANSWER_SECONDS
    ) -> Pixels | None:
        """Return the ``part`` of a window of that size; None when it painted nothing.

        Raises:
            TimeoutError: it did not answer within ``seconds``.
        """
        if self.is_stuck:
            self._answer(seconds)  # to what was asked for before: it may have another size by now
        if self._thread is None:
            self._thread = threading.Thread(target=self._body, name=f"print-{window}", daemon=True)
            self._thread.start()
        self._orders.put(_Order(window, width, height, part))
        return self._answer(seconds)

    def close(self) -> None:
        """Let the thread end, as soon as it can. May be called twice."""
        if self._thread is not None:
            self._thread = None
            self._orders.put(None)

    def _answer(self, seconds: float) -> Pixels | None:
        self.is_stuck = True
        try:
            answer = self._answers.get(timeout=seconds)
        except Empty:
            raise TimeoutError from None
        self.is_stuck = False
        return answer

    # The thread from here on.

    def _body(self) -> None:
        see_device_pixels()
        canvas: Canvas | None = None
        try:
            while (order := self._orders.get()) is not None:
                made: Pixels | None = None
                # Without memory for it there is no picture either.
                with contextlib.suppress(OSError):
                    if canvas is None or canvas.size != (order.width, order.height):
                        if canvas is not None:
                            canvas.close()
                        canvas = None
                        canvas = Canvas(order.width, order.height)
                    made = self._make(order, canvas)
                self._answers.put(made)
        finally:
            if canvas is not None:
                canvas.close()

    def _make(self, order: _Order, canvas: Canvas) -> Pixels | None:
        """Return a picture by the first way that brings one with more than one colour, else by the first that does."""
        part = order.part
        plain: Pixels | None = None
        for way in tuple(self._ways):
            canvas.prepare()
            seen = canvas.pixels[part.y : part.y + part.height, part.x : part.x + part.width]
            if not way(order.window, canvas) or not was_painted(seen):
                continue
            made = finished(seen)
            if not is_plain(made):
                # It is tried first from now on.
                self._ways.remove(way)
                self._ways.insert(0, way)
                return made
            plain = made if plain is None else plain
        return plain
