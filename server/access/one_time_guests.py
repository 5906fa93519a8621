"""Devices that were allowed once: they are forgotten when they have watched and are gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from server.access.devices import Devices

GONE_SECONDS = 20.0
"""How long such a device may be gone: a page that changes over to another source ends one watching before it begins the
next."""


class OneTimeGuests:
    """Follows who is watching, by `follow`, until `close`. Loop only."""

    def __init__(
        self, devices: Devices, watching: Callable[[], frozenset[str]], gone_seconds: float = GONE_SECONDS
    ) -> None:
        """``watching()`` returns the ids of devices that watch now; ``gone_seconds`` is how long one may be gone."""
        self._devices = devices
        self._watching = watching
        self._gone_seconds = gone_seconds
        self._seen: set[str] = set()
        self._leaving: dict[str, asyncio.TimerHandle] = {}

    def follow(self) -> None:
        """Take notice of who is watching now."""
        once = self._devices.once & self._devices.all.keys()
        if not once:
            return
        watching = self._watching()
        for device_id in once & watching:
            timer = self._leaving.pop(device_id, None)
            if timer is not None:
                timer.cancel()
            self._seen.add(device_id)
        for device_id in (once & self._seen) - watching - self._leaving.keys():
            loop = asyncio.get_running_loop()
            self._leaving[device_id] = loop.call_later(self._gone_seconds, self._forget, device_id)

    def close(self) -> None:
        """Forget nobody any more: with the program they are forgotten anyway."""
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()

    def _forget(self, device_id: str) -> None:
        self._leaving.pop(device_id, None)
        self._seen.discard(device_id)
        self._devices.forget(device_id)
