"""Whose work is done next: parties take turns, and the one that has had least of late comes first. Pure."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

HALF_LIFE_SECONDS = 1.0
"""After so long what somebody has had counts half: nobody pays for long ago, and nobody saves up."""
LEAST_SECONDS = 1e-4
"""Less than this is forgotten."""


@dataclass(frozen=True, slots=True)
class Party:
    """On whose behalf something is done.

    Attributes:
        crowd: where they come from, such as an address; crowds take turns first, then those within one. One that
            comes as many devices has no more turns than as one.
        name: which of them.
    """

    crowd: str = ""
    name: str = ""


class Turns(Generic[T]):
    """Things to be done, each for one or more parties. One thread at a time.

    Attributes:
        parties: those for whom something waits.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` counts seconds steadily."""
        self.parties: dict[Party, deque[T]] = {}
        self._now = now
        self._had: dict[Hashable, tuple[float, float]] = {}

    def put(self, thing: T, party: Party) -> None:
        """Have ``thing`` done when it is that party's turn, behind what waits for it already."""
        self.parties.setdefault(party, deque()).append(thing)

    def remove(self, thing: T) -> None:
        """Leave it undone."""
        for party, waiting in tuple(self.parties.items()):
            if thing in waiting:
                self.parties[party] = left = deque(each for each in waiting if each != thing)
                if not left:
                    del self.parties[party]

    def take(self, may_have: Callable[[Party], bool] | None = None) -> tuple[T, Party] | None:
        """Return what is to be done next, and for whom, None for nothing.

        ``may_have`` tells which parties may have a turn now; without it, all.
        """
        now = self._now()
        able = [party for party in self.parties if may_have is None or may_have(party)]
        if not able:
            return None
        party = min(able, key=lambda each: (self._has_had(each.crowd, now), self._has_had(each, now)))
        thing = self.parties[party][0]
        self.remove(thing)
        return thing, party

    def charge(self, party: Party, seconds: float) -> None:
        """Note that so much was done for a party."""
        now = self._now()
        if len(self._had) > 2 * len(self.parties) + 64:
            self._had = {key: had for key, had in self._had.items() if self._has_had(key, now) > LEAST_SECONDS}
        for key in (party.crowd, party):
            self._had[key] = (self._has_had(key, now) + seconds, now)

    def _has_had(self, key: Hashable, now: float) -> float:
        seconds, at = self._had.get(key, (0.0, now))
        return seconds * math.exp2((at - now) / HALF_LIFE_SECONDS)
