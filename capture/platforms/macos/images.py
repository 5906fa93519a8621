"""Pixels of images that macOS hands over, and of the mouse pointer."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from capture.picture.frame import Pointer
from capture.picture.pixels import Pixels, Rect, overlap
from capture.platforms.macos.frameworks import frameworks, has
from capture.platforms.macos.top_windows import top_windows

ALPHA_MASK, ORDER_MASK = 31, 28672
LITTLE = 8192
"""kCGBitmapByteOrder32Little: with alpha first that is BGRA in memory."""
PREMULTIPLIED_FIRST, FIRST, SKIP_FIRST = 2, 4, 6
ABOVE_ALL = 100
"""Layers from kCGPopUpMenuWindowLevel (101) on may be the pointer's own and overlays that let clicks through."""
MOST_PIXELS = 256 * 256


def pixels_of(image: Any) -> Pixels | None:
    """Return a CGImage's pixels, BGRA as they are, copied once; None where it has another form."""
    quartz = frameworks().quartz
    told = quartz.CGImageGetBitmapInfo(image)
    is_bgra = told & ORDER_MASK == LITTLE and told & ALPHA_MASK in (PREMULTIPLIED_FIRST, FIRST, SKIP_FIRST)
    if quartz.CGImageGetBitsPerPixel(image) != 32 or not is_bgra:
        return None
    width, height = quartz.CGImageGetWidth(image), quartz.CGImageGetHeight(image)
    data = quartz.CGDataProviderCopyData(quartz.CGImageGetDataProvider(image))
    return copied(memoryview(data), width, height, quartz.CGImageGetBytesPerRow(image)) if data is not None else None


def copied(memory: memoryview, width: int, height: int, pitch: int, left: int = 0, top: int = 0) -> Pixels | None:
    """Return pixels out of memory in which rows are ``pitch`` bytes apart; None where it holds fewer than that."""
    if width <= 0 or height <= 0 or (left + width) * 4 > pitch:
        return None
    # The last row may be without what fills up the others.
    whole = np.frombuffer(memory, np.uint8)
    if whole.size < (top + height - 1) * pitch + (left + width) * 4:
        return None
    start = top * pitch + left * 4
    seen = np.lib.stride_tricks.as_strided(whole[start:], (height, width, 4), (pitch, 4, 1), writeable=False)
    return seen.copy()


def drawn(image: Any, width: int, height: int) -> Pixels | None:
    """Return an NSImage as BGRA, premultiplied, in a size in pixels; None where macOS cannot draw it."""
    quartz = frameworks().quartz
    found = image.CGImageForProposedRect_context_hints_(None, None, None)
    # With the rectangle that it gives back, or without.
    picture = found[0] if isinstance(found, tuple) else found
    if picture is None:
        return None
    space = quartz.CGColorSpaceCreateDeviceRGB()
    context = quartz.CGBitmapContextCreate(None, width, height, 8, width * 4, space, PREMULTIPLIED_FIRST | LITTLE)
    if context is None:
        return None
    quartz.CGContextDrawImage(context, ((0.0, 0.0), (float(width), float(height))), picture)
    return pixels_of(quartz.CGBitmapContextCreateImage(context))


def straight(pixels: Pixels) -> Pixels:
    """Return BGRA whose colours are not multiplied by alpha."""
    alpha = pixels[..., 3:].astype(np.uint16)
    done = pixels.copy()
    done[..., :3] = np.minimum((pixels[..., :3] * np.uint16(255) + alpha // 2) // np.maximum(alpha, 1), 255)
    return done


def pointer_in(place: Rect, scale: float, window: int = 0) -> Pointer | None:
    """Return the pointer in a picture of ``place`` (in points) with ``scale`` pixels a point; None elsewhere.

    Over a ``window`` it is only where that is the uppermost one.
    """
    quartz = frameworks().quartz
    at = quartz.CGEventGetLocation(quartz.CGEventCreate(None))
    x, y = float(at[0]) - place.x, float(at[1]) - place.y
    if not (0 <= x < place.width and 0 <= y < place.height):
        return None
    if window and _uppermost(float(at[0]), float(at[1])) != window:
        return None
    cursors = frameworks().appkit.NSCursor
    # Of whichever program; new versions of macOS may tell it no more.
    cursor = cursors.currentSystemCursor() if has(cursors, "currentSystemCursor") else None
    cursor = cursor or cursors.arrowCursor()
    image = None if cursor is None else _image(cursor, scale)
    if image is None:
        return None
    hot = cursor.hotSpot()
    # The objects that macOS hands over are new ones each time: a shape is known by its pixels.
    shape = zlib.crc32(image.tobytes())
    return Pointer(round((x - hot[0]) * scale), round((y - hot[1]) * scale), shape, image)


def _image(cursor: Any, scale: float) -> Pixels | None:
    image = cursor.image()
    size = None if image is None else image.size()
    if size is None:
        return None
    width, height = round(size[0] * scale), round(size[1] * scale)
    return drawn(image, width, height) if 0 < width * height <= MOST_PIXELS else None


def _uppermost(x: float, y: float) -> int:
    at = Rect(int(x), int(y), 1, 1)
    seen = (top for top in top_windows(on_screen=True) if top.layer < ABOVE_ALL and top.alpha > 0)
    return next((top.window for top in seen if overlap(top.place, at)), 0)
