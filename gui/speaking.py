"""Which language the app speaks: the one of the settings, and at once another one when that is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gui.core.controller import Controller
from gui.desktop.language import QtWords
from gui.loop.turns import in_turns
from resources.translate import prefer


class Speaking:
    """Follows the setting. Loop only."""

    def __init__(self, controller: Controller) -> None:
        """The language holds from here on, for all that is made later."""
        self._controller = controller
        self._chosen = controller.settings.language
        self._qt = QtWords()
        self._speakers: tuple[Callable[[], None], ...] = ()
        self._qt.follow()
        controller.subscribe_settings(self._follow)

    def have(self, speakers: Iterable[Callable[[], None]]) -> None:
        """Have ``speakers`` called, in their order, when all that is shown is to be said in another language."""
        self._speakers = tuple(speakers)

    def _follow(self) -> None:
        chosen = self._controller.settings.language
        if chosen != self._chosen:
            self._chosen = chosen
            prefer(chosen, is_new=True)
            self._qt.follow()
            in_turns(self._speakers)
