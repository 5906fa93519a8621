"""The app is never out of reach: there is an icon in the tray, or else the panel in the task bar."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from gui.desktop.tray import Tray
from gui.desktop.tray_hosts import TrayHosts, are_asked
from resources.translate import _

WAIT_SECONDS = 60.0
"""How long a start with the system waits for a tray, which desktops may bring late."""


class Presence:
    """Opens the panel at the start, and minimised whenever it is hidden and nobody shows the icon. Loop only."""

    def __init__(
        self,
        tray: Tray,
        panel: Callable[[], QWidget],
        lost: Callable[[], None],
        found: Callable[[], None],
        address: str | None = None,
    ) -> None:
        """``panel()`` returns the panel, made when it is first wanted.

        ``lost()`` tells that there is no tray, ``found()`` that there is one; ``address`` is the session's bus.
        """
        self._tray = tray
        self._panel = panel
        self._lost = lost
        self._found = found
        self._hosts = TrayHosts(self._follow, address) if are_asked() else None
        self._waiting: asyncio.TimerHandle | None = None
        self._is_stand_in = False
        """The panel is minimised in place of the icon, not by the person."""

    def open(self, *, is_quiet: bool, waits: bool, seconds: float = WAIT_SECONDS) -> None:
        """Show the icon and, unless ``is_quiet``, the panel.

        A quiet start that ``waits`` stays out of sight for so many seconds where there is no tray yet.
        """
        self._tray.show()
        if not is_quiet:
            self._panel().show()
        elif waits:
            self._waiting = asyncio.get_running_loop().call_later(seconds, self._give_up)
        if self._hosts is None:
            self._settle()
        else:
            self._hosts.start()

    async def close(self) -> None:
        """Look after it no longer."""
        self._stop_waiting()
        if self._hosts is not None:
            await self._hosts.close()

    def _follow(self) -> None:
        assert self._hosts is not None
        self._tray.host_is(self._hosts.kind)
        self._settle()

    def _give_up(self) -> None:
        self._waiting = None
        self._settle()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _settle(self) -> None:
        if self._tray.is_there:
            self._stop_waiting()
            if self._is_stand_in and self._panel().isMinimized():
                self._panel().hide()
            self._is_stand_in = False
            self._found()
        elif self._waiting is None:
            if not self._panel().isVisible():
                self._is_stand_in = True
                self._panel().showMinimized()
            if self._hosts is not None:
                self._lost()


def advice() -> str:
    """Return what is said where there is no tray: what would bring one."""
    if "GNOME" in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"):
        return _(
            "This desktop has no place for a tray icon, so this window stays in the task bar. "
            "On GNOME, the extension “AppIndicator and KStatusNotifierItem Support” adds one."
        )
    return _(
        "This desktop has no place for a tray icon, so this window stays in the task bar. "
        "Add a system tray, also called notification area or status tray, to the desktop's panel to get one."
    )
