"""Parts of access that tests control: a clock, random numbers, windows and addresses."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from capture.source import Source

MINUTE = 60.0
LOG = Source("4711", "window", "build log", "xterm", 320, 240, pid=99, started=1)
MAIL = Source("4712", "window", "Inbox", "mail", 320, 240, pid=98, started=1)
VAULT = Source("4713", "window", "passwords", "vault", 320, 240, pid=97, started=1)
HERE, THERE, ELSEWHERE = "127.0.0.1", "192.168.1.31", "192.168.1.32"


class Waiting:
    """Something a `FakeClock` will do, unless it is cancelled."""

    def __init__(self, due: Callable[[], None]) -> None:
        self.due: Callable[[], None] | None = due

    def cancel(self) -> None:
        self.due = None


class FakeClock:
    """A clock that stands still until it is moved, and timers that fire when it is."""

    def __init__(self, start: float = 1_000_000.0) -> None:
        self.time = start
        self._timers: list[tuple[float, int, Waiting]] = []
        self._numbers = itertools.count()

    def __call__(self) -> float:
        return self.time

    def later(self, seconds: float, due: Callable[[], None]) -> Waiting:
        waiting = Waiting(due)
        heapq.heappush(self._timers, (self.time + seconds, next(self._numbers), waiting))
        return waiting

    def advance(self, seconds: float) -> None:
        """Move on; everything that becomes due is done at its own time."""
        end = self.time + seconds
        while self._timers and self._timers[0][0] <= end:
            self.time, _, waiting = heapq.heappop(self._timers)
            if waiting.due is not None:
                waiting.due()
        self.time = end

    def fire_early(self) -> None:
        """Do all that waits now, before its time, as coarse timers may."""
        timers, self._timers = self._timers, []
        for _, _, waiting in timers:
            if waiting.due is not None:
                waiting.due()

    @property
    def waiting(self) -> int:
        """How many timers are still to fire."""
        return sum(waiting.due is not None for _, _, waiting in self._timers)


class CountedBytes:
    """Random bytes that are none: every call gives others."""

    def __init__(self) -> None:
        self._number = 0

    def __call__(self, size: int) -> bytes:
        self._number += 1
        return self._number.to_bytes(size, "big")
