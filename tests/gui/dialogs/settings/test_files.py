"""Export, import, backup and restore, from their rows in the dialog."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from gui.core.settings import Settings
from gui.dialogs.settings.dialog import SettingsDialog
from gui.dialogs.settings.extra import Extra
from gui.dialogs.settings.files import SettingsFiles
from gui.dialogs.settings.opener import SettingsOpener
from gui.dialogs.settings.password import PasswordDialog
from gui.panel.window import Panel
from gui.settings.restore import finish
from gui.verbs import Verbs
from gui.widgets.icons import Icons
from tests.helpers.desk import Desk
from tests.helpers.waiting import Until, until


class House:
    """The dialog over the settings folder ``folder``."""

    def __init__(self, qtbot: QtBot, icons: Icons, folder: Path) -> None:
        self.desk = Desk(Settings())
        self.controller = self.desk.controller
        panel = Panel(icons, Verbs(icons))
        qtbot.addWidget(panel)
        self.restarts = 0
        self.opener = SettingsOpener(self.controller, panel, Settings(), self.change, self.rows)
        self.files = SettingsFiles(self.controller, self.opener, folder, self.keep, self.restart)
        self.folder = folder
        self.opener.open()

    @property
    def dialog(self) -> SettingsDialog:
        assert self.opener.dialog is not None
        return self.opener.dialog

    def rows(self) -> tuple[Extra, ...]:
        return self.files.extras()

    async def change(self, changes: dict[str, Any]) -> str:
        self.controller.remember(**changes)
        return ""

    def keep(self) -> None:
        (self.folder / "settings.toml").write_text(f"fps = {self.controller.settings.fps}\n")

    def restart(self) -> None:
        self.restarts += 1


@pytest.fixture
async def house(qtbot: QtBot, icons: Icons, tmp_path: Path) -> AsyncIterator[House]:
    folder = tmp_path / "kept"
    folder.mkdir(mode=0o700)
    made = House(qtbot, icons, folder)
    await until(lambda: made.opener.dialog is not None)
    yield made
    await made.files.close()
    await made.opener.close()
    await made.desk.close()


def answer(qtbot: QtBot, house: House, name: str) -> None:
    question = house.dialog.findChildren(QMessageBox)[-1]
    button = question.findChild(QPushButton, name)
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


async def test_settings_are_exported_imported_and_taken_back(
    house: House, qtbot: QtBot, tmp_path: Path, until: Until
) -> None:
    path = str(tmp_path / "given.toml")
    house.controller.remember(fps=7, quality=50)
    house.files.export(path)
    assert "were exported" in house.dialog.told.text()
    house.files.bring_in(path)
    assert "Nothing would change" in house.dialog.told.text()
    house.controller.remember(fps=30, quality=80)
    house.files.bring_in(path)
    answer(qtbot, house, "changeSettings")
    await until(lambda: (house.controller.settings.fps, house.controller.settings.quality) == (7, 50))
    house.dialog.undo.click()
    await until(lambda: house.controller.settings == Settings())

    house.files.bring_in(str(tmp_path))
    assert "it is not a file" in house.dialog.told.text()
    house.files.export(str(tmp_path / "missing" / "x.toml"))
    assert "could not be written" in house.dialog.told.text()


async def test_everything_is_backed_up_and_restored_at_the_next_start(
    house: House, qtbot: QtBot, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "all.backup")

    def ask(password: str, *, is_new: bool) -> PasswordDialog:
        (house.files._ask_new_password if is_new else house.files._ask_password)(path)  # noqa: SLF001 no file dialog
        dialog = house.dialog.findChildren(PasswordDialog)[-1]
        for field in dialog.fields:
            qtbot.keyClicks(field, password)
        qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
        return dialog

    house.controller.remember(fps=7)
    short = ask("short", is_new=True)
    assert "at least 8" in short.problem.text()
    short.reject()
    ask("correct horse", is_new=True)
    await until(lambda: "backed up" in house.dialog.told.text())
    house.controller.remember(fps=9)
    house.keep()

    wrong = ask("wrong horse", is_new=False)
    await until(lambda: "password is wrong" in wrong.problem.text())
    wrong.fields[0].clear()
    qtbot.keyClicks(wrong.fields[0], "correct horse")
    qtbot.keyClick(wrong.fields[0], Qt.Key.Key_Return)
    await until(lambda: house.dialog.findChildren(QMessageBox))
    answer(qtbot, house, "changeSettings")
    assert house.restarts == 1
    assert (house.folder / "settings.toml").read_text() == "fps = 9\n"
    assert "restored" in finish(house.folder)
    assert (house.folder / "settings.toml").read_text() == "fps = 7\n"
