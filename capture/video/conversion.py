"""From a picture as it was taken to one as encoders take it: scaled and in video's colours, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capture.picture.pixels import Pixels

if TYPE_CHECKING:
    import av
    from av.video.reformatter import VideoReformatter

PIXEL_FORMAT = "nv12"
"""What all encoders take; libx264 keeps its pictures like that."""

BT709, LIMITED = 1, 1
"""FFmpeg's numbers for video of BT.709 and limited range, which is what viewers expect …"""
_FULL = 2
"""… and for the full range of a screen's RGB."""

SMALLEST = 16
"""Pixels of the shortest side that is encoded: one macroblock, the least that a decoder expects."""


class Converter:
    """Makes pictures of any size ``width`` × ``height``, as NV12, in BT.709 of limited range. One thread at a time.

    Every pixel counts where pictures become smaller: thin text stays readable, as in single pictures.

    Attributes:
        width, height: pixels of what is encoded, even, `SMALLEST` at least; beyond the picture its edge is repeated.
    """

    def __init__(self, width: int, height: int) -> None:
        self._shown = width, height
        self.width, self.height = (max(side + side % 2, SMALLEST) for side in (width, height))
        self._reformatter: VideoReformatter | None = None

    def convert(self, pixels: Pixels) -> av.VideoFrame:
        """Return ``pixels`` (height × width × 4, BGRX, rows without gaps) for an encoder."""
        import av
        from av.video.reformatter import Interpolation, VideoReformatter

        width, height = self._shown
        if self._reformatter is None:
            self._reformatter = VideoReformatter()
        frame = self._reformatter.reformat(
            av.VideoFrame.from_numpy_buffer(pixels, "bgra"),
            width=width,
            height=height,
            format=PIXEL_FORMAT,
            src_color_range=_FULL,
            dst_colorspace=BT709,
            dst_color_range=LIMITED,
            # The mean of all that falls onto a pixel, and of each four pixels' colour. Half the chroma rows would be a
            # little quicker to get (POINT), but coloured text would then shimmer while it scrolls, and shimmering takes
            # twice the bytes.
            interpolation=Interpolation.AREA | Interpolation.FULL_CHR_H_INP,
            threads=1,
        )
        return frame if self._shown == (self.width, self.height) else self._padded(frame)

    def _padded(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return ``frame`` with its last row and column repeated up to the size that is encoded."""
        import av

        padded = av.VideoFrame(self.width, self.height, PIXEL_FORMAT)
        padded.colorspace, padded.color_range = frame.colorspace, frame.color_range
        for of, into, wide in zip(frame.planes, padded.planes, (1, 2), strict=True):
            seen, whole = plane(of, wide), plane(into, wide)
            height, width = seen.shape[:2]
            whole[:height, :width] = seen
            whole[:height, width:] = seen[:, -1:]
            whole[height:] = whole[height - 1]
        return padded


def luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Return how bright a converted picture is: height × width, from 16 to 235."""
    return plane(frame.planes[0], 1)[:, :, 0]


def plane(of: av.video.plane.VideoPlane, wide: int) -> NDArray[np.uint8]:
    """Return a plane as height × width × ``wide`` bytes, not copied."""
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(of), dtype=np.uint8).reshape(-1, of.line_size)
    return rows[: of.height, : of.width * wide].reshape(of.height, of.width, wide)
