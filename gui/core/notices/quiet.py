"""No notices for a while: until when, and what has to be said when that is over. Knows no widget."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from gui.core.controller import Controller
from gui.core.settings import Settings

SECONDS = 3600


def is_quiet(settings: Settings, now: float) -> bool:
    """Tell whether no notice is wanted at ``now``; an end that is too far away is one of a clock that was wrong."""
    return now < settings.quiet_until <= now + SECONDS


class Quiet:
    """Begins and ends the quiet hour, and tells when it begins and ends. Loop only."""

    def __init__(self, controller: Controller, changed: Callable[[float], None]) -> None:
        """``changed`` gets when it ends, in seconds since 1970, 0 where notices are shown."""
        self._controller = controller
        self._changed = changed
        self._timer: asyncio.TimerHandle | None = None
        self._told: float | None = None

    def open(self) -> None:
        """Begin to follow."""
        self._controller.subscribe_settings(self._follow)
        self._follow()

    def toggle(self) -> None:
        """Be quiet for an hour, or no longer."""
        quiet = is_quiet(self._controller.settings, time.time())
        self._controller.remember(quiet_until=0 if quiet else int(time.time()) + SECONDS)

    def close(self) -> None:
        """Follow no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _follow(self) -> None:
        now = time.time()
        end = self._controller.settings.quiet_until if is_quiet(self._controller.settings, now) else 0
        self.close()
        if end:
            self._timer = asyncio.get_running_loop().call_later(end - now + 0.1, self._follow)
        if end != self._told:
            self._told = end
            self._changed(end)
