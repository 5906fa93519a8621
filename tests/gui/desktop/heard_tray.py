"""A tray of which a test hears what it says."""

from __future__ import annotations

from gui.desktop.tray import Tray
from gui.verbs import Verbs
from gui.widgets.icons import Icons


class HeardTray(Tray):
    """Keeps what it says.

    Attributes:
        said: title and words of each notice.
    """

    is_there = True

    def __init__(self, icons: Icons) -> None:
        super().__init__(icons, Verbs(icons))
        self.said: list[tuple[str, str]] = []

    def say(self, title: str, words: str) -> None:
        self.said.append((title, words))
