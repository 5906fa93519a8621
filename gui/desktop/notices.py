"""What the person hears of while the panel is out of sight: beside the tray's icon or, on desktops without a tray, as a
notice of the desktop's own. Each kind can be switched off."""

from __future__ import annotations

from collections.abc import Callable

from gui.core.notice_kinds import Kind, is_wanted
from gui.core.settings import Settings
from gui.desktop.notification_service import DesktopNotices
from gui.desktop.tray import Tray


class Notices:
    """Says what is wanted, where it is seen. Loop only."""

    def __init__(
        self, tray: Tray, settings: Callable[[], Settings], pressed: Callable[[str], None], address: str | None = None
    ) -> None:
        """``settings()`` returns those in force; ``pressed`` gets the kind of a desktop's notice that was pressed;
        ``address`` is the bus, else the session's."""
        self._tray = tray
        self._settings = settings
        self._desktop = DesktopNotices(pressed, address)

    def say(self, kind: Kind, title: str, words: str) -> None:
        """Say something, unless notices of this kind are switched off."""
        if not is_wanted(kind, self._settings()):
            return
        if self._tray.is_there:
            self._tray.say(title, words)
        else:
            self._desktop.say(kind, title, words, urgent=kind == "questions")

    def withdraw(self, kind: Kind) -> None:
        """Take a notice away that is no longer so."""
        self._desktop.withdraw(kind)

    async def close(self) -> None:
        """Say nothing any more."""
        await self._desktop.close()
