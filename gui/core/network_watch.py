"""Looks, while pictures are shared with a network, whether this computer is still reached there as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gui.core.controller import Controller
from server.errors import MOVED
from server.net.address_news import AddressNews

LOOK_SECONDS = 4.0
"""Some systems tell of no change. Listing the addresses takes less than a millisecond; timers may be a bit late."""


class NetworkWatch:
    """Has the controller listen anew when ``has_moved`` says so; looks at nothing while nothing is shared.

    It looks when the system tells of a change, and from time to time. Loop only.
    """

    def __init__(self, controller: Controller, has_moved: Callable[[], bool], seconds: float = LOOK_SECONDS) -> None:
        self._controller = controller
        self._has_moved = has_moved
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self._news = AddressNews(self._look)
        controller.subscribe(self._adapt)
        controller.subscribe_settings(self._adapt)

    def close(self) -> None:
        """Look no more."""
        self._news.close()
        self._stop_timer()

    def _adapt(self) -> None:
        if not self._is_wanted():
            self.close()
        elif self._timer is None:
            self._news.open()
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def _is_wanted(self) -> bool:
        return self._controller.state.is_sharing and self._controller.settings.mode == "network"

    def _look(self) -> None:
        self._stop_timer()
        if self._has_moved():
            self._controller.listen_anew(MOVED)
        self._adapt()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
