"""A viewer of the binary form, written from `docs/wire.md` alone. Slow and plain; read it to write your own."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

WHOLE, EXACT, REFINEMENT = 1, 2, 4
COPY, JPEG, PNG, WEBP, FILL, H264 = range(6)
ACK, WHOLE_PLEASE = 1, 2


@dataclass
class Part:
    """One rectangle of a picture message."""

    x: int
    y: int
    width: int
    height: int
    form: int
    is_key: bool
    data: bytes
    from_x: int
    from_y: int


@dataclass
class Picture:
    """A picture message, taken apart."""

    flags: int
    encode_us: int
    sequence: int
    base: int
    width: int
    height: int
    take_us: int
    captured_ms: float
    parts: list[Part]


def parse(message: bytes) -> Picture:
    """Take a picture message apart; `ValueError` when it is cut short or has something left over."""
    try:
        kind, flags, count, encode_us, sequence, base, width, height, take_us, captured_ms = struct.unpack_from(
            "<BBHIQQHHId", message
        )
        rows = [struct.unpack_from("<HHHHBBHIHH", message, 40 + 20 * number) for number in range(count)]
    except struct.error as error:
        raise ValueError("cut short") from error
    if kind != 1:
        raise ValueError("not a picture")
    parts, at = [], 40 + 20 * count
    for x, y, wide, high, form, is_key, _, size, from_x, from_y in rows:
        parts.append(Part(x, y, wide, high, form, bool(is_key), message[at : at + size], from_x, from_y))
        at += size
    if at != len(message):
        raise ValueError("sizes do not add up")
    return Picture(flags, encode_us, sequence, base, width, height, take_us, captured_ms, parts)


class Viewer:
    """Keeps the picture: feed it every binary message, send back what it returns.

    Attributes:
        pixels: height × width × 3, RGB; None before the first picture.
        sequence: the picture that it shows.
        is_exact: whether the server says that it is identical to the source.
        pointer: x, y, width, height of the mouse pointer, None while it is elsewhere.
    """

    def __init__(self) -> None:
        self.pixels: np.ndarray | None = None
        self.sequence = 0
        self.is_exact = False
        self.pictures = 0
        self.pointer: tuple[int, int, int, int] | None = None
        self._decoder: Any = None

    def receive(self, message: bytes) -> bytes | None:
        """Draw a message; return what to answer, None for nothing."""
        if message[0] == 2:
            flags, x, y, width, height = struct.unpack_from("<xBhhHH", message)
            self.pointer = (x, y, width, height) if flags & 1 else None
            return None
        picture = parse(message)
        if not picture.flags & WHOLE and (picture.base != self.sequence or self.pixels is None):
            return bytes([WHOLE_PLEASE])
        if picture.flags & WHOLE:
            self.pixels = np.zeros((picture.height, picture.width, 3), dtype=np.uint8)
        assert self.pixels is not None
        before = self.pixels.copy()
        for part in picture.parts:
            self._draw(part, before)
        self.sequence = picture.sequence
        self.is_exact = bool(picture.flags & EXACT)
        self.pictures += 1
        return struct.pack("<B3xIQ", ACK, 0, picture.sequence)

    def _draw(self, part: Part, before: np.ndarray) -> None:
        assert self.pixels is not None
        target = self.pixels[part.y : part.y + part.height, part.x : part.x + part.width]
        if part.form == COPY:
            target[:] = before[part.from_y : part.from_y + part.height, part.from_x : part.from_x + part.width]
        elif part.form == FILL:
            target[:] = tuple(part.data)
        elif part.form == H264:
            target[:] = self._decode(part)[: part.height, : part.width]
        else:
            image = Image.open(io.BytesIO(part.data))
            assert image.format == {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}[part.form]
            assert image.size == (part.width, part.height)
            target[:] = np.asarray(image.convert("RGB"))

    def _decode(self, part: Part) -> np.ndarray:
        import av  # only viewers of video need it

        if part.is_key or self._decoder is None:
            self._decoder = av.CodecContext.create("h264", "r")
            self._decoder.flags |= 1 << 19  # AV_CODEC_FLAG_LOW_DELAY
        (frame,) = self._decoder.decode(av.Packet(part.data))
        pixels: np.ndarray = frame.to_ndarray(format="rgb24")
        return pixels
