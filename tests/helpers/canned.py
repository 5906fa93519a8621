"""Sources and frames for tests that need no display."""

from __future__ import annotations

import numpy as np

from capture.picture.damage import DamageMap
from capture.picture.frame import Frame, Pointer
from capture.source import Source

SOURCE = Source("7", "window", "canned", "test", 100, 60, pid=5, started=6)


def frame(pixels: np.ndarray, sequence: int = 1, pointer: Pointer | None = None, source: Source = SOURCE) -> Frame:
    """Return a picture as a feed would."""
    height, width = pixels.shape[:2]
    damage = DamageMap.fresh(width, height, sequence)
    return Frame(source, sequence, sequence, pixels, damage, pointer, 1.0, 1_700_000_000.0, 0.001)


def plain(blue: int, green: int, red: int, width: int = 100, height: int = 60) -> np.ndarray:
    """Return pixels of one colour."""
    return np.full((height, width, 4), (blue, green, red, 0), dtype=np.uint8)
