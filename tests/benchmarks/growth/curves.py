"""A cost at several sizes of something, and how it grows with it."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """What was measured at several sizes.

    Attributes:
        panel: what grows; curves of one panel are drawn into one picture.
        name: what is measured.
        points: (size, percent of a core), in order.
    """

    panel: str
    name: str
    points: tuple[tuple[float, float], ...]

    @property
    def exponent(self) -> float:
        """Return b of the law a·x**b that fits best; 1: twice as much costs twice as much, 0: it costs no more."""
        return _slope(self.points)

    @property
    def last_exponent(self) -> float:
        """Return the same between the last two points, where what is always there weighs least."""
        return _slope(self.points[-2:])


def _slope(points: tuple[tuple[float, float], ...]) -> float:
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len(logs) < 2:
        return math.nan
    middle_x, middle_y = (sum(values) / len(logs) for values in zip(*logs, strict=True))
    above = sum((x - middle_x) * (y - middle_y) for x, y in logs)
    below = sum((x - middle_x) ** 2 for x, _ in logs)
    return above / below if below else math.nan
