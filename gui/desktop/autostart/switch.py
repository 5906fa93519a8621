"""The switch in a menu, which shows what the system will do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from capture.platforms.system import family
from gui.desktop.autostart.contract import Autostart, AutostartError, options_for, own_program
from resources.translate import N_, _

WORDS = N_("Start with the system")


def make_autostart(folder: Path | None = None) -> Autostart | None:
    """Return this system's way, None where there is none; ``folder`` is the settings folder that was asked for."""
    options = options_for(folder)
    match family():
        case "linux":
            from gui.desktop.autostart.xdg import XdgAutostart

            return XdgAutostart(own_program(), options=options)
        case "windows":
            from gui.desktop.autostart.windows import OwnRegistry, RunKey

            return RunKey(own_program(), OwnRegistry(), options)
        case "macos":
            from gui.desktop.autostart.macos import LaunchAgent

            return LaunchAgent(own_program(), options=options)
        case "other":
            return None


class AutostartSwitch:
    """Keeps ``action`` as the system has it, each time ``menu`` opens, and does what it asks for. Loop only."""

    def __init__(self, action: QAction, menu: QMenu, tell: Callable[[str], None], autostart: Autostart | None) -> None:
        """``tell(sentence)`` says what was not possible; ``autostart`` is the system's way, None where it has none."""
        self._action = action
        self._tell = tell
        self._autostart = autostart
        action.setCheckable(True)
        action.setVisible(self._autostart is not None)
        action.triggered.connect(self._switch)
        menu.aboutToShow.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show how it is now."""
        if self._autostart is not None:
            state = self._autostart.state()
            self._action.setChecked(state.is_on)
            self._action.setText(f"{_(WORDS)} ({state.note})" if state.note else _(WORDS))

    def _switch(self, wanted: bool) -> None:
        autostart = self._autostart
        if autostart is not None:
            attempt(lambda: autostart.switch(wanted), self._tell)
        self.refresh()


def attempt(act: Callable[[], None], tell: Callable[[str], None]) -> None:
    """Do something with the system's entry; ``tell(sentence)`` says what was not possible."""
    try:
        act()
    except AutostartError as error:
        tell(error.message)
