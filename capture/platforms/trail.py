"""Places that a window has left which must not be seen: they stay covered for a while."""

from __future__ import annotations

from dataclasses import dataclass

from capture.picture.pixels import Rect, enclosing

LINGER = 2.0
"""Seconds for which a place stays covered that a window has left: what was beneath it may not have painted itself
again on a busy computer, and a compositing manager may still be fading the window out."""
LONGEST_TRAIL = 12
"""Places of a moved window that are remembered one by one; older ones are joined."""


@dataclass(frozen=True, slots=True)
class Left:
    """A place that was left at some moment; ``is_sure``: by a window that must not be seen, not only perhaps by one."""

    at: float
    rect: Rect
    is_sure: bool = True


def remember(trail: list[Left], left: Left) -> None:
    """Add to a trail, in the order of time, and keep it short."""
    trail.append(left)
    if len(trail) > LONGEST_TRAIL:
        trail[:2] = [_joined(*trail[:2])]


def _joined(one: Left, other: Left) -> Left:
    """Return what covers both places until both may be seen."""
    return Left(max(one.at, other.at), enclosing((one.rect, other.rect)), one.is_sure or other.is_sure)
