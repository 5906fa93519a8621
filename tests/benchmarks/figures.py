"""Figures made of what was seen: quantiles, and when which picture was shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.barcode import newest_before

LONGEST_SECONDS = 5.0
"""No delay beyond this is looked for."""
SLACK_SECONDS = 0.005
"""By how much a painter's and a viewer's clock may differ."""


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of all do not exceed; nan when there are none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a viewer saw of pictures that were painted meanwhile.

    Attributes:
        fps: different pictures a second that it showed whole.
        delays: seconds from the paint to the picture's being whole there, one for each that was shown.
        painted: how many were painted in that time.
    """

    fps: float
    delays: tuple[float, ...]
    painted: int

    @property
    def median_ms(self) -> float:
        """Return the middle delay in milliseconds."""
        return quantile(self.delays, 0.5) * 1000

    @property
    def p95_ms(self) -> float:
        """Return the delay that 95 of 100 do not exceed, in milliseconds."""
        return quantile(self.delays, 0.95) * 1000


def seen_between(
    begin: float, end: float, painted: Mapping[int, float], sightings: Iterable[tuple[int, int, float]], bits: int
) -> Seen:
    """Return what was seen of the pictures painted from ``begin`` until ``end``.

    Args:
        painted: when each picture was painted, by its count.
        sightings: (strip, number, when) each time that a strip began to show another number.
        bits: after how many the strips' numbers start anew.
    """
    firsts: dict[int, dict[int, float]] = {}
    order = sorted(painted)
    at = 0
    strips: set[int] = set()
    for strip, number, when in sorted(sightings, key=lambda sighting: sighting[2]):
        strips.add(strip)
        while at + 1 < len(order) and painted[order[at + 1]] <= when + SLACK_SECONDS:
            at += 1
        if order and painted[order[at]] <= when + SLACK_SECONDS:
            count = newest_before(number, order[at], bits)
            if count in painted:
                firsts.setdefault(count, {}).setdefault(strip, when)
    meanwhile = [count for count in order if begin <= painted[count] < end]
    whole = [count for count in meanwhile if len(firsts.get(count, {})) == len(strips)]
    delays = [max(firsts[count].values()) - painted[count] for count in whole]
    kept = tuple(delay for delay in delays if delay < LONGEST_SECONDS)
    return Seen(len(kept) / (end - begin), kept, len(meanwhile))


def ages(begin: float, end: float, painted: Mapping[int, float], shown: Sequence[tuple[int, float]]) -> list[float]:
    """Return how long ago the picture was painted that a viewer showed, looked at every ten milliseconds.

    ``shown`` are (count, since when), in order.
    """
    found = []
    for (count, since), (_, until) in zip(shown, [*shown[1:], (0, end)], strict=True):
        moment = max(since, begin)
        while moment < min(until, end):
            found.append(moment - painted[count])
            moment += 0.01
    return found


def psnr(picture: object, source: object) -> float:
    """Return the likeness of two pictures in dB, infinite when they are identical, 0 when their sizes differ."""
    import numpy as np

    one, two = np.asarray(picture, dtype=np.int16), np.asarray(source, dtype=np.int16)
    if one.shape != two.shape:
        return 0.0
    error = float(np.square(one - two, dtype=np.int32).mean())
    return math.inf if error == 0 else 10 * math.log10(255 * 255 / error)
