"""The mouse pointer's image, for viewers that draw it themselves."""

from __future__ import annotations

import io
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from capture.picture.frame import Frame


@dataclass(frozen=True, slots=True)
class PointerRequest:
    """The image of the pointer as a PNG file with alpha. ``shape`` is the number of the image."""

    shape: int

    def family(self, frame: Frame) -> Hashable:
        return "pointer"

    def version(self, frame: Frame) -> Hashable:
        return self.shape

    def make(self, frame: Frame) -> bytes:
        """Return the file; empty when the pointer has left in the meantime."""
        if frame.pointer is None:
            return b""
        from PIL import Image  # as in image.py

        premultiplied = frame.pointer.image.astype(np.uint16)
        opaque = premultiplied[:, :, 3:4]
        colours = np.minimum(premultiplied[:, :, 2::-1] * 255 // np.maximum(opaque, 1), 255)
        straight = np.concatenate((colours, opaque), axis=2).astype(np.uint8)
        out = io.BytesIO()
        Image.fromarray(straight, "RGBA").save(out, "PNG")
        return out.getvalue()
