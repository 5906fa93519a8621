"""Pictures out of a stream's messages, as fast as Python can: for readers that want to know what they were sent."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import simplejpeg
from PIL import Image

from tests.helpers.reference_viewer import COPY, FILL, H264, JPEG, WHOLE, Part, parse

STRIPE_HEAD = 12
"""Bytes before a video stripe of pixelflux's: tag, kind, number, y, width, height, reference."""


class Picture:
    """What a viewer shows; ``pixels`` is height × width × 3, RGB, None before the first message."""

    def __init__(self) -> None:
        self.pixels: np.ndarray | None = None
        self._video: Any = None

    def text(self, message: bytes) -> None:
        """Show a ``frame`` message of the JSON form, its picture a JPEG."""
        begin = message.index(b"base64,") + 7
        self.pixels = simplejpeg.decode_jpeg(base64.b64decode(message[begin : message.index(b'"', begin)]), "RGB")

    def binary(self, message: bytes) -> None:
        """Show a picture message of the binary form."""
        picture = parse(message)
        if picture.flags & WHOLE:
            self.pixels = np.zeros((picture.height, picture.width, 3), dtype=np.uint8)
        if self.pixels is None:
            return
        # Copies come first and read what was there before any of them.
        before = self.pixels.copy() if any(part.form == COPY for part in picture.parts) else self.pixels
        for part in picture.parts:
            place = self.pixels[part.y : part.y + part.height, part.x : part.x + part.width]
            if part.form == COPY:
                place[:] = before[part.from_y :, part.from_x :][: part.height, : part.width]
            else:
                place[:] = self._decoded(part)

    def stripe(self, message: bytes) -> None:
        """Show a message of pixelflux's that brings a whole picture as video; twelve bytes tell where it belongs."""
        self.pixels = self._video_of(message[STRIPE_HEAD:], is_key=self._video is None)

    def _decoded(self, part: Part) -> np.ndarray | tuple[int, ...]:
        if part.form == FILL:
            return tuple(part.data)
        if part.form == JPEG:
            return np.asarray(simplejpeg.decode_jpeg(part.data, "RGB"))
        if part.form == H264:
            return self._moved(part)[: part.height, : part.width]
        return np.asarray(Image.open(io.BytesIO(part.data)).convert("RGB"))

    def _moved(self, part: Part) -> np.ndarray:
        return self._video_of(part.data, part.is_key)

    def _video_of(self, data: bytes, is_key: bool) -> np.ndarray:
        import av  # only where video comes

        if is_key or self._video is None:
            self._video = av.CodecContext.create("h264", "r")
            self._video.flags |= 1 << 19  # AV_CODEC_FLAG_LOW_DELAY
        (frame,) = self._video.decode(av.Packet(data))
        return np.asarray(frame.to_ndarray(format="rgb24"))
