"""A picture made smaller and put into JPEG's colours in one pass: a tile of a wall for a third of the time.

It needs PyAV, which brings swscale and comes with video; without it pictures are made smaller by Pillow.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from capture.picture.pixels import Pixels

if TYPE_CHECKING:
    import av
    from av.video.reformatter import VideoReformatter

BT601 = 5
"""FFmpeg's number for the colours that a JPEG file has …"""
_FULL = 2
"""… and for their range, which is that of a screen's RGB."""


class _Scaler(threading.local):
    """What swscale has worked out for the last size; one for each thread."""

    reformatter: VideoReformatter | None = None


_scaler = _Scaler()


def small_jpeg(pixels: Pixels, width: int, height: int, quality: int) -> bytes | None:
    """Return ``pixels`` (height × width × 4, BGRX, rows without gaps) as a JPEG file of ``width`` × ``height`` pixels.

    Every source pixel counts, colour is kept at half the resolution. None where PyAV is missing.

    Raises:
        ValueError: the encoder refused (JPEG ends at 65535 pixels).
    """
    try:
        import av
        from av.video.reformatter import Interpolation, VideoReformatter
    except ImportError:
        return None
    if _scaler.reformatter is None:
        _scaler.reformatter = VideoReformatter()
    frame = _scaler.reformatter.reformat(
        av.VideoFrame.from_numpy_buffer(pixels, "bgra"),
        width=width,
        height=height,
        format="yuvj420p",
        src_color_range=_FULL,
        dst_colorspace=BT601,
        dst_color_range=_FULL,
        # Rounded accurately, or grey is a little green.
        interpolation=Interpolation.AREA | Interpolation.FULL_CHR_H_INP | Interpolation.ACCURATE_RND,
        threads=1,
    )
    luma, blue, red = (_plane(plane) for plane in frame.planes)
    return bytes(simplejpeg.encode_jpeg_yuv_planes(_padded(luma), blue, red, quality=quality, fastdct=True))


def _plane(plane: av.video.plane.VideoPlane) -> NDArray[np.uint8]:
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


def _padded(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ``plane``, behind whose edges stands what the encoder reads of odd sides: up to the next even one."""
    height, width = plane.shape
    if height % 2 == 0 == width % 2:
        return plane
    return np.pad(plane, ((0, height % 2), (0, width % 2)), mode="edge")[:height, :width]
