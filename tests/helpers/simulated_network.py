"""A viewer behind a connection that carries so much and no more, in simulated time."""

from __future__ import annotations

import bisect
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from server.protocol.options import StreamOptions
from server.stream.congestion.adaptation import Adaptation, Change
from server.stream.congestion.picture_window import PictureWindow

MEGABIT = 125_000
"""Bytes per second."""

Size = Callable[[StreamOptions, int], float]


def jpeg(full: float = 150_000) -> Size:
    """Return how large pictures are: ``full`` bytes at quality 80, less with lower quality and scale."""
    return lambda options, _: full * options.quality / 80 * options.scale**1.7


@dataclass(frozen=True, slots=True)
class _Sent:
    at: float
    drawn: float
    acknowledged: float
    decode: float
    size: int


class Link:
    """Sends pictures as a session does: one when it is due, the newest, and never more than fit into its window.

    Attributes:
        capacity, rtt: bytes per second, and seconds there and back; both may be changed between runs.
        changes: what the adaptation decided, and when.
    """

    def __init__(
        self,
        asked: StreamOptions,
        capacity: float,
        rtt: float = 0.02,
        size: Size | None = None,
        decode: float = 0.004,
        jitter: float = 0.0,
        seed: int = 1,
    ) -> None:
        self.capacity = capacity
        self.adaptation = Adaptation(asked)
        self.window = PictureWindow()
        self.changes: list[tuple[float, Change]] = []
        self.now = 0.0
        self.rtt, self._size, self._decode, self._jitter = rtt, size or jpeg(), decode, jitter
        self._chance = random.Random(seed)
        self._due = self._free = self._arrived = self._shown = 0.0
        self._count = 0
        self._on_their_way: deque[_Sent] = deque()
        self._drawn: list[tuple[float, float]] = []

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        end = self.now + seconds
        while True:
            send_at = max(self._due, self.now) if len(self._on_their_way) < self.window.size else float("inf")
            hear_at = self._on_their_way[0].acknowledged if self._on_their_way else float("inf")
            if min(send_at, hear_at) > end:
                self.now = end
                return
            self.now = max(self.now, min(send_at, hear_at))
            if hear_at <= send_at:
                sent = self._on_their_way.popleft()
                interval = 1 / self.adaptation.options.fps
                self.window.acknowledged(self.now, len(self._on_their_way), self.rtt, interval)
                self.adaptation.acknowledged(self.now, self.now - sent.at, sent.decode, sent.size)
            else:
                self._send()
            change = self.adaptation.decide(self.now, 1 / self.adaptation.options.fps)
            if change is not None:
                self.changes.append((self.now, change))

    def quick_viewer(self) -> None:
        """Give the viewer a fast computer from now on."""
        self._decode = 0.001

    def rungs(self, since: float = 0.0) -> list[int]:
        """Return the rungs that were gone to from then on."""
        return [change.rung for at, change in self.changes if at >= since]

    def age(self, since: float, share: float = 0.95) -> float:
        """Return how old the picture that the viewer sees is at most, for that share of the time from then on."""
        moments = [since + step * 0.01 for step in range(int((self.now - since) * 100))]
        ages = sorted(at - self._drawn[bisect.bisect_right(self._drawn, (at, at)) - 1][1] for at in moments)
        return ages[int(len(ages) * share)]

    def rate(self, since: float) -> float:
        """Return how many pictures a second the viewer was shown from then on."""
        return sum(since <= at < self.now for at, _ in self._drawn) / (self.now - since)

    def _send(self) -> None:
        options = self.adaptation.options
        self._count += 1
        size = max(1, round(self._size(options, self._count) * self._chance.uniform(0.9, 1.1)))
        self._free = max(self.now, self._free) + size / self.capacity
        late = self._chance.expovariate(1 / self._jitter) if self._jitter else 0.0
        self._arrived = max(self._free + self.rtt / 2 + late, self._arrived)
        self._shown = max(self._arrived, self._shown) + self._decode * options.scale**2
        self._on_their_way.append(
            _Sent(self.now, self._shown, self._shown + self.rtt / 2, self._shown - self._arrived, size)
        )
        self._drawn.append((self._shown, self.now))
        interval = 1 / options.fps
        self._due = max(self._due + interval, self.now)
