"""How coarsely a video is encoded: as coarsely as the wished quality allows for what is in the pictures."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from capture.video.codecs import COARSEST

BYTES_PER_PIXEL = 0.4
"""The ceiling at quality 80: bytes per pixel and second, 370 kB/s at 720p. It halves with every 20 of quality."""

LEAST = 10_000
"""Bytes per second that any video may take; of small ones, headers are a good part."""

STEP = 3
"""How wrong a quantiser has to be to be changed. Three more is twice the mean square error."""

PATIENCE = 5
"""Seconds for which a quantiser is kept before a finer one is chosen: changing it costs a key frame."""

FEWEST = 8
"""Pictures that are waited for where they are fewer than that in a second."""

# SSIM's second constant, (0.03 × 255)².
_STABILISER = 58.5
_BLOCK, _BAND = 8, 16
_SHARPEST = 1024.0
_FULL_RANGE = np.float32(255 / 219)


def contrast(luma: NDArray[np.uint8]) -> float:
    """Return how much may get lost in a picture before it shows; nothing shows in pictures of one colour.

    ``luma`` is height × width, of limited range, as it is encoded.

    It is what SSIM weighs errors with: a mean square error e in a block of variance v makes it about e / (2 v + 58.5)
    less similar. Blocks in which nothing is do not count, because nothing gets lost in them. One band in sixteen is
    looked at.
    """
    height, width = luma.shape[0] // _BLOCK, luma.shape[1] // _BLOCK
    bright = luma[: height * _BLOCK, : width * _BLOCK].reshape(height, _BLOCK, width * _BLOCK)
    bands = bright[::_BAND].astype(np.float32) * _FULL_RANGE
    mean, mean_square = (
        values.sum(axis=1).reshape(-1, width, _BLOCK).sum(axis=2) / _BLOCK**2 for values in (bands, np.square(bands))
    )
    variance = mean_square - np.square(mean)
    variance = variance[variance > 1]
    return float(1 / np.mean(1 / (2 * variance + _STABILISER))) if variance.size else math.inf


def coarsest(quality: int, contrast: float) -> int:
    """Return the coarsest quantiser with which pictures of that contrast stay as similar as ``quality`` says.

    At quality 80 that is an SSIM of 0.98. Sharper pictures are treated like text: an SSIM would allow for more,
    but rings around its edges would show.
    """
    return min(max(round(3 * math.log2(min(contrast, _SHARPEST)) - 6.5 + 0.3 * (80 - quality)), 0), COARSEST)


class RateControl:
    """Chooses the quantiser of one video, looks again once a second, and keeps the video below its ceiling.

    Attributes:
        value: the quantiser, 0 to 51; meaningless before the first choice.
        ceiling: bytes per second.
    """

    def __init__(self, quality: int, pixels: int, fps: float) -> None:
        """Choose for a video of so many ``pixels`` a picture."""
        self.value = 0
        self.ceiling = max(BYTES_PER_PIXEL * pixels * 2 ** ((quality - 80) / 20), LEAST)
        self._quality, self._fps = quality, fps
        self._sizes: list[int] = []
        self._raised = 0
        self._seconds = 0

    def note(self, size: int) -> None:
        """Note how many bytes a picture took that is no key frame."""
        self._sizes.append(size)

    @property
    def is_due(self) -> bool:
        """Tell whether it is time to look again."""
        return len(self._sizes) >= max(self._fps, FEWEST)

    def choose(self, luma: NDArray[np.uint8], is_free: bool) -> bool:
        """Look at a picture and tell whether `value` has changed; ``is_free``: a key frame is sent in any case."""
        if self.is_due:
            self._weigh()
        requested = min(coarsest(self._quality, contrast(luma)) + self._raised, COARSEST)
        change = requested - self.value
        is_wrong = change >= STEP or (change <= -STEP and self._seconds >= PATIENCE)
        if not (is_wrong or (is_free and change)):
            return False
        self.value, self._seconds = requested, 0
        return True

    def _weigh(self) -> None:
        """Compare with the ceiling: coarser at once, finer slowly and only where the bytes will not be missed."""
        rate = self._fps * sum(self._sizes) / len(self._sizes)
        self._sizes.clear()
        self._seconds += 1
        excess = math.log2(rate / self.ceiling)
        if excess > 0:
            self._raised = min(self._raised + max(STEP, round(STEP * excess)), COARSEST)
        elif excess < -2 and self._seconds >= PATIENCE:
            self._raised = max(self._raised - max(STEP, round(STEP * (-2 - excess))), 0)
