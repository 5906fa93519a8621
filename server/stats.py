"""What one session has sent, and how fast of late."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 3.0


class Traffic:
    """Counts the pictures of one session. Times are seconds on one monotonic clock.

    Attributes:
        frames: picture messages sent, repeated ones too.
        bytes: payload bytes sent.
        offered: different pictures the source had for this viewer.
        delivered: different pictures sent.
    """

    def __init__(self, now: float) -> None:
        self.since = now
        self.frames = 0
        self.bytes = 0
        self.offered = 0
        self.delivered = 0
        self._recent: deque[tuple[float, int]] = deque()

    @property
    def skipped(self) -> int:
        """Return how many pictures of the source this viewer was spared."""
        return max(0, self.offered - self.delivered)

    def sent(self, now: float, size: int) -> None:
        """Note a picture message of ``size`` bytes."""
        self.frames += 1
        self.bytes += size
        self._recent.append((now, size))
        self._forget(now)

    def rates(self, now: float) -> tuple[float, float]:
        """Return (pictures, bytes) per second over the last few seconds."""
        self._forget(now)
        span = min(WINDOW_SECONDS, now - self.since)
        if span <= 0:
            return 0.0, 0.0
        return len(self._recent) / span, sum(size for _, size in self._recent) / span

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] <= now - WINDOW_SECONDS:
            self._recent.popleft()
