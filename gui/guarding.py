"""Holds the settings that keep things private to: what is never shown, titles, the lock. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable

from capture.hub import Hub
from capture.lock_curtain import LockCurtain
from capture.never_shown import STARTING_LIST, Guard, NeverShown
from gui.controller import Controller
from gui.settings import Settings


def rules_of(settings: Settings) -> NeverShown:
    """Return what is never shown by ``settings``."""
    kept = tuple(program for program in STARTING_LIST if program not in settings.shown_anyway)
    return NeverShown(kept + settings.never_shown)


class Guarding:
    """Follows the settings and the session's lock from `open` to `close`. Loop only."""

    def __init__(
        self,
        controller: Controller,
        guard: Guard,
        hub: Hub,
        hide_titles: Callable[[bool], None],
        bus: str | None = None,
    ) -> None:
        """``hide_titles`` has titles kept from viewers, or not; ``bus`` is where the lock is told of, else the
        system's."""
        self._controller = controller
        self._guard = guard
        self._hide_titles = hide_titles
        self._lock = LockCurtain(hub, controller.settings.when_locked, controller.refresh, bus)
        self._unfollow = guard.subscribe(hub.look_again)
        self._hold()

    def open(self) -> None:
        """Begin."""
        self._controller.subscribe_settings(self._hold)
        self._lock.start()

    async def close(self) -> None:
        """End it; what is drawn stays drawn."""
        self._unfollow()
        await self._lock.stop()

    def _hold(self) -> None:
        settings = self._controller.settings
        self._guard.set_rules(rules_of(settings))
        self._hide_titles(settings.hide_titles)
        self._lock.set_rule(settings.when_locked)
