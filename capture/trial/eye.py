"""Looks at one source by one technique, as a feed would, and knows what it has seen."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from capture.picture.frame import Take
from capture.platforms.contract import Backend, Wake
from capture.platforms.waiting import Bell
from capture.source import State
from capture.trial.code import Reading, readings

LOOK_SECONDS = 0.1
"""How long one wait may last, so that also what nobody tells is seen."""
ENOUGH_PICTURES = 12


class Eye:
    """Looks by ``backend``, from `open` to `close`. All of it may raise what a `Backend` raises.

    Attributes:
        backend: what it looks by.
        state: as of the last take.
        own: what the last picture held of the window ``which``, None before there was any.
        has_damage: the last take of a picture said where something may have changed.
    """

    def __init__(self, backend: Backend, which: int) -> None:
        self.backend = backend
        self._which = which
        self._bell = Bell()
        self.state: State = "waiting"
        self.own: Reading | None = None
        self.has_damage = False
        self._has_begun = False
        self._costs: list[float] = []

    def open(self) -> None:
        """Begin."""
        self.backend.open()

    @property
    def milliseconds(self) -> float | None:
        """Return the median of what a changed picture took, None before there were any."""
        return statistics.median(self._costs) * 1000 if self._costs else None

    @property
    def has_enough(self) -> bool:
        """Tell whether as many pictures were taken as a figure needs."""
        return len(self._costs) >= ENOUGH_PICTURES

    def wait(self, seconds: float) -> Wake:
        """Wait as a feed does."""
        return self.backend.wait(seconds, self._bell.descriptor)

    def look(self) -> Take:
        """Take a picture now."""
        begun = time.perf_counter()
        take = self.backend.take(False)
        cost = time.perf_counter() - begun
        self.state = take.condition.state
        if take.pixels is not None:
            if self._has_begun:
                self._costs.append(cost)
            self._has_begun = True  # much is made ready in the first one
            self.has_damage = take.damage is not None
            self.own = next((each for each in readings(take.pixels) if each.which == self._which), None)
        return take

    def until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Look until ``true()`` holds; tell whether it did in time."""
        deadline = time.monotonic() + seconds
        while True:
            self.look()
            if true():
                return True
            if time.monotonic() >= deadline:
                return False
            self.wait(LOOK_SECONDS)

    def shows(self, *, after: int = -1, size: tuple[int, int] | None = None) -> bool:
        """Tell whether the last picture is exact, of a later step than ``after``, and not of ``size``."""
        own = self.own
        if self.state != "live" or own is None or not own.is_exact or own.step <= after:
            return False
        return size is None or (own.place.width, own.place.height) != size

    def close(self) -> None:
        """Give everything back."""
        self.backend.close()
        self._bell.close()
