"""When to look at a source that tells of no changes: as often as pictures are wanted, and seldom while it is still."""

from __future__ import annotations

import time

from capture.platforms.contract import Wake
from capture.platforms.waiting import wait_readable

FASTEST = 60.0
STILL_AFTER = 30
"""After so many looks without a change …"""
STILL_SECONDS = 0.2
"""… it is looked that seldom."""


class Ticks:
    """The waits of one backend, which looks every ``still_seconds`` while there is nothing new."""

    def __init__(self, still_seconds: float = STILL_SECONDS) -> None:
        self._rate = FASTEST
        self._still = 0
        self._still_seconds = still_seconds
        self._last = float("-inf")

    def set_rate(self, fps: float) -> None:
        """Have pictures wanted ``fps`` times a second."""
        self._rate = min(max(fps, 0.1), FASTEST)

    def note(self, has_changed: bool) -> None:
        """Take in what a look has found."""
        self._still = 0 if has_changed else self._still + 1

    @property
    def seconds(self) -> float:
        """Return how long it is until the next look."""
        return max(1 / self._rate, self._still_seconds if self._still >= STILL_AFTER else 0.0)

    def comes(self, seconds: float, call: int) -> bool:
        """Wait for the next look; False when ``call`` is readable or ``seconds`` are over before."""
        return self.wait(seconds, call) is Wake.CHANGED

    def wait(self, seconds: float | None, call: int) -> Wake:
        """Wait as a backend does (`capture.platforms.contract`)."""
        left = max(self._last + self.seconds - time.monotonic(), 0.0)
        is_ours = seconds is None or left <= seconds
        if wait_readable((call,), left if seconds is None else min(left, seconds)) or not is_ours:
            return Wake.NOTHING
        self._last = time.monotonic()
        return Wake.CHANGED
