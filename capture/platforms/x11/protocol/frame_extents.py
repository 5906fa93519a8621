"""A window without its shadow: some programs paint that around it themselves, and say how wide it is."""

from __future__ import annotations

from capture.picture.pixels import Rect
from capture.platforms.x11.protocol.display import Display

EXTENTS = "_GTK_FRAME_EXTENTS"
"""Left, right, top, bottom in device pixels: what GTK, and others with a title bar of their own, paint around it."""


def shown_area(display: Display, window: int, width: int, height: int) -> Rect:
    """Return what of a window of that size is not its own shadow, relative to its inside; all where it makes no sense.

    Without a compositing manager programs paint no shadow, and say so; a maximised window has none either.
    """
    extents = display.numbers(window, EXTENTS)
    if len(extents) == 4:
        left, right, top, bottom = extents
        if left + right < width and top + bottom < height:
            return Rect(left, top, width - left - right, height - top - bottom)
    return Rect(0, 0, width, height)
