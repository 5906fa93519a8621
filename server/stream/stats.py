"""Figures of one session: how much it has sent, and how fast of late."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from capture.source import Source
from server.access.control import Viewer
from server.protocol.options import StreamOptions

WINDOW_SECONDS = 3.0


class Traffic:
    """Counts the pictures of one session. Times are seconds on one monotonic clock.

    Attributes:
        frames: picture messages sent, repeated ones too.
        bytes: payload bytes sent.
    """

    def __init__(self, now: float) -> None:
        self.since = now
        self.frames = 0
        self.bytes = 0
        self._recent: deque[tuple[float, int]] = deque()

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

    def figures(self, now: float) -> dict[str, object]:
        """Return what a ``stats`` message says of the traffic."""
        fps, rate = self.rates(now)
        return {
            "fps": round(fps, 2),
            "frames_sent": self.frames,
            "bytes_sent": self.bytes,
            "bitrate_kbps": round(rate * 8 / 1000, 1),
        }

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] <= now - WINDOW_SECONDS:
            self._recent.popleft()


@dataclass(frozen=True, slots=True)
class Totals:
    """The work for viewers in all: pictures and their bytes sent, pictures skipped, viewers dropped because they
    took nothing."""

    pictures: int = 0
    bytes: int = 0
    skipped: int = 0
    dropped: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.pictures + other.pictures,
            self.bytes + other.bytes,
            self.skipped + other.skipped,
            self.dropped + other.dropped,
        )


class LatencyBreakdown:
    """Where the time goes between the screen and the viewer's eyes, added up until `taken`. Seconds."""

    def __init__(self) -> None:
        self._made = _Sums("capture", "encode", "wait")
        self._drawn = _Sums("network", "decode")

    def made(self, capture: float, encode: float, wait: float) -> None:
        """Note a picture that was sent ``wait`` after it could have been."""
        self._made.add(capture, encode, wait)

    def drawn(self, network: float, decode: float) -> None:
        """Note a picture that the viewer has drawn."""
        self._drawn.add(network, decode)

    def taken(self) -> dict[str, float]:
        """Return the means in milliseconds of what was noted since the last call, and begin anew."""
        return self._made.taken() | self._drawn.taken()


class _Sums:
    """Several times, added up: nobody may ask for them for as long as a viewer stays."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._count, self._seconds = 0, [0.0] * len(names)

    def add(self, *seconds: float) -> None:
        self._count += 1
        for at, one in enumerate(seconds):
            self._seconds[at] += one

    def taken(self) -> dict[str, float]:
        """Return the means in milliseconds since the last call, nothing where there were none."""
        count, sums = self._count, self._seconds
        self._count, self._seconds = 0, [0.0] * len(sums)
        if not count:
            return {}
        return {name: round(one / count * 1000, 2) for name, one in zip(self._names, sums, strict=True)}


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session as others may see it.

    ``fps`` and ``bytes_per_second`` are what was sent of late; ``since`` is on the monotonic clock; ``state`` is
    one of the protocol's, or ``slow`` while the viewer takes nothing. ``group`` is the same for all sessions of a
    viewer who watches several sources over one connection, and empty for a viewer of one. ``looks`` is how often one
    has looked who asks for single pictures, and 0 for all others.
    """

    session_id: str
    viewer: Viewer
    source: Source
    options: StreamOptions
    fps: float
    bytes_per_second: float
    since: float
    state: str
    group: str = ""
    looks: int = 0
