"""Pictures in memory that Windows can paint into, and their pixels as arrays."""

from __future__ import annotations

import ctypes

import numpy as np

from capture.picture.pixels import Pixels
from capture.platforms.windows.win32.declarations import BitmapHeader, gdi32, user32

COPY, WITH_LAYERS = 0x00CC0020, 0x40000000
"""SRCCOPY, CAPTUREBLT."""
UNTOUCHED = 0x5AFD01FE
"""The value of each pixel of a prepared picture; no program paints with this fourth byte."""


class Canvas:
    """A picture in memory, ``width`` × ``height``; whoever paints into it does so through ``context``.

    Attributes:
        context: the device context (HDC).
        pixels: height × width × 4, BGRX: the memory itself, until `close`.

    Raises:
        OSError: the system has no memory for it.
    """

    def __init__(self, width: int, height: int) -> None:
        library = gdi32()
        self.pixels: Pixels = np.empty((0, 0, 4), np.uint8)
        self._bitmap = self._before = 0
        self.context: int = library.CreateCompatibleDC(None) or 0
        if not self.context:
            raise OSError("the system gives no device context")
        # A negative height: the first row is the upper one.
        header = BitmapHeader(ctypes.sizeof(BitmapHeader), width, -height, 1, 32)
        at = ctypes.c_void_p()
        self._bitmap = library.CreateDIBSection(self.context, ctypes.byref(header), 0, ctypes.byref(at), None, 0) or 0
        if not self._bitmap or not at.value:
            self.close()
            raise OSError("the system gives no memory for such a picture")
        self._before = library.SelectObject(self.context, self._bitmap) or 0
        memory = (ctypes.c_uint8 * (width * height * 4)).from_address(at.value)
        self.pixels = np.frombuffer(memoryview(memory), np.uint8).reshape(height, width, 4)

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height, 0 × 0 once it is closed."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def prepare(self) -> None:
        """Make every pixel `UNTOUCHED`."""
        words(self.pixels)[:] = UNTOUCHED

    def copy_from(self, context: int, x: int, y: int) -> bool:
        """Fill it with what is at ``x`` and ``y`` of another device context; tell whether that was possible."""
        width, height = self.size
        done = gdi32().BitBlt(self.context, 0, 0, width, height, context, x, y, COPY | WITH_LAYERS)
        gdi32().GdiFlush()
        return bool(done)

    def copy_window(self, window: int) -> bool:
        """Fill it with a window as it has painted itself, frame and all; tell whether that was possible."""
        context = user32().GetWindowDC(window)
        if not context:
            return False
        try:
            return self.copy_from(context, 0, 0)
        finally:
            user32().ReleaseDC(window, context)

    def copy_screen(self, x: int, y: int) -> bool:
        """Fill it with what is at ``x`` and ``y`` of the whole desktop; tell whether that was possible."""
        context = user32().GetDC(None)
        if not context:
            return False
        try:
            return self.copy_from(context, x, y)
        finally:
            user32().ReleaseDC(None, context)

    def close(self) -> None:
        """Give everything back; may be called twice. Nobody may look at ``pixels`` that they kept any more."""
        self.pixels = np.empty((0, 0, 4), np.uint8)
        context, self.context = self.context, 0
        bitmap, self._bitmap = self._bitmap, 0
        if context:
            if self._before:
                gdi32().SelectObject(context, self._before)
            gdi32().DeleteDC(context)
        if bitmap:
            gdi32().DeleteObject(bitmap)


def words(pixels: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.uint32]]:
    """Return a picture's pixels as one number each, in the same memory."""
    return pixels.view(np.uint32)[:, :, 0]


def was_painted(pixels: Pixels) -> bool:
    """Tell whether anything was painted into a picture since it was prepared."""
    return bool((words(pixels) != UNTOUCHED).any())


def is_plain(pixels: Pixels) -> bool:
    """Tell whether a picture has one colour only, as one often has that its program kept back."""
    colours = words(pixels) & 0x00FFFFFF
    return bool((colours == colours[0, 0]).all()) if colours.size else True


def finished(pixels: Pixels) -> Pixels:
    """Return a copy of a picture in which what nobody has painted is black."""
    own: Pixels = np.ascontiguousarray(pixels).copy() if pixels.flags.c_contiguous else np.ascontiguousarray(pixels)
    values = words(own)
    values[values == UNTOUCHED] = 0
    return own
