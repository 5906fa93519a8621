"""When to look at a source that tells of no changes: as often as pictures are wanted, and seldom while it is still."""

from __future__ import annotations

from capture.platforms.contract import Wake
from capture.platforms.waiting import wait_readable

FASTEST = 60.0
STILL_AFTER = 30
"""After so many looks without a change …"""
STILL_SECONDS = 0.2
"""… it is looked that seldom."""


class Ticks:
    """The waits of one backend."""

    def __init__(self) -> None:
        self._rate = FASTEST
        self._still = 0

    def set_rate(self, fps: float) -> None:
        """Have pictures wanted ``fps`` times a second."""
        self._rate = min(max(fps, 0.1), FASTEST)

    def note(self, has_changed: bool) -> None:
        """Take in what a look has found."""
        self._still = 0 if has_changed else self._still + 1

    @property
    def seconds(self) -> float:
        """Return how long it is until the next look."""
        return max(1 / self._rate, STILL_SECONDS if self._still >= STILL_AFTER else 0.0)

    def wait(self, seconds: float | None, call: int) -> Wake:
        """Wait as a backend does (`capture.platforms.contract`)."""
        longest = self.seconds
        is_ours = seconds is None or longest <= seconds
        called = wait_readable((call,), longest if seconds is None else min(longest, seconds))
        return Wake.CHANGED if is_ours and not called else Wake.NOTHING
