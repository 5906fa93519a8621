"""From a raw picture to the bytes of a picture file. Pure functions, run in worker threads."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np
import simplejpeg

from capture import reasons
from capture.encode.small_jpeg import small_jpeg
from capture.errors import EncodeError
from capture.picture.frame import Frame, Pointer
from capture.picture.pixels import Pixels

Format = Literal["jpeg", "png", "webp"]

FULL_COLOUR_FROM = 90
"""JPEG quality from which colour is kept at full resolution: red text on grey stays sharp, for a third more bytes."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """How a viewer wishes to have its pictures; viewers with equal ones share the encoded bytes.

    Attributes:
        format: ``jpeg``, ``png`` or ``webp``.
        quality: 10 to 100; png ignores it.
        scale: 0.1 to 1.0.
        max_width, max_height: upper bounds in pixels, None for none. Aspect kept, never enlarged.
        cursor: draw the mouse pointer.
    """

    format: Format = "jpeg"
    quality: int = 80
    scale: float = 1.0
    max_width: int | None = None
    max_height: int | None = None
    cursor: bool = True

    def size_for(self, width: int, height: int) -> tuple[int, int]:
        """Return (width, height) of the encoded picture for a source of that size, at least 1 × 1."""
        if self.scale >= 1.0 and self.max_width is None and self.max_height is None:
            return width, height
        factor = min(
            self.scale,
            1.0,
            (self.max_width or width) / width,
            (self.max_height or height) / height,
        )
        return max(1, round(width * factor)), max(1, round(height * factor))

    def is_full_size(self, width: int, height: int) -> bool:
        """Tell whether a source of that size is shown as large as it is."""
        return self.size_for(width, height) == (width, height)


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A finished picture.

    Attributes:
        data: a whole JPEG, PNG or WebP file.
        width, height: pixels of the encoded picture.
        version: the sequence in which the source last looked different in this rendition.
        captured_at: seconds since the epoch.
        encoded_at: seconds since the epoch.
        taken_at: seconds on the monotonic clock.
        take_seconds, encode_seconds: how long the take and the encoding lasted.
    """

    data: bytes
    format: Format
    width: int
    height: int
    version: int
    captured_at: float
    encoded_at: float
    taken_at: float
    take_seconds: float
    encode_seconds: float


def encode(frame: Frame, rendition: Rendition) -> Encoded:
    """Encode ``frame`` as ``rendition`` says.

    Raises:
        EncodeError: the codec refused (WebP ends at 16383 pixels, JPEG at 65535).
    """
    begun = time.perf_counter()
    pixels = frame.pixels
    if rendition.cursor and frame.pointer is not None:
        pixels = with_pointer(pixels, frame.pointer)
    width, height = rendition.size_for(frame.width, frame.height)
    data = None
    if (width, height) != (frame.width, frame.height):
        if rendition.format == "jpeg" and rendition.quality < FULL_COLOUR_FROM:
            data = jpeg_of_size(pixels, width, height, rendition.quality)
        if data is None:
            pixels = scaled(pixels, width, height)
    return Encoded(
        data=compressed(pixels, rendition.format, rendition.quality) if data is None else data,
        format=rendition.format,
        width=width,
        height=height,
        version=frame.version(rendition.cursor),
        captured_at=frame.captured_at,
        encoded_at=time.time(),
        taken_at=frame.taken_at,
        take_seconds=frame.take_seconds,
        encode_seconds=time.perf_counter() - begun,
    )


