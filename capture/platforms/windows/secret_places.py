"""Where pictures of the screen are painted over: places of windows that must not be seen, and those they have left.

Windows tells nobody in order what happens on the screen. So it is looked before a picture is taken and behind it; what
lies between two looks counts as covered as well, and while Windows moves such a window by itself (it shrinks
into the task bar, grows out of it, fades in) there are no pictures at all.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from capture.picture.pixels import Rect, enclosing
from capture.platforms.trail import LINGER, Left, remember

MOVING_SECONDS = 0.5
"""How long Windows takes to show that a window is opened, closed, minimised or restored: 0.25 s, and room."""


class SecretPlaces:
    """Knows of nothing but what `note` is told; times are those of the monotonic clock."""

    def __init__(self) -> None:
        self._there: Mapping[int, Rect] | None = None
        self._moving: frozenset[int] = frozenset()
        self._trail: list[Left] = []
        self._settles_at = float("-inf")

    def note(self, there: Mapping[int, Rect], now: float, *, calm: Container[int] = (), has_moved: bool = True) -> bool:
        """Take in where such windows are ``now``, by their handles; tell whether anything is different, or new.

        For those in ``calm`` it does to cover them where they are: what they may show while they move is no secret.
        Without ``has_moved`` others may be among them because other ones must not be seen now, and all lie still.
        """
        before, self._there = self._there, dict(there)
        last, self._moving = self._moving, frozenset(window for window in there if window not in calm)
        # Before the first look one may have begun to move.
        if self._moving != last and has_moved:
            self._settles_at = now + MOVING_SECONDS
        for window, rect in (before or {}).items():
            here = there.get(window)
            if here is None:
                remember(self._trail, Left(now, rect))
            elif here != rect:
                # It has been on all of the way.
                remember(self._trail, Left(now, enclosing((rect, here))))
        return before != there

    def settles_in(self, now: float) -> float:
        """Return for how many seconds such a window may be anywhere yet; 0 for not at all."""
        return max(0.0, self._settles_at - now)

    def rects(self, since: float) -> tuple[Rect, ...]:
        """Return what must not be seen of a picture that was begun at ``since``."""
        self._trail = [left for left in self._trail if left.at >= since - LINGER]
        return tuple(dict.fromkeys((*(self._there or {}).values(), *(left.rect for left in self._trail))))
