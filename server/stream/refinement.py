"""How much may be sent again at once, and when: within what the connection carries beside the rest."""

from __future__ import annotations

FIRST_PIXELS = 32_000
FEWEST_PIXELS = 4_000
MOST_PIXELS = 400_000
QUICK_SECONDS, SLOW_SECONDS = 0.08, 0.2
"""A piece drawn sooner than the first may be followed by twice as much; later than the second, by half."""
PAUSE = 0.2
"""Part of the time that goes on to other things: as long as a fifth of what the last piece took."""


class Refinement:
    """Finds the size of a piece that the viewer draws within a tenth of a second or two. Times are monotonic.

    Attributes:
        pixels: how much to send at once.
        due: when the next piece may be sent.
    """

    def __init__(self) -> None:
        self.pixels = FIRST_PIXELS
        self.due = float("-inf")

    def drawn(self, now: float, took: float) -> None:
        """Note that a piece was drawn ``took`` seconds after it was sent."""
        self.due = now + took * PAUSE
        if took < QUICK_SECONDS:
            self.pixels = min(self.pixels * 2, MOST_PIXELS)
        elif took > SLOW_SECONDS:
            self.pixels = max(self.pixels // 2, FEWEST_PIXELS)
