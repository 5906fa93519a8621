"""Panel and tray say without doubt that viewers see nothing, and offer the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from capture.privacy.blanking import Blanking
from capture.reasons import COMPUTER_LOCKED
from capture.source import Source
from gui.core.controller import BLANKED, PAUSED
from gui.core.state import AppState, SourceState
from gui.desktop.tray import Tray
from gui.panel.window import Panel
from gui.verbs import Verbs
from gui.widgets.icons import Icons


@pytest.fixture
def sharing(window: Callable[..., Source]) -> AppState:
    return AppState(phase="sharing", url="http://localhost:8080", sources=(SourceState(window(1), shared=True),))


@pytest.fixture
def verbs(icons: Icons) -> Verbs:
    return Verbs(icons)


@pytest.fixture
def panel(qtbot: QtBot, icons: Icons, verbs: Verbs) -> Panel:
    made = Panel(icons, verbs)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize(
    ("blanking", "headline"),
    [
        (BLANKED, "Blanked"),
        (PAUSED, "Paused"),
    ],
)
def test_panel_says_so_and_one_button_goes_on(
    panel: Panel, verbs: Verbs, qtbot: QtBot, sharing: AppState, blanking: Blanking, headline: str
) -> None:
    panel.show_state(sharing)
    assert panel.blanking_buttons.isVisible()
    assert not panel.blanking_strip.isVisible()
    panel.show_state(replace(sharing, blanking=blanking))
    wishes = QSignalSpy(verbs.go_on.triggered)
    qtbot.mouseClick(panel.blanking_strip.go_on, Qt.MouseButton.LeftButton)

    assert panel.blanking_strip.accessibleName() == headline
    assert not panel.blanking_buttons.isVisible()
    assert wishes.count() == 1


def test_reason_that_is_not_the_persons_own_is_said(panel: Panel, sharing: AppState) -> None:
    panel.show_state(replace(sharing, blanking=Blanking("blanked", COMPUTER_LOCKED)))

    assert "The computer is locked." in panel.blanking_strip.reason.text()


def test_focus_stays_with_the_curtain(panel: Panel, qtbot: QtBot, sharing: AppState) -> None:
    panel.activateWindow()
    panel.show_state(sharing)
    panel.blanking_buttons.blank.setFocus()
    panel.show_state(replace(sharing, blanking=BLANKED))
    assert panel.focusWidget() is panel.blanking_strip.go_on
    panel.show_state(sharing)

    assert panel.focusWidget() is panel.blanking_buttons.blank


def test_keys_blank_pause_and_go_on(panel: Panel, verbs: Verbs, qtbot: QtBot, sharing: AppState) -> None:
    blanks, pauses, on = (QSignalSpy(verb.triggered) for verb in (verbs.blank, verbs.pause, verbs.go_on))
    counts = []
    for blanking in (None, PAUSED, BLANKED):
        verbs.show_state(replace(sharing, blanking=blanking))
        for key in (Qt.Key.Key_B, Qt.Key.Key_P):
            qtbot.keyClick(panel, key, Qt.KeyboardModifier.ControlModifier)
        counts.append((blanks.count(), pauses.count(), on.count()))

    assert counts == [(1, 1, 0), (1, 1, 2), (1, 1, 4)]


def test_tray_offers_what_is_possible(verbs: Verbs, qtbot: QtBot, icons: Icons, sharing: AppState) -> None:
    tray = Tray(icons, verbs)
    found = []
    for blanking in (None, PAUSED, BLANKED):
        verbs.show_state(replace(sharing, blanking=blanking))
        tray.show_state(replace(sharing, blanking=blanking))
        wanted = (verbs.pause, verbs.blank, verbs.go_on)
        found.append([action.text() for action in tray.menu.actions() if action in wanted and action.isVisible()])

    assert found == [["Pause", "Blank everything"], ["Blank everything", "Resume"], ["Resume"]]
    assert tray.icon.toolTip() == "Panecast: Blanked · 0 watching"


def test_trays_icon_has_a_bar_across_it(icons: Icons) -> None:
    def drawn(blanked: bool) -> QImage:
        return icons.tray(True, 0, "#000000", blanked=blanked).pixmap(22, 22).toImage()

    # The bar goes from corner to corner, where the mark itself leaves the stage empty.
    assert drawn(True).pixelColor(4, 4).alpha() > 200
    assert drawn(False).pixelColor(4, 4).alpha() < 50
