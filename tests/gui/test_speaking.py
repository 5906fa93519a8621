from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from gui.core.settings import Settings
from gui.desktop.language import QtWords
from gui.desktop.tray import Tray
from gui.panel.window import Panel
from gui.speaking import Speaking
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from resources import translate
from tests.gui import gallery_content as content
from tests.gui.wording import strange_words


class SettingsAlone:
    """The settings of a controller without anything else of it."""

    def __init__(self) -> None:
        self.settings = Settings()
        self._changed: list[Callable[[], None]] = []

    def subscribe_settings(self, changed: Callable[[], None]) -> None:
        self._changed.append(changed)

    def become(self, settings: Settings) -> None:
        self.settings = settings
        for changed in self._changed:
            changed()


@pytest.fixture(autouse=True)
def speaking_english(qtbot: QtBot) -> Iterator[None]:
    yield
    translate.prefer("en", is_new=True)
    QtWords().follow()


@pytest.mark.parametrize("name", [name for name, _state, _access in content.STATES])
def test_panel_and_tray_say_all_of_it_anew(qtbot: QtBot, icons: Icons, name: str) -> None:
    # GIVEN a panel in English, in use
    state, access = next((state, access) for each, state, access in content.STATES if each == name)
    verbs = Verbs(icons)
    panel, tray = Panel(icons, verbs), Tray(icons, verbs)
    qtbot.addWidget(panel)
    for part in (verbs, panel, tray):
        part.show_state(state)
    panel.show_access(access)
    panel.show()

    # WHEN another language is chosen
    translate.use("qps")
    for part in (verbs, panel, tray):
        part.translate()

    # THEN no English word is left, but for what was said by the time
    said = content.DATA + ((content.MESSAGE.text, content.MESSAGE.action) if state.message else ()) + (access.hint,)
    data = tuple(filter(None, said))
    # Buttons of rows are other ones now; the old ones are gone a moment later.
    qtbot.waitUntil(lambda: not list(strange_words(panel, data)))
    assert list(strange_words(tray.menu, content.DATA)) == []


def test_setting_is_followed_at_once_and_in_turn(qtbot: QtBot) -> None:
    controller, heard = SettingsAlone(), list[str]()

    async def change() -> None:
        done = asyncio.Event()
        speaking = Speaking(controller)  # type: ignore[arg-type]
        speaking.have((lambda: heard.append(translate.language()), done.set))
        controller.become(Settings(language="de"))
        controller.become(Settings(language="de", fps=3))
        await done.wait()

    asyncio.run(change())

    assert heard == ["de"]
    # AND so do Qt's own words
    box = QMessageBox()
    qtbot.addWidget(box)
    assert box.addButton(QMessageBox.StandardButton.Cancel).text() == "Abbrechen"


def test_command_line_has_the_last_word_until_the_setting_changes() -> None:
    translate.insist("de")

    assert translate.prefer("en") == "de"
    assert translate.prefer("en", is_new=True) == "en"


def test_windows_are_mirrored_where_lines_run_to_the_left(qtbot: QtBot) -> None:
    words = QtWords()
    translate.use("qps-rtl")
    words.follow()
    assert QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft

    translate.use("de")
    words.follow()
    assert QApplication.layoutDirection() == Qt.LayoutDirection.LeftToRight
