"""Picture messages for tests of viewers: a painted picture, and parts of it in every form."""

from __future__ import annotations

import io
from fractions import Fraction

import av
import numpy as np
from PIL import Image

from capture.encode.parts import RectEncoding, Update, UpdateRect
from capture.picture.pixels import Rect
from server.protocol import wire

WIDTH, HEIGHT = 64, 48


def painted(width: int = WIDTH, height: int = HEIGHT, seed: int = 1) -> np.ndarray:
    """Return a soft, colourful picture (height × width × 3, RGB), so that codecs with loss come near to it."""
    seeds = np.random.default_rng(seed).integers(60, 196, (2, 2, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(seeds).resize((width, height), Image.Resampling.BICUBIC))


def noise(width: int, height: int, seed: int = 1) -> np.ndarray:
    """Return a picture that no codec with loss can keep."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def encoded(pixels: np.ndarray, form: RectEncoding, x: int = 0, y: int = 0) -> UpdateRect:
    """Return ``pixels`` as a part at (x, y)."""
    out = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels))
    if form is RectEncoding.WEBP:
        image.save(out, "WEBP", lossless=True, exact=True)
    elif form is RectEncoding.PNG:
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=95, subsampling=0)
    return UpdateRect(Rect(x, y, image.width, image.height), form, out.getvalue())


def fill(x: int, y: int, width: int, height: int, colour: tuple[int, int, int]) -> UpdateRect:
    """Return a part of one colour."""
    return UpdateRect(Rect(x, y, width, height), RectEncoding.FILL, bytes(colour))


def copy(x: int, y: int, width: int, height: int, from_x: int, from_y: int) -> UpdateRect:
    """Return a part that was elsewhere before."""
    return UpdateRect(Rect(x, y, width, height), RectEncoding.COPY, copied_from=(from_x, from_y))


def whole(sequence: int, *parts: UpdateRect, size: tuple[int, int] = (WIDTH, HEIGHT), exact: bool = False) -> bytes:
    """Return a message that holds everything."""
    return wire.picture(Update(parts, sequence, 0, True, False, *size, 1_700_000_000.0, 0.001, 0.002), exact)


def after(
    base: int, sequence: int, *parts: UpdateRect, size: tuple[int, int] = (WIDTH, HEIGHT), exact: bool = False
) -> bytes:
    """Return a message that goes on from ``base``."""
    return wire.picture(Update(parts, sequence, base, False, False, *size, 1_700_000_000.0, 0.001, 0.002), exact)


class Film:
    """Encodes pictures of one size as H.264, as a server would: padded to even sizes, no reordering, Annex B."""

    def __init__(self, width: int, height: int, key_every: int = 250) -> None:
        self._size = (width, height)
        self._context = av.CodecContext.create("libx264", "w")
        self._context.width, self._context.height = width + width % 2, height + height % 2
        self._context.pix_fmt = "yuv420p"
        self._context.time_base = Fraction(1, 30)
        self._context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "crf": "10",
            "x264-params": f"annexb=1:repeat-headers=1:keyint={key_every}:min-keyint=1:"
            "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv",
        }
        self._count = 0

    def unit(self, pixels: np.ndarray, x: int = 0, y: int = 0) -> UpdateRect:
        """Return the next picture as a part at (x, y)."""
        padded = np.pad(pixels, ((0, pixels.shape[0] % 2), (0, pixels.shape[1] % 2), (0, 0)), mode="edge")
        frame = av.VideoFrame.from_ndarray(padded, format="rgb24").reformat(format="yuv420p", dst_colorspace="ITU709")
        frame.pts = self._count
        self._count += 1
        (packet,) = self._context.encode(frame)
        return UpdateRect(Rect(x, y, *self._size), RectEncoding.H264, bytes(packet), is_key=packet.is_keyframe)
