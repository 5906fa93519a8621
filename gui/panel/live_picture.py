"""A small picture of a source that keeps itself up to date without ever holding the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor

import numpy as np
from PySide6.QtGui import QImage

from capture.encode.image import Rendition, scaled, with_pointer
from capture.feed.hub import Hub
from capture.picture.frame import Frame
from capture.source import Condition, Source

log = logging.getLogger(__name__)


class LivePicture:
    """Shows a scaled picture of ``source``, at most one per ``interval`` seconds, until `close`. Loop only.

    Scaling happens in ``workers``; while one picture is made newer ones are skipped, so nothing piles up.

    Attributes:
        source: whose picture it is.
        taken_size: width and height, where it was taken, of the picture that is shown; (0, 0) before the first.
    """

    def __init__(
        self,
        hub: Hub,
        source: Source,
        workers: Executor,
        *,
        interval: float,
        size: tuple[int, int],
        pointer: bool,
        shown: Callable[[QImage | None, Condition], None],
    ) -> None:
        """``size`` bounds the picture, in device pixels; ``shown`` gets each picture, or None when only the
        condition is new."""
        self.source = source
        self.taken_size = (0, 0)
        self._workers = workers
        self._interval = interval
        self._size = size
        self._pointer = pointer
        self._shown = shown
        self._version = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._task: asyncio.Task[None] | None = None
        self._condition: Condition | None = None
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._subscription = hub.subscribe(source, fps=1 / interval, pointer=pointer, changed=self._changed)

    def set_size(self, size: tuple[int, int]) -> None:
        """Make the next pictures fit ``size``."""
        if size != self._size:
            self._size = size
            self._version = 0
            self._changed()

    def close(self) -> None:
        """Show nothing more and let the source go; may be called twice."""
        self._closed = True
        self._subscription.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _changed(self) -> None:
        if self._closed:
            return
        condition = self._subscription.condition
        if condition != self._condition:
            self._condition = condition
            self._shown(None, condition)
        if self._timer is None and self._task is None and self._is_stale():
            self._timer = self._loop.call_later(max(0.0, self._due - time.monotonic()), self._begin)

    def _is_stale(self) -> bool:
        frame = self._subscription.newest
        return frame is not None and frame.version(self._pointer) != self._version

    def _begin(self) -> None:
        self._timer = None
        frame = self._subscription.newest
        if self._closed or frame is None:
            return
        self._due = time.monotonic() + self._interval
        self._version = frame.version(self._pointer)
        self._task = self._loop.create_task(self._make(frame), name=f"picture {self.source.id}")

    async def _make(self, frame: Frame) -> None:
        try:
            image = await self._loop.run_in_executor(self._workers, picture, frame, self._size, self._pointer)
            if not self._closed:
                self.taken_size = (frame.width, frame.height)
                self._shown(image, self._subscription.condition)
        except asyncio.CancelledError:
            raise
        except Exception:
            # The task's border: the picture stays as it was, and the log keeps the traceback.
            log.exception("the picture of %s could not be made", self.source.id)
        finally:
            self._task = None
            self._changed()


def picture(frame: Frame, size: tuple[int, int], pointer: bool) -> QImage:
    """Return ``frame`` scaled down to fit ``size``. Runs in a worker thread."""
    pixels = frame.pixels
    if pointer and frame.pointer is not None:
        pixels = with_pointer(pixels, frame.pointer)
    width, height = Rendition(max_width=size[0], max_height=size[1]).size_for(frame.width, frame.height)
    if (width, height) != (frame.width, frame.height):
        pixels = scaled(pixels, width, height)
    memory = np.ascontiguousarray(pixels)
    # BGRX in memory is what Qt calls RGB32 on little-endian machines, but that its X has to be 255 wherever one paints
    # with it. The copy has that, and outlives the frame.
    image = QImage(memory.data, width, height, width * 4, QImage.Format.Format_RGB32)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
