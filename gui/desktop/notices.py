"""What the person hears of while the panel is out of sight: beside the tray's icon or, on desktops without a tray, as a
notice of the desktop's own. Each kind can be switched off, all of them for an hour, or while viewers would see them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from gui.core.notices.kinds import Kind, Notice, is_wanted, joined
from gui.core.notices.quiet import is_quiet
from gui.core.settings import Settings
from gui.desktop.notification_service import DesktopNotices
from gui.desktop.tray import Tray

GATHER_SECONDS = 3.0
"""What follows a notice within so long becomes one with what else does."""


class Notices:
    """Says what is wanted, where it is seen. Loop only."""

    def __init__(
        self,
        tray: Tray,
        settings: Callable[[], Settings],
        pressed: Callable[[str], None],
        address: str | None = None,
        *,
        is_screen_shared: Callable[[], bool] = lambda: False,
        gather_seconds: float = GATHER_SECONDS,
    ) -> None:
        """``settings()`` returns those in force; ``pressed`` gets the kind of a desktop's notice that was pressed;
        ``address`` is the bus, else the session's; ``is_screen_shared()`` tells whether viewers would see a notice;
        with ``gather_seconds`` of 0 nothing is gathered."""
        self._tray = tray
        self._settings = settings
        self._desktop = DesktopNotices(pressed, address)
        self._is_screen_shared = is_screen_shared
        self._gather_seconds = gather_seconds
        self._gathered: list[Notice] = []
        self._timer: asyncio.TimerHandle | None = None

    def say(self, kind: Kind, title: str, words: str) -> None:
        """Say something, at once or together with what else comes now, unless it is not wanted."""
        if not self._is_wanted(kind):
            return
        if self._timer is None:
            self._show(Notice(kind, title, words))
            if self._gather_seconds:
                self._timer = asyncio.get_running_loop().call_later(self._gather_seconds, self._show_gathered)
        else:
            self._gathered.append(Notice(kind, title, words))

    def withdraw(self, kind: Kind) -> None:
        """Take a notice away that is no longer so."""
        self._gathered = [notice for notice in self._gathered if notice.kind != kind]
        self._desktop.withdraw(kind)

    async def close(self) -> None:
        """Say nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        await self._desktop.close()

    def _is_wanted(self, kind: Kind) -> bool:
        settings = self._settings()
        if is_quiet(settings, time.time()) or (settings.hides_notices and self._is_screen_shared()):
            return False
        return is_wanted(kind, settings)

    def _show_gathered(self) -> None:
        self._timer = None
        notices = [notice for notice in self._gathered if self._is_wanted(notice.kind)]
        self._gathered = []
        if notices:
            self._show(joined(notices))
            self._timer = asyncio.get_running_loop().call_later(self._gather_seconds, self._show_gathered)

    def _show(self, notice: Notice) -> None:
        if self._tray.is_there:
            self._tray.say(notice.title, notice.words)
        else:
            self._desktop.say(notice.kind, notice.title, notice.words, urgent=notice.kind == "questions")
