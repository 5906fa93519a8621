"""One action for each verb, pressed in the tray's menu, in the panel or by its key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from capture.privacy.blanking import Blanking
from gui.core.controller import BLANKED, PAUSED
from gui.core.state import AppState
from gui.desktop.tray import Tray
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons


@pytest.mark.parametrize(
    ("phase", "blanking", "possible"),
    [
        ("idle", None, ["Start sharing", "Pause", "Blank everything"]),
        ("starting", None, ["Pause", "Blank everything"]),
        ("sharing", None, ["Stop sharing", "Pause", "Blank everything", "Copy link"]),
        ("sharing", PAUSED, ["Stop sharing", "Blank everything", "Resume", "Copy link"]),
        ("sharing", BLANKED, ["Stop sharing", "Resume", "Copy link"]),
        ("stopping", BLANKED, ["Resume"]),
    ],
)
def test_what_is_possible_follows_from_the_state(
    icons: Icons, phase: str, blanking: Blanking | None, possible: list[str]
) -> None:
    verbs = Verbs(icons)
    verbs.show_state(AppState(phase=phase, blanking=blanking))
    offered = (verbs.start_stop, verbs.pause, verbs.blank, verbs.go_on, verbs.copy)

    assert [verb.text() for verb in offered if verb.isVisible() and verb.isEnabled()] == possible
    assert verbs.quit.isEnabled()
    assert verbs.open.isEnabled()


def test_entry_button_and_key_are_one(qtbot: QtBot, icons: Icons) -> None:
    verbs = Verbs(icons)
    tray, panel = Tray(icons, verbs), Panel(icons, verbs)
    qtbot.addWidget(panel)
    state = AppState(phase="sharing", url="http://localhost:8080")
    for part in (verbs, tray, panel):
        part.show_state(state)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    for verb, button, key in (
        (verbs.start_stop, panel.sharing.start_stop, Qt.Key.Key_Return),
        (verbs.pause, panel.blanking_buttons.pause, Qt.Key.Key_P),
        (verbs.blank, panel.blanking_buttons.blank, Qt.Key.Key_B),
        (verbs.copy, panel.sharing.copy, None),
    ):
        heard = QSignalSpy(verb.triggered)
        next(action for action in tray.menu.actions() if action is verb).trigger()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        if key is not None:
            qtbot.keyClick(panel, key, Qt.KeyboardModifier.ControlModifier)
        assert heard.count() == (2 if key is None else 3), verb.text()


def test_the_trays_menu_names_no_key_that_does_nothing_there(icons: Icons) -> None:
    tray = Tray(icons, Verbs(icons))

    assert [action.text() for action in tray.menu.actions() if not action.shortcut().isEmpty()] == []
