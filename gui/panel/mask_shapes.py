"""Masks under the hand: moving and sizing within the picture. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from capture.privacy.masks import Mask

SMALLEST = 0.02
"""Of the picture's width and height; smaller ones could not be taken hold of."""
UNKNOWN = (0, 0)
MIDDLE = Mask(0.25, 0.25, 0.75, 0.75)


@dataclass(frozen=True, slots=True)
class Grip:
    """Where a mask is held: each of ``x`` and ``y`` is -1 for the first edge, 1 for the other, 0 for neither.

    Held at neither, it is moved.
    """

    x: int = 0
    y: int = 0


def between(first: tuple[float, float], second: tuple[float, float], size: tuple[int, int] = UNKNOWN) -> Mask | None:
    """Return the mask between two corners, cut to the picture; None where nothing worth it lies between.

    ``size`` is the picture's, in device pixels.
    """
    left, right = (_within(value) for value in sorted((first[0], second[0])))
    top, bottom = (_within(value) for value in sorted((first[1], second[1])))
    if right - left < SMALLEST or bottom - top < SMALLEST:
        return None
    return Mask(left, top, right, bottom, *size)


def dragged(mask: Mask, grip: Grip, by_x: float, by_y: float) -> Mask:
    """Return ``mask`` after it was pulled at ``grip``; it stays in the picture and does not turn over."""
    left, right = _pulled(mask.left, mask.right, grip.x, by_x, moves=grip == Grip())
    top, bottom = _pulled(mask.top, mask.bottom, grip.y, by_y, moves=grip == Grip())
    return replace(mask, left=left, top=top, right=right, bottom=bottom)


def _pulled(low: float, high: float, edge: int, by: float, *, moves: bool) -> tuple[float, float]:
    if moves:
        by = min(max(by, -low), 1 - high)
        return _within(low + by), _within(high + by)
    if edge < 0:
        low = min(_within(low + by), max(0.0, high - SMALLEST))
    elif edge > 0:
        high = max(_within(high + by), min(1.0, low + SMALLEST))
    return low, high


def _within(value: float) -> float:
    return min(max(value, 0.0), 1.0)