def scaled(pixels: Pixels, width: int, height: int, box: tuple[float, float, float, float] | None = None) -> Pixels:
    """Return ``pixels`` (BGRX) made ``width`` × ``height``; every source pixel counts, so thin text survives.

    ``box`` (left, top, right, bottom) is the part of ``pixels`` to show, None for all.
    """
    # Here, for pictures that are shown as they are do without it, and so does an app that nobody watches: 2 MB.
    from PIL import Image

    image = Image.frombuffer("RGBX", (pixels.shape[1], pixels.shape[0]), pixels, "raw", "RGBX", 0, 1)
    # Pillow resizes the four channels alike, so BGRX may pass for RGBX and needs no conversion.
    left, top, right, bottom = box or (0, 0, image.width, image.height)
    factor = round((right - left) / width)
    squares = (int(left), int(top), int(left) + width * factor, int(top) + height * factor)
    if factor > 1 and squares == (left, top, right, bottom):
        # The same means, of squares of whole pixels, for a third of the time.
        return np.asarray(image.reduce(factor, squares))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX, box))


def with_pointer(pixels: Pixels, pointer: Pointer) -> Pixels:
    """Return a copy of ``pixels`` with the pointer drawn in."""
    height, width = pixels.shape[:2]
    tall, wide = pointer.image.shape[:2]
    left, top = max(pointer.x, 0), max(pointer.y, 0)
    right, bottom = min(pointer.x + wide, width), min(pointer.y + tall, height)
    if left >= right or top >= bottom:
        return pixels
    image = pointer.image[top - pointer.y : bottom - pointer.y, left - pointer.x : right - pointer.x].astype(np.uint16)
    drawn = pixels.copy()
    below = drawn[top:bottom, left:right].astype(np.uint16)
    opaque = image[:, :, 3:4]
    drawn[top:bottom, left:right] = np.minimum(image + below * (255 - opaque) // 255, 255).astype(np.uint8)
    return drawn


def compressed(pixels: Pixels, picture_format: Format, quality: int) -> bytes:
    """Return ``pixels`` (BGRX, rows without gaps) as a JPEG, PNG or WebP file.

    Raises:
        EncodeError: the codec refused (WebP ends at 16383 pixels, JPEG at 65535).
    """
    try:
        return _ENCODERS[picture_format](pixels, quality)
    except (ValueError, OSError, MemoryError) as error:
        height, width = pixels.shape[:2]
        reason = reasons.NOT_ENCODED.of(width=width, height=height, format=picture_format, problem=str(error))
        raise EncodeError(reason) from error


def jpeg_of_size(pixels: Pixels, width: int, height: int, quality: int) -> bytes | None:
    """Return ``pixels`` (BGRX), made smaller, as a JPEG file with half the colour; None where that needs other means.

    Raises:
        EncodeError: the codec refused.
    """
    if not pixels.flags.c_contiguous:
        return None
    try:
        return small_jpeg(pixels, width, height, quality)
    except (ValueError, OSError, MemoryError) as error:
        reason = reasons.NOT_ENCODED.of(width=width, height=height, format="jpeg", problem=str(error))
        raise EncodeError(reason) from error


def lossless_webp(pixels: Pixels, thorough: bool) -> bytes:
    """Return ``pixels`` as a WebP file without loss; ``thorough`` halves the size of text, and takes photographs
    five times as long."""
    return _pillow(pixels, "WEBP", lossless=True, quality=0, method=1 if thorough else 0)


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    # simplejpeg lets other threads run while it works; Pillow's JPEG holds them up (11 ms measured at 1080p).
    sampling = "444" if quality >= FULL_COLOUR_FROM else "420"
    return bytes(simplejpeg.encode_jpeg(pixels, quality, "BGRX", sampling, fastdct=True))


def _png(pixels: Pixels, quality: int) -> bytes:
    del quality  # lossless
    return _pillow(pixels, "PNG", compress_level=1)


def _webp(pixels: Pixels, quality: int) -> bytes:
    # method 0: three times as quick as the default 4 for a tenth more bytes.
    return _pillow(pixels, "WEBP", quality=quality, method=0)


def _pillow(pixels: Pixels, name: str, **options: int) -> bytes:
    from PIL import Image

    size = (pixels.shape[1], pixels.shape[0])
    image = Image.frombuffer("RGB", size, pixels, "raw", "BGRX", 0, 1)
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


_ENCODERS = {"jpeg": _jpeg, "png": _png, "webp": _webp}
