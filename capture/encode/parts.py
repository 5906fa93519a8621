"""Updates, which bring a viewer from one picture to another: a few rectangles, each encoded alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from capture.picture.pixels import Rect


class RectEncoding(IntEnum):
    """How a part's data are to be read; the numbers are those of the wire."""

    COPY = 0
    JPEG = 1
    PNG = 2
    WEBP = 3
    FILL = 4
    H264 = 5


@dataclass(frozen=True, slots=True)
class UpdateRect:
    """One rectangle of a picture.

    Attributes:
        rect: where it goes, in pixels of the encoded picture.
        form: what ``data`` is.
        data: a whole JPEG, PNG or WebP file, three bytes of colour, one H.264 access unit, or nothing for a copy.
        copied_from: (x, y) of a copy, in the picture as it was before.
        is_key: a video's unit with which a decoder may begin.
    """

    rect: Rect
    form: RectEncoding
    data: bytes = b""
    copied_from: tuple[int, int] | None = None
    is_key: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """Everything that a viewer needs who has picture ``base`` and is to have picture ``sequence``.

    Attributes:
        whole: they cover everything; ``base`` does not matter.
        sharpens: they show nothing new, only better.
        width, height: pixels of the encoded picture.
        captured_at: seconds since the epoch.
        take_seconds, encode_seconds: how long the take and the encoding lasted.
    """

    parts: tuple[UpdateRect, ...]
    sequence: int
    base: int
    whole: bool
    sharpens: bool
    width: int
    height: int
    captured_at: float
    take_seconds: float
    encode_seconds: float
