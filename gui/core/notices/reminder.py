"""Reminds the person that others are still watching this computer. Knows no widget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gui.core.state import AppState
from resources.formats import and_more, lasting
from resources.translate import _, ngettext

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
            title = _("You have been sharing for {time}").format(time=lasting(self._times * self._minutes))
            self._remind(title, shown_by(self._state))
        self._wait(loop)


def shown_by(state: AppState) -> str:
    """Return what is shared, and to how many, in sentences."""
    titles = tuple(row.title for row in state.shared)
    named = and_more(titles, MOST_NAMED) if titles else _("Nothing")
    count = len(state.viewers)
    if not count:
        return _("{names}. No one is watching now.").format(names=named)
    return ngettext(
        "{names}. {count} viewer is watching now.", "{names}. {count} viewers are watching now.", count
    ).format(names=named, count=count)
