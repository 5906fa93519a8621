"""What pictures are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""height × width × 4 bytes, BGRX, rows without padding (stride = width × 4)."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in device pixels, relative to the picture's top left corner."""

    x: int
    y: int
    width: int
    height: int
