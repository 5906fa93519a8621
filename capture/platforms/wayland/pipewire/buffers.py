"""What one buffer of a stream brings: looked at while PipeWire lends it, and checked before anything is believed.

A buffer is somebody else's memory. Nothing of it may be looked at any more once it has been given back.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import numpy as np

from capture.picture.pixels import Pixels, Rect
from capture.platforms.wayland.pipewire import library as pw

RGBX, BGRX, RGBA, BGRA = 7, 8, 11, 12
FORMATS = (BGRX, BGRA, RGBX, RGBA)
"""Formats that can be read, by their numbers (SPA_VIDEO_FORMAT_…), the one that is liked best first."""
BYTES = 4
"""Of one pixel, in each of these."""
MOST_REGIONS = 64
MOST_CURSOR = 384
"""Pixels that a pointer's image may be wide or high."""
SPOILT = 1


class BadBuffer(Exception):
    """What is said of the buffer cannot be true; the message says what."""


@dataclass(frozen=True, slots=True, eq=False)
class PointerNews:
    """Where the pointer's hot spot is, relative to the buffer, where it is in its image, and the image.

    ``image`` is height × width × 4, BGRA, a copy; None where it is the last one.
    """

    x: int
    y: int
    hot_x: int
    hot_y: int
    image: Pixels | None


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """What one buffer says.

    Attributes:
        pixels: height × width × 4 in the stream's format, a view of borrowed memory, cropped; None for a buffer that
            has none, such as one that is about the pointer alone.
        crop: which part of the buffer they are.
        damage: where the buffer differs from the last one, relative to the buffer; None where that is not said.
        sequence: its number, and stamp: when it was made, nanoseconds on the monotonic clock; None where not said.
        transform: how the picture is turned, as `SPA_META_TRANSFORMATION` counts it.
        tells_pointer: something is said of the pointer; pointer: None where it is elsewhere.
    """

    pixels: Pixels | None
    crop: Rect
    damage: tuple[Rect, ...] | None = None
    sequence: int | None = None
    stamp: int | None = None
    transform: int = 0
    tells_pointer: bool = False
    pointer: PointerNews | None = None


def look_into(buffer: pw.Buffer, size: tuple[int, int]) -> Delivery:
    """Return what ``buffer`` of a stream whose pictures have ``size`` brings.

    Raises:
        BadBuffer: it cannot be what it is said to be.
    """
    crop = Rect(0, 0, *size)
    damage: tuple[Rect, ...] | None = None
    sequence = stamp = pointer = None
    transform = 0
    tells_pointer = False
    for number in range(buffer.n_metas):
        meta = buffer.metas[number]
        if not meta.data:
            continue
        if meta.type == pw.HEADER and meta.size >= ctypes.sizeof(pw.Header):
            header = pw.Header.from_address(meta.data)
            sequence, stamp = int(header.seq), int(header.pts)
        elif meta.type == pw.CROP and meta.size >= ctypes.sizeof(pw.Region):
            crop = _crop(pw.Region.from_address(meta.data), size)
        elif meta.type == pw.DAMAGE:
            damage = _regions(meta) or None
        elif meta.type == pw.CURSOR and meta.size >= ctypes.sizeof(pw.Cursor):
            tells_pointer, pointer = True, _pointer(meta)
        elif meta.type == pw.TRANSFORM and meta.size >= 4:
            transform = pw.U32.from_address(meta.data).value & 7
    pixels = _pixels(buffer, size)
    if pixels is not None:
        pixels = pixels[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width]
    return Delivery(pixels, crop, damage, sequence, stamp, transform, tells_pointer, pointer)


def _pixels(buffer: pw.Buffer, size: tuple[int, int]) -> Pixels | None:
    if not buffer.n_datas:
        return None
    data = buffer.datas[0]
    if not data.chunk:
        return None
    chunk = data.chunk.contents
    if not chunk.size or chunk.flags & SPOILT:
        return None
    if not data.data:
        raise BadBuffer("pictures in graphics memory")
    width, height = size
    stride = chunk.stride or width * BYTES
    if stride < width * BYTES:
        raise BadBuffer(f"rows of {stride} bytes for {width} pixels")
    needed = stride * (height - 1) + width * BYTES
    if chunk.offset + needed > data.maxsize:
        raise BadBuffer(f"{height} rows of {stride} bytes in {data.maxsize} bytes")
    flat = _bytes(data.data + chunk.offset, needed)
    return np.lib.stride_tricks.as_strided(flat, (height, width, BYTES), (stride, BYTES, 1), writeable=False)


def _crop(region: pw.Region, size: tuple[int, int]) -> Rect:
    """Return the part that is meant; all where none is said, or one that is not in the picture."""
    width, height = size
    x, y, wide, high = region.x, region.y, region.width, region.height
    if not wide or not high:
        return Rect(0, 0, width, height)
    right, bottom = min(x + wide, width), min(y + high, height)
    if max(x, 0) >= right or max(y, 0) >= bottom:
        return Rect(0, 0, width, height)
    return Rect.between(max(x, 0), max(y, 0), right, bottom)


def _regions(meta: pw.Meta) -> tuple[Rect, ...]:
    found = []
    step = ctypes.sizeof(pw.Region)
    for number in range(min(meta.size // step, MOST_REGIONS)):
        region = pw.Region.from_address(meta.data + number * step)
        if not region.width or not region.height:
            break
        found.append(Rect(region.x, region.y, region.width, region.height))
    return tuple(found)


def _pointer(meta: pw.Meta) -> PointerNews | None:
    cursor = pw.Cursor.from_address(meta.data)
    if not cursor.id:
        return None
    image = None
    if ctypes.sizeof(pw.Cursor) <= cursor.bitmap <= meta.size - ctypes.sizeof(pw.Bitmap):
        image = _image(meta.data + cursor.bitmap, meta.size - cursor.bitmap)
    return PointerNews(cursor.x, cursor.y, cursor.hot_x, cursor.hot_y, image)


def _image(address: int, room: int) -> Pixels | None:
    """Return the pointer's image at ``address``, of which ``room`` bytes are ours to look at."""
    bitmap = pw.Bitmap.from_address(address)
    width, height = bitmap.width, bitmap.height
    stride = bitmap.stride or width * BYTES
    if not (0 < width <= MOST_CURSOR and 0 < height <= MOST_CURSOR) or stride < width * BYTES:
        return None
    needed = stride * (height - 1) + width * BYTES
    if bitmap.offset + needed > room or bitmap.format not in FORMATS:
        return None
    flat = _bytes(address + bitmap.offset, needed)
    rows = np.lib.stride_tricks.as_strided(flat, (height, width, BYTES), (stride, BYTES, 1))
    return rows[..., (2, 1, 0, 3)].copy() if bitmap.format in (RGBX, RGBA) else rows.copy()


def _bytes(address: int, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.ctypeslib.as_array((ctypes.c_uint8 * count).from_address(address))
