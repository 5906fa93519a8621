"""Showing nothing new for a while, to nobody: by the wish of a person, or because the session is locked."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from capture import reasons
from capture.picture.pixels import Pixels
from capture.reason import NOTHING, Reason
from capture.source import Condition, Source

PLAIN = 0x262B33
"""The colour, calm and dark, of a picture that shows nothing."""
SOME_SIZE = (640, 360)
"""Of a source whose size nobody knows."""
MOST_PIXELS = 2_100_000
"""More are not filled: it happens on the loop, and shows nothing anyway."""


@dataclass(frozen=True, slots=True)
class Blanking:
    """The state that viewers get instead of new pictures; nothing is taken meanwhile.

    Attributes:
        state: ``paused``: the last picture stays. ``blanked``: a plain one takes its place.
        reason: why, for viewers.
    """

    state: Literal["paused", "blanked"]
    reason: Reason = NOTHING

    @property
    def condition(self) -> Condition:
        """Return how sources are behind it."""
        return Condition(self.state, self.reason)


PAUSED = Blanking("paused", reasons.PAUSED_BY_HOST)
BLANKED = Blanking("blanked", reasons.BLANKED_BY_HOST)


def strictest(blankings: Iterable[Blanking]) -> Blanking | None:
    """Return the one that holds when several are drawn: one that blanks before one that pauses, None for none."""
    drawn = tuple(blankings)
    blanked = (blanking for blanking in drawn if blanking.state == "blanked")
    return next(blanked, drawn[0] if drawn else None)


def plain_picture(source: Source, like: Pixels | None) -> Pixels:
    """Return a picture of one colour, shaped like the last one or the source."""
    width, height = (source.width, source.height) if like is None else (like.shape[1], like.shape[0])
    if width <= 0 or height <= 0:
        width, height = SOME_SIZE
    step = max(1, math.ceil(math.sqrt(width * height / MOST_PIXELS)))
    words = np.full((max(1, height // step), max(1, width // step), 1), PLAIN, dtype=np.uint32)
    return words.view(np.uint8)
