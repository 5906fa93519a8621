"""At which setting one server's pictures are as good as another's: found by trying, few times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CLOSE = 0.25
"""Decibels of similarity within which two servers' pictures are equally good: less than one step of a video's CRF."""
TRIES = 4


@dataclass(frozen=True, slots=True)
class Knob:
    """A setting that trades bytes for quality.

    Attributes:
        name: what it is called.
        usual: its value as it comes.
        low, high: the values between which is looked.
        slope: decibels of similarity that one more of it gives at a guess, for the first step.
    """

    name: str
    usual: int
    low: int
    high: int
    slope: float


CRF = Knob("crf", 25, 8, 40, -0.4)
QUALITY = Knob("quality", 80, 10, 100, 0.12)


def equal_value(knob: Knob, known: float, wanted: float, measure: Callable[[int], float | None]) -> int:
    """Return the value at which the quality is ``wanted`` (dB), or as close as a few tries come.

    Args:
        known: the quality at the usual value.
        measure: returns the quality at a value, None when it could not be seen.
    """
    tried = {knob.usual: known}
    slope = knob.slope
    for _ in range(TRIES):
        nearest = min(tried, key=lambda value: abs(tried[value] - wanted))
        value = min(max(round(nearest + (wanted - tried[nearest]) / slope), knob.low), knob.high)
        if value in tried or abs(tried[nearest] - wanted) <= CLOSE:
            return nearest
        measured = measure(value)
        if measured is None:
            return nearest
        tried[value] = measured
        steeper = (measured - tried[nearest]) / (value - nearest)
        # What noise has turned around says nothing of the direction.
        slope = steeper if steeper * knob.slope > 0 else knob.slope
    return min(tried, key=lambda value: abs(tried[value] - wanted))
