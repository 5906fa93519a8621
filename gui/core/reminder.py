"""Reminds the person that others are still watching this computer. Knows no widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gui.core.state import AppState, counted

MINUTE = 60.0
MOST_NAMED = 3


class Reminder:
    """Speaks up after each so many minutes of sharing, with one timer and no ticking. Loop only."""

    def __init__(self, remind: Callable[[str, str], None]) -> None:
        """``remind`` gets a title and what is shared, in words."""
        self._remind = remind
        self._minutes = 0
        self._begun: float | None = None
        self._times = 0
        self._timer: asyncio.TimerHandle | None = None
        self._state = AppState()

    def follow(self, state: AppState, minutes: int) -> None:
        """Take notice of how things are, and of how often to speak up; 0 is never."""
        self._state = state
        if (state.is_sharing, minutes) == (self._begun is not None, self._minutes):
            return
        self._minutes = minutes
        self.close()
        if not state.is_sharing:
            self._begun = None
            return
        loop = asyncio.get_running_loop()
        if self._begun is None:
            self._begun = loop.time()
        if minutes:
            self._times = int((loop.time() - self._begun) / (minutes * MINUTE))
            self._wait(loop)

    def close(self) -> None:
        """Say nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self._begun is not None
        self._timer = loop.call_at(self._begun + (self._times + 1) * self._minutes * MINUTE, self._speak, loop)

    def _speak(self, loop: asyncio.AbstractEventLoop) -> None:
        assert self._begun is not None
        # Coarse timers may be early.
        if loop.time() - self._begun >= (self._times + 1) * self._minutes * MINUTE - 0.01:
            self._times += 1
            self._remind(f"You have been sharing for {lasting(self._times * self._minutes)}", shown_by(self._state))
        self._wait(loop)


def lasting(minutes: int) -> str:
    """Return ``30 minutes``, ``1 hour``, ``2 hours``, ``1 hour 30 minutes``."""
    hours, rest = divmod(minutes, 60)
    return " ".join(counted(count, noun) for count, noun in ((hours, "hour"), (rest, "minute")) if count)


def shown_by(state: AppState) -> str:
    """Return what is shared, and to how many, in one sentence."""
    titles = [row.title for row in state.shared]
    named = ", ".join(titles[:MOST_NAMED]) or "Nothing"
    more = f" and {counted(len(titles) - MOST_NAMED, 'more source')}" if len(titles) > MOST_NAMED else ""
    return f"{named}{more}. {len(state.viewers) or 'Nobody'} watching now."
