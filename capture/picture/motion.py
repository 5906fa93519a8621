"""Whether a source is like a film: then video is leaner than rectangles."""

from __future__ import annotations

from collections import deque

WINDOW_SECONDS = 1.0
FILM_FROM = 6.0
"""Whole pictures' worth of changed area a second from which on it is a film."""
FILM_UNTIL = 2.0
"""… and below which it is none any more; between the two it stays what it was."""


class MotionMeter:
    """Adds up how much of a picture changed of late. Times are seconds on one monotonic clock."""

    def __init__(self) -> None:
        self._changes: deque[tuple[float, float]] = deque()
        self._is_film = False

    def note(self, now: float, part: float) -> bool:
        """Note a picture of which ``part`` (0 to 1) changed; return whether the source is like a film now."""
        self._changes.append((now, part))
        while self._changes[0][0] <= now - WINDOW_SECONDS:
            self._changes.popleft()
        whole = sum(change for _, change in self._changes)
        self._is_film = whole >= (FILM_UNTIL if self._is_film else FILM_FROM)
        return self._is_film
