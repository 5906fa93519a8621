"""How like its original a picture is, to the eye: SSIM and PSNR-HVS of the luma, by kept definitions."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from PIL import Image

SIDE = 8
"""Of the blocks that PSNR-HVS looks at."""
QUANTISERS = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""ITU-T T.81, table K.1: how much of each pattern the eye lets pass."""
SCALE = 25.735088
"""What Egiazarian et al. (2006) divide by them, so that the weights have their mean effect."""
LUMA = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True)
class Quality:
    """How like their originals some pictures are.

    Attributes:
        ssim: structural similarity of the luma, 1 for the same.
        hvs: PSNR-HVS of the luma in dB, infinite for the same.
        pictures: how many were looked at.
        identical: how many of them were the same, all colours.
        width, height: their size in pixels.
        is_scaled: the originals are of another size.
    """

    ssim: float
    hvs: float
    pictures: int
    identical: int
    width: int = 0
    height: int = 0
    is_scaled: bool = False


def quality(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> Quality | None:
    """Return how like their originals pictures are (height × width × 3, RGB); None when there are none.

    A pair of two sizes is compared in the smaller one: both are scaled to it by the same filter.
    """
    alike, errors, same, size, is_scaled = [], [], 0, (0, 0), False
    for picture, original in pairs:
        one, two = fitted(picture, original)
        size, is_scaled = (one.shape[1], one.shape[0]), one.shape != original.shape
        same += bool(np.array_equal(one, two))
        alike.append(ssim(luma(one), luma(two)))
        errors.append(hvs_error(luma(one), luma(two)))
    if not alike:
        return None
    return Quality(statistics.mean(alike), decibels(statistics.mean(errors)), len(alike), same, *size, is_scaled)


def fitted(picture: np.ndarray, original: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both in the smaller one's size."""
    height, width = min(picture.shape[:2], original.shape[:2])
    return scaled(picture, width, height), scaled(original, width, height)


def scaled(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return a picture (height × width × 3) in another size."""
    if picture.shape[:2] == (height, width):
        return picture
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS))


def luma(picture: np.ndarray) -> np.ndarray:
    """Return the luma (height × width, 0 to 255, whole numbers) of a picture in RGB, as BT.601 weighs it."""
    return np.asarray(picture @ np.array(LUMA, dtype=np.float32) + 0.5).astype(np.uint8)


def ssim(one: np.ndarray, two: np.ndarray) -> float:
    """Return the structural similarity of two pictures (height × width, 0 to 255), as FFmpeg measures it."""
    height, width = one.shape
    graph = av.filter.Graph()
    ends = [
        graph.add("buffer", f"video_size={width}x{height}:pix_fmt=gray:time_base=1/25:pixel_aspect=1/1")
        for _ in range(2)
    ]
    compared, told = graph.add("ssim"), graph.add("buffersink")
    for number, end in enumerate(ends):
        end.link_to(compared, 0, number)
    compared.link_to(told)
    graph.configure()
    for end, pixels in zip(ends, (one, two), strict=True):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="gray")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        end.push(frame)
        end.push(None)
    return float(told.pull().metadata["lavfi.ssim.Y"])


def hvs_error(one: np.ndarray, two: np.ndarray) -> float:
    """Return the mean square error of two pictures (height × width, 0 to 255) as far as eyes see it.

    PSNR-HVS: N. Ponomarenko's, without masking; what does not fill a block of 8 × 8 at the edges is left out.
    """
    height, width = (side - side % SIDE for side in one.shape)
    off = one[:height, :width].astype(np.float32) - two[:height, :width]
    blocks = off.reshape(height // SIDE, SIDE, width // SIDE, SIDE).transpose(0, 2, 1, 3)
    patterns = COSINES @ blocks @ COSINES.T
    return float(np.square(patterns * WEIGHTS).mean())


def decibels(error: float) -> float:
    """Return a mean square error of 255 steps as a ratio to the largest signal, in dB; infinite for none."""
    return math.inf if error == 0 else 10 * math.log10(255 * 255 / error)


def ssim_decibels(value: float) -> float:
    """Return a similarity in dB, where equal steps are about equal steps of a coder's quality; at most 60."""
    return -10 * math.log10(max(1e-6, 1 - value))


def _cosines() -> np.ndarray:
    at = np.arange(SIDE)
    rows = np.cos((2 * at[None, :] + 1) * at[:, None] * np.pi / (2 * SIDE)) * math.sqrt(2 / SIDE)
    rows[0] /= math.sqrt(2)
    return rows.astype(np.float32)


COSINES = _cosines()
WEIGHTS = (SCALE / np.array(QUANTISERS)).astype(np.float32)
