"""How many pictures may be on their way to one viewer, unacknowledged. Pure: times are passed in.

Two are enough where the way is short: one is drawn while the next one comes. A long way holds further ones, which wait
for nothing there; a queue, in which they would get old, is never longer than two. The way holds as many as leave its
narrowest place, be it the line or the viewer, during one round trip; acknowledgements that follow one another while
others are still owed tell how fast that is.
"""

from __future__ import annotations

from collections import deque

QUEUED = 2
"""Pictures that may wait or be drawn, besides those that the way itself holds."""
MOST = 8
"""Pictures on their way at most, however long that is."""
COUNTED = 8
"""Acknowledgements by which the viewer's rate is measured: on a long way they come in bursts."""


class PictureWindow:
    """Tells how many there may be. All times are seconds on one monotonic clock.

    Attributes:
        size: pictures that may be unacknowledged.
    """

    def __init__(self) -> None:
        self.size = QUEUED
        self._acknowledged: deque[float] = deque(maxlen=COUNTED)

    def acknowledged(self, now: float, owed: int, round_trip: float | None, interval: float) -> None:
        """Note that a picture was acknowledged, and ``owed`` others are not yet.

        Args:
            round_trip: the shortest there and back that was ever measured, None where none was.
            interval: between two pictures, as the viewer wishes for them.
        """
        self._acknowledged.append(now)
        held = 0
        if round_trip is not None and len(self._acknowledged) > 1:
            mean = (now - self._acknowledged[0]) / (len(self._acknowledged) - 1)
            held = int(round_trip / max(mean, interval))
        self.size = min(QUEUED + held, MOST)
        if owed == 0:
            # What is acknowledged next was waited for by nobody, and says nothing of how many could be drawn.
            self._acknowledged.clear()
