"""What follows the start of the program: sharing begins by itself, at once or on chosen networks, if so chosen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from gui.core.controller import Controller
from gui.core.state import Message
from gui.settings.checks import is_within
from resources.translate import _
from server.net.interfaces import Interface, interfaces

LOOK_SECONDS = 5.0
"""A network is often there only some time after the person has logged in."""
SUBJECT = "after start"


class AfterStart:
    """Has sharing begin, once, from `open` to `close`. Loop only."""

    def __init__(
        self,
        controller: Controller,
        list_interfaces: Callable[[], Iterable[Interface]] = interfaces,
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        self._controller = controller
        self._list_interfaces = list_interfaces
        self._look_seconds = look_seconds
        self._timer: asyncio.TimerHandle | None = None

    def open(self, *, has_crashed: bool = False) -> None:
        """Begin sharing, or wait for a chosen network; not after a crash, which sharing may have brought about."""
        settings = self._controller.settings
        if settings.after_start == "nothing" or not settings.shared:
            return
        if has_crashed:
            words = _("Sharing did not start by itself, because Panecast did not end properly last time.")
            self._controller.tell(Message(SUBJECT, words, "notice", _("Start sharing"), self._begin))
        elif settings.after_start == "share":
            self._begin()
        else:
            self._look()

    def close(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._controller.dismiss(SUBJECT)

    def _begin(self) -> None:
        self._controller.dismiss(SUBJECT)
        self._controller.share_again()

    def _look(self) -> None:
        is_waiting, self._timer = self._timer is not None, None
        settings = self._controller.settings
        if settings.after_start != "networks" or self._controller.state.phase != "idle":
            self._controller.dismiss(SUBJECT)  # the person was quicker, or thinks otherwise
            return
        chosen = settings.start_networks
        if any(is_within(each.address, each.name, text) for each in self._list_interfaces() for text in chosen):
            self._begin()
            return
        if not is_waiting:
            words = _("Sharing starts by itself once this computer is on a network that you chose for it.")
            self._controller.tell(Message(SUBJECT, words, "notice", _("Start now"), self._begin))
        self._timer = asyncio.get_running_loop().call_later(self._look_seconds, self._look)
