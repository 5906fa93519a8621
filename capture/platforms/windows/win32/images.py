"""Pictures of the pointer and of programs' icons, out of what Windows keeps of them."""

from __future__ import annotations

import ctypes
from typing import NamedTuple

import numpy as np

from capture.picture.pixels import Pixels
from capture.platforms.windows.win32.declarations import (
    Bitmap,
    BitmapHeader,
    CursorInfo,
    Handle,
    IconInfo,
    gdi32,
    shell32,
    user32,
)

CURSOR_SHOWING = 1
WM_GETICON = 0x007F
ICON_BIG, ICON_SMALL_OWN = 1, 2
CLASS_ICON, CLASS_SMALL_ICON = -14, -34
ABORT_IF_HUNG, BLOCK = 0x0002, 0x0001
ICON_MILLISECONDS = 50
"""A program that is asked for its icon may take its time; the list does not."""
LARGEST = 512


class Shape(NamedTuple):
    """A picture of a pointer: BGRA, straight (not premultiplied), and which of its pixels points."""

    image: Pixels
    hot_x: int
    hot_y: int


class PointerPlace(NamedTuple):
    """Where the pointer is on the desktop, in device pixels, and the handle of its picture."""

    x: int
    y: int
    cursor: int


def pointer_place() -> PointerPlace | None:
    """Return where the pointer is, None while it is hidden."""
    info = CursorInfo(size=ctypes.sizeof(CursorInfo))
    if not user32().GetCursorInfo(ctypes.byref(info)) or not info.flags & CURSOR_SHOWING or not info.cursor:
        return None
    return PointerPlace(info.at.x, info.at.y, info.cursor)


def shape_of(icon: int) -> Shape | None:
    """Return the picture of an icon or a pointer, None when it cannot be had."""
    info = IconInfo()
    if not user32().GetIconInfo(icon, ctypes.byref(info)):
        return None
    try:
        mask = _pixels(info.mask)
        colours = _pixels(info.colours) if info.colours else None
    finally:
        for bitmap in (info.mask, info.colours):
            if bitmap:
                gdi32().DeleteObject(bitmap)
    if mask is None or (info.colours and colours is None):
        return None
    return Shape(joined(colours, mask), int(info.hot_x), int(info.hot_y))


def joined(colours: Pixels | None, mask: Pixels) -> Pixels:
    """Return BGRA from the two pictures of which an icon consists; without ``colours`` the mask holds both.

    The mask says where the screen stays as it is. Where an icon without colours inverts the screen it becomes black.
    """
    if colours is None:
        half = mask.shape[0] // 2
        keeps, paints = mask[:half, :, 0] > 0, mask[half : 2 * half, :, 0] > 0
        image = np.zeros((*keeps.shape, 4), np.uint8)
        image[..., :3] = np.where(paints & ~keeps, 255, 0)[..., None]
        image[..., 3] = np.where(keeps & ~paints, 0, 255)
        return image
    image = colours.copy()
    if not image[..., 3].any():  # of before Windows XP: what there is shows wholly
        keeps = mask[: image.shape[0], : image.shape[1], 0] > 0
        image[..., 3] = np.where(keeps, 0, 255)
    return image


def premultiplied(image: Pixels) -> Pixels:
    """Return BGRA whose colours are multiplied by how much of them shows."""
    alpha = image[..., 3:].astype(np.uint16)
    done = image.copy()
    done[..., :3] = (image[..., :3] * alpha + 127) // 255
    return done


def window_icon(window: int) -> int:
    """Return the handle of a window's own icon, the larger one first; 0 where it has none or does not answer."""
    library = user32()
    for kind in (ICON_BIG, ICON_SMALL_OWN):
        found = ctypes.c_size_t()
        asked = (window, WM_GETICON, kind, 0, ABORT_IF_HUNG | BLOCK, ICON_MILLISECONDS, ctypes.byref(found))
        if not library.SendMessageTimeoutW(*asked):
            break
        if found.value:
            return found.value
    return next(
        (icon for each in (CLASS_ICON, CLASS_SMALL_ICON) if (icon := library.GetClassLongPtrW(window, each))), 0
    )


def program_icon(path: str) -> Shape | None:
    """Return the icon in a program's file, None where it has none."""
    large = Handle()
    if shell32().ExtractIconExW(path, 0, ctypes.byref(large), None, 1) in (0, 0xFFFFFFFF) or not large.value:
        return None
    try:
        return shape_of(large.value)
    finally:
        user32().DestroyIcon(large.value)


def _pixels(bitmap: int) -> Pixels | None:
    """Return a bitmap's pixels as BGRA; of one with two colours 0 and 255."""
    described = Bitmap()
    size = gdi32().GetObjectW(bitmap, ctypes.sizeof(Bitmap), ctypes.byref(described))
    width, height = described.width, described.height
    if not size or not 0 < width <= LARGEST or not 0 < height <= 2 * LARGEST:
        return None
    header = BitmapHeader(ctypes.sizeof(BitmapHeader), width, -height, 1, 32)
    pixels: Pixels = np.zeros((height, width, 4), np.uint8)
    context = user32().GetDC(None)
    try:
        rows = gdi32().GetDIBits(context, bitmap, 0, height, pixels.ctypes.data, ctypes.byref(header), 0)
    finally:
        user32().ReleaseDC(None, context)
    return pixels if rows == height else None
