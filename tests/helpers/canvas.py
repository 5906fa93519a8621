"""A source that a test paints: a fake backend with a name, for tests that need to decide what is seen and when."""

from __future__ import annotations

import os
import select

import numpy as np

from capture import reasons
from capture.errors import SourceGone
from capture.picture.frame import Pointer, Take
from capture.platforms.contract import Wake
from capture.source import Condition, Source


class Canvas:
    """What the fake source shows. The test paints on it; every open backend is woken.

    Attributes:
        pointer: the mouse pointer over it.
        takes: how often a picture was taken of it.
        opens: how often a backend was opened on it.
        passed: sizes that it had before the next picture.
        readers: write here to wake the open backends.
    """

    def __init__(self, width: int = 320, height: int = 240) -> None:
        self.pixels = np.zeros((height, width, 4), dtype=np.uint8)
        self.condition = Condition("live")
        self.gone = False
        self.pointer: Pointer | None = None
        self.takes = 0
        self.opens = 0
        self.passed: tuple[tuple[int, int], ...] | None = ()
        self.readers: list[int] = []

    def fill(self, blue: int, green: int, red: int) -> None:
        """Paint everything in one colour."""
        self.pixels = np.broadcast_to(np.array([blue, green, red, 0], dtype=np.uint8), self.pixels.shape).copy()
        self._wake()

    def paint(self, pixels: np.ndarray) -> None:
        """Become ``pixels``: height × width × 4, BGRX."""
        self.pixels = pixels
        self._wake()

    def point(self, x: int, y: int, shape: int = 1) -> None:
        """Have the mouse pointer there: 8 × 12 pixels, half of them red."""
        image = np.zeros((12, 8, 4), dtype=np.uint8)
        image[:6] = (0, 0, 255, 255)
        self.pointer = Pointer(x, y, shape, image)
        self._wake()

    def noise(self, seed: int) -> None:
        """Paint something that no codec makes small."""
        self.pixels = np.random.default_rng(seed).integers(0, 255, self.pixels.shape, dtype=np.uint8)
        self._wake()

    def resize(self, width: int, height: int) -> None:
        """Become ``width`` × ``height`` and black."""
        self.pixels = np.zeros((height, width, 4), dtype=np.uint8)
        self._wake()

    def become(self, condition: Condition) -> None:
        """Change the state."""
        self.condition = condition
        self._wake()

    def close(self) -> None:
        """Be gone for good."""
        self.gone = True
        self._wake()

    def backend(self, source: Source) -> CanvasBackend:
        """Return a new backend that looks at this canvas."""
        return CanvasBackend(self)

    def _wake(self) -> None:
        for descriptor in tuple(self.readers):
            os.write(descriptor, b"!")


class CanvasBackend:
    """A backend that looks at a `Canvas`."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._pipe: tuple[int, int] | None = None

    def open(self) -> None:
        self._canvas.opens += 1
        self._pipe = os.pipe()
        os.set_blocking(self._pipe[0], False)
        self._canvas.readers.append(self._pipe[1])

    def wait(self, seconds: float | None, call: int) -> Wake:
        assert self._pipe is not None
        ready, _, _ = select.select([self._pipe[0], call], [], [], seconds)
        if self._pipe[0] not in ready:
            return Wake.NOTHING
        os.read(self._pipe[0], 4096)
        return Wake.URGENT if self._canvas.gone or self._canvas.condition.state != "live" else Wake.CHANGED

    def take(self, pointer: bool) -> Take:
        if self._canvas.gone:
            raise SourceGone(reasons.WINDOW_CLOSED)
        if self._canvas.condition.state != "live":
            return Take(self._canvas.condition)
        self._canvas.takes += 1
        passed, self._canvas.passed = self._canvas.passed, ()
        shown = self._canvas.pointer if pointer else None
        return Take(self._canvas.condition, self._canvas.pixels, pointer=shown, passed=passed)

    def close(self) -> None:
        if self._pipe is not None:
            self._canvas.readers.remove(self._pipe[1])
            for descriptor in self._pipe:
                os.close(descriptor)
            self._pipe = None
