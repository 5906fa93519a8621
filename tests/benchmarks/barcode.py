"""A picture's number, written into the picture: blocks of black and white that outlive JPEG, video and scaling.

A strip is one row of square blocks: one white and one black to compare with, then the number's bits, the highest
first, then a few that check them, so that a strip caught half old and half new is not taken for a third number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_CONTRAST = 60
"""Steps of grey between the white and the black block below which there is no strip here."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Where a picture's number stands: the top left corner, the side of a block in pixels, how many blocks."""

    x: int
    y: int
    block: int
    blocks: int

    @property
    def bits(self) -> int:
        """Return how many bits the number has; it counts modulo 2 to the power of that."""
        return (self.blocks - 2) * 3 // 4

    @property
    def checks(self) -> int:
        """Return how many bits check them."""
        return self.blocks - 2 - self.bits

    @property
    def width(self) -> int:
        """Return the width in pixels; the height is `block`."""
        return self.blocks * self.block

    def levels(self, number: int) -> list[int]:
        """Return each block's grey for ``number``."""
        number %= 1 << self.bits
        word = number << self.checks | check(number, self.checks)
        return [255, 0] + [255 * (word >> at & 1) for at in reversed(range(self.bits + self.checks))]

    def drawn(self, number: int) -> np.ndarray:
        """Return the strip's pixels, height × width × 4, for ``number``."""
        row = np.repeat(np.array(self.levels(number), dtype=np.uint8), self.block)
        return np.broadcast_to(row[None, :, None], (self.block, self.width, 4)).copy()

    def read(self, grey: np.ndarray, scale: float = 1.0) -> int | None:
        """Return the number that a picture (height × width, 0 to 255) carries; None when it cannot be read."""
        side = self.block * scale
        rows = slice(round(self.y * scale + side * 0.3), round(self.y * scale + side * 0.7) + 1)
        lefts = [self.x * scale + side * at for at in range(self.blocks)]
        means = [
            float(grey[rows, round(left + side * 0.3) : round(left + side * 0.7) + 1].mean()) if side >= 3 else 0.0
            for left in lefts
        ]
        return number_of(means, self.bits, self.checks)


def check(number: int, bits: int) -> int:
    """Return the bits that check ``number``: groups of it folded upon each other, inverted so that 0 has some."""
    folded = (1 << bits) - 1
    while number:
        folded ^= number & (1 << bits) - 1
        number >>= bits
    return folded


def number_of(levels: list[float], bits: int, checks: int) -> int | None:
    """Return the number that the blocks' greys spell, None when they spell none."""
    white, black = levels[:2]
    if white - black < LEAST_CONTRAST:
        return None
    word = 0
    for level in levels[2:]:
        word = word << 1 | (level > (white + black) / 2)
    number = word >> checks
    return number if check(number, checks) == word & (1 << checks) - 1 else None


def newest_before(number: int, limit: int, bits: int) -> int:
    """Return which count a number modulo 2 ** ``bits`` stands for: the largest that is not above ``limit``."""
    span = 1 << bits
    return limit - (limit - number) % span
