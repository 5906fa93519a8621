"""The dialog of all settings over a real controller, by mouse and keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QPushButton,
    QSpinBox,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from capture import reasons
from gui.core.settings import DECLARED, Settings
from gui.dialogs.settings import column
from gui.dialogs.settings.dialog import HELP, SettingsDialog
from gui.dialogs.settings.editors import Switch
from gui.dialogs.settings.list_editor import ListEditor
from gui.dialogs.settings.opener import SettingsOpener
from gui.panel.window import Panel
from gui.settings.declared import PAGES, Page
from gui.verbs import Verbs
from gui.widgets.help import HelpButton
from gui.widgets.icons import Icons
from resources.translate import use
from tests.helpers.desk import Desk
from tests.helpers.waiting import Until, until


class House:
    """The dialog, beside a panel, and what its wishes change."""

    def __init__(self, qtbot: QtBot, icons: Icons, settings: Settings, fixed: frozenset[str]) -> None:
        self.qtbot = qtbot
        self.desk = Desk(settings)
        self.controller = self.desk.controller
        self.controller.fixed = fixed
        self.verbs = Verbs(icons)
        self.panel = Panel(icons, self.verbs)
        qtbot.addWidget(self.panel)
        self.problem = ""
        self.opener = SettingsOpener(self.controller, self.panel, Settings(), self.change)
        self.verbs.settings.triggered.connect(self.opener.open)
        self.panel.show()

    async def change(self, changes: dict[str, Any]) -> str:
        self.controller.remember(**changes)
        return self.problem

    @property
    def settings(self) -> Settings:
        return self.controller.settings

    async def open(self) -> SettingsDialog:
        self.panel.activateWindow()
        self.qtbot.waitUntil(self.panel.isActiveWindow)
        self.qtbot.keyClick(self.panel, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: self.opener.dialog is not None)
        dialog = self.opener.dialog
        assert dialog is not None
        self.qtbot.waitUntil(lambda: dialog.isVisible() and dialog.is_settled)
        return dialog

    def turn(self, page: Page) -> None:
        dialog = self.opener.dialog
        assert dialog is not None
        dialog.show_page(page)
        self.qtbot.waitUntil(lambda: dialog.is_settled)

    async def close(self) -> None:
        await self.opener.close()
        await self.desk.close()


Make = Callable[..., House]


@pytest.fixture
async def make(qtbot: QtBot, icons: Icons) -> AsyncIterator[Make]:
    made: list[House] = []

    def one(fixed: frozenset[str] = frozenset(), **settings: Any) -> House:
        made.append(House(qtbot, icons, Settings(**settings), fixed))
        return made[-1]

    yield one
    for house in made:
        await house.close()


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=button.rect().center())


def answer(qtbot: QtBot, dialog: SettingsDialog, name: str) -> None:
    question = dialog.findChild(QMessageBox)
    assert question is not None
    button = question.findChild(QPushButton, name)
    assert button is not None
    press(qtbot, button)


async def test_everything_that_can_be_set_is_on_one_page_with_a_name(make: Make) -> None:
    house = make()
    dialog = await house.open()
    for page in PAGES:
        house.turn(page)

    assert dialog.rows.keys() == {key for key, each in DECLARED.items() if not each.is_own}
    assert {each.page for each in DECLARED.values()} == {None, *PAGES}
    nameless = [
        part.objectName() or type(part).__name__
        for kind in (QAbstractButton, QComboBox, QLineEdit, QListWidget, QSpinBox)
        for part in dialog.findChildren(kind)
        if not (part.accessibleName() or getattr(part, "text", str)())
        and not part.objectName().startswith("qt_")
        and not isinstance(part.parent(), (QSpinBox, QLineEdit))
        and not (isinstance(part.parent(), QComboBox) and part.parent().accessibleName())
    ]
    assert nameless == []
    for row in dialog.rows.values():
        assert row.control.accessibleName()
        assert row.declaration.sentence in row.control.accessibleDescription()


async def test_a_change_acts_at_once_and_is_taken_back(make: Make, qtbot: QtBot, until: Until) -> None:
    house = make()
    dialog = await house.open()
    house.turn("pictures")
    pointer, speed = dialog.rows["pointer"], dialog.rows["fps"]
    assert isinstance(pointer.editor, Switch)
    assert isinstance(speed.control, QSpinBox)
    qtbot.mouseClick(pointer.editor, Qt.MouseButton.LeftButton, pos=QPoint(8, pointer.editor.height() // 2))
    qtbot.keyClick(speed.control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(speed.control, "12")
    qtbot.keyClick(speed.control, Qt.Key.Key_Return)
    await until(lambda: (house.settings.pointer, house.settings.fps) == (False, 12))

    # that one alone, by its own button, the last one by Ctrl+Z
    undo = next(each for each in pointer.findChildren(QPushButton) if each.text() == "Undo")
    press(qtbot, undo)
    await until(lambda: house.settings.pointer)
    assert house.settings.fps == 12
    assert not undo.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: house.settings.fps == 30)
    assert speed.control.value() == 30
    assert not dialog.undo.isEnabled()


async def test_what_cannot_be_stays_as_it_was_typed_with_a_sentence(make: Make, qtbot: QtBot, until: Until) -> None:
    house = make()
    dialog = await house.open()
    house.turn("network")
    port = dialog.rows["port"]
    assert isinstance(port.control, QSpinBox)
    qtbot.keyClick(port.control, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(port.control, "70000")
    qtbot.keyClick(port.control, Qt.Key.Key_Return)

    assert port.problem == "It has to be a whole number from 1 to 65535."
    assert (port.control.text(), house.settings.port) == ("70000", 8080)
    house.controller.remember(fps=7)  # something else changes meanwhile
    assert port.control.text() == "70000"
    # an arrow leads back to what is possible
    qtbot.keyClick(port.control, Qt.Key.Key_Down)
    await until(lambda: house.settings.port == 65535)
    assert port.problem == ""
    mode = dialog.rows["mode"]
    mode.editor.wished.emit("network")  # type: ignore[attr-defined]
    assert mode.problem == "No network is chosen yet."


async def test_search_shows_hits_of_all_pages(make: Make, qtbot: QtBot) -> None:
    dialog = await make().open()
    qtbot.keyClicks(dialog.search, "lock")
    qtbot.waitUntil(lambda: dialog.is_settled)

    shown = {key for key, row in dialog.rows.items() if row.isVisible()}
    assert {"when_locked", "tells_lock"} <= shown
    assert {DECLARED[key].page for key in shown} >= {"privacy", "notices"}
    qtbot.keyClicks(dialog.search, " zzz")
    assert dialog.found.text() == "No setting matches “lock zzz”."
    qtbot.keyClick(dialog.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog.is_settled)
    assert dialog.isVisible()
    assert {row.declaration.page for row in dialog.rows.values() if row.isVisible()} == {"general"}


async def test_tab_goes_through_the_page_as_it_is_read(make: Make, qtbot: QtBot) -> None:
    house = make(fps=5)
    dialog = await house.open()
    house.turn("pictures")
    dialog.activateWindow()
    dialog.search.setFocus()
    seen = []
    for _tab in range(9):
        part = dialog.focusWidget()
        assert part is not None
        seen.append(part.accessibleName())
        qtbot.keyClick(part, Qt.Key.Key_Tab)

    assert seen == [
        "Search settings", "Pages", "Speed", "Reset: Speed", "Quality", "Format", "Show the mouse pointer",
        "Reset all settings", "Close",
    ]  # fmt: skip
    assert dialog.focusWidget() is dialog.search


async def test_all_are_reset_after_a_question_and_come_back(make: Make, qtbot: QtBot, until: Until) -> None:
    house = make(fixed=frozenset({"fps"}), fps=5, quality=40, never_shown=("Mail",), shared=(), geometry="kept")
    before = house.settings
    dialog = await house.open()
    press(qtbot, dialog.reset)
    answer(qtbot, dialog, "changeSettings")
    await until(lambda: house.settings == Settings(fps=5, geometry="kept"))
    press(qtbot, dialog.undo)
    await until(lambda: house.settings == before)

    house.turn("pictures")
    row = dialog.rows["fps"]
    assert not row.control.isEnabled()
    assert not [each for each in row.findChildren(QPushButton) if each.text() == "Reset"]


async def test_a_list_is_edited_and_a_password_manager_shown_only_after_a_question(
    make: Make, qtbot: QtBot, until: Until
) -> None:
    house = make()
    dialog = await house.open()
    house.turn("privacy")
    hidden, anyway = dialog.rows["never_shown"].editor, dialog.rows["shown_anyway"].editor
    assert isinstance(hidden, ListEditor)
    assert isinstance(anyway, ListEditor)
    hidden.entry.setText("  Tax  Return ")
    press(qtbot, hidden.add)
    await until(lambda: house.settings.never_shown == ("Tax Return",))
    assert hidden.entry.text() == ""
    hidden.list.setCurrentRow(0)
    hidden.list.setFocus()
    qtbot.keyClick(hidden.list, Qt.Key.Key_Delete)
    await until(lambda: house.settings.never_shown == ())

    anyway.entry.setText("keepass")
    press(qtbot, anyway.add)
    answer(qtbot, dialog, "keepSettings")
    assert house.settings.shown_anyway == ()
    anyway.entry.setText("firefox")
    press(qtbot, anyway.add)
    assert "not on the built-in list" in dialog.rows["shown_anyway"].problem


async def test_what_is_changed_elsewhere_is_shown_and_a_failure_is_said(make: Make, qtbot: QtBot, until: Until) -> None:
    house = make()
    dialog = await house.open()
    house.turn("pictures")
    house.controller.remember(quality=33)
    quality = dialog.rows["quality"].control
    assert isinstance(quality, QSpinBox)
    assert quality.value() == 33
    house.problem = "Port 81 is used by another program."
    house.opener.wish("port", 81)
    await until(lambda: house.settings.port == 81)
    house.turn("network")  # made after it was said
    assert dialog.rows["port"].problem == house.problem
    assert msgspec.structs.replace(house.settings, port=8080, quality=80) == Settings()


def keys_of(page: Page) -> set[str]:
    return {key for key, each in DECLARED.items() if each.page == page}


async def test_opening_makes_the_rows_of_one_page_and_a_search_those_of_its_hits(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(column, "CALM_MS", 3_600_000)
    house = make()
    dialog = await house.open()
    assert dialog.rows.keys() == keys_of("general")

    house.turn("keyboard")
    assert dialog.rows.keys() == keys_of("general") | keys_of("keyboard")
    qtbot.keyClicks(dialog.search, "certificate")
    qtbot.waitUntil(lambda: dialog.is_settled)
    made = dialog.rows.keys() - keys_of("general") - keys_of("keyboard")
    assert made == {key for key, row in dialog.rows.items() if row.isVisible()} >= {"certificate", "key"}
    assert made < keys_of("network")


async def test_in_a_calm_moment_the_other_rows_are_made_out_of_sight(make: Make, qtbot: QtBot) -> None:
    dialog = await make().open()
    every = {key for key, each in DECLARED.items() if not each.is_own}
    qtbot.waitUntil(lambda: dialog.rows.keys() == every)

    assert {key for key, row in dialog.rows.items() if row.isVisible()} == keys_of("general")
    dialog.search.setText("certificate")  # those that are made are found in the same turn
    assert {key for key, row in dialog.rows.items() if row.isVisible()} >= {"certificate", "key"}


async def test_rows_in_sight_are_shown_together(make: Make, qtbot: QtBot) -> None:
    house = make()
    dialog = await house.open()
    dialog.show_page("notices")
    seen: list[int] = []
    while not dialog.is_settled:
        QApplication.processEvents()
        rows = [row for key, row in dialog.rows.items() if key in keys_of("notices") and row.isVisible()]
        seen.append(len(rows))
        # never squeezed, not even for a moment
        assert [row.height() for row in rows] == [row.heightForWidth(row.width()) for row in rows]

    # the first ones fill what is in sight, the others follow below
    first = next(count for count in seen if count)
    in_sight = [key for key in DECLARED if key in keys_of("notices")][:first]
    assert 1 < first < len(keys_of("notices"))
    assert sum(dialog.rows[key].height() for key in in_sight) >= dialog.scrolled.viewport().height()
    assert seen[-1] == len(keys_of("notices"))
    assert not any(dialog.rows[key].isVisible() for key in keys_of("general"))


async def test_the_page_that_is_left_stays_until_the_next_one_is_there(make: Make) -> None:
    house = make()
    dialog = await house.open()
    dialog.show_page("privacy")
    while not any(dialog.rows[key].isVisible() for key in keys_of("privacy") & dialog.rows.keys()):
        assert all(dialog.rows[key].isVisible() for key in keys_of("general"))
        QApplication.processEvents()

    assert not any(dialog.rows[key].isVisible() for key in keys_of("general"))


@pytest.mark.parametrize("page", list(PAGES))
async def test_a_question_mark_and_f1_lead_from_each_page_to_the_manual(make: Make, qtbot: QtBot, page: Page) -> None:
    house = make()
    dialog = await house.open()
    house.turn(page)
    asked = QSignalSpy(house.panel.help_requested)
    marks = [mark for mark in dialog.findChildren(HelpButton) if mark.isVisible()]
    assert len(marks) == 1
    press(qtbot, marks[0])
    qtbot.keyClick(dialog, Qt.Key.Key_F1)

    assert [asked.at(at)[0] for at in range(asked.count())] == [HELP[page]] * 2


async def test_another_language_changes_the_dialog_that_is_open_and_no_other_comes(make: Make, qtbot: QtBot) -> None:
    house = make(language="de", fps=7)
    dialog = await house.open()
    house.turn("pictures")
    dialog.rows["quality"].control.setFocus()
    before = dialog.rows["quality"]
    try:
        use("de")
        house.opener.translate()
        while isValid(before) and before.isVisible():  # until all is there
            assert dialog.windowTitle() == "Settings"
            QApplication.processEvents()
        assert dialog.windowTitle() == "Einstellungen"
        qtbot.waitUntil(lambda: dialog.is_settled)

        assert house.opener.dialog is dialog
        assert (dialog.windowTitle(), dialog.shut.text()) == ("Einstellungen", "Schließen")
        assert not isValid(before)
        assert dialog.rows.keys() >= keys_of("pictures")
        assert dialog.rows["quality"].control.accessibleName() == "Qualität"
        assert dialog.focusWidget() is dialog.rows["quality"].control
        dialog.search.setText("zeiger")
        qtbot.waitUntil(lambda: dialog.is_settled)
        assert [key for key, row in dialog.rows.items() if row.isVisible()] == ["pointer"]
    finally:
        use("en")


async def test_what_this_system_does_not_keep_to_is_said_in_its_row(
    qtbot: QtBot, icons: Icons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.dialogs.settings.opener.system", lambda: "wayland")
    house = House(qtbot, icons, Settings(), frozenset())
    dialog = await house.open()
    house.turn("privacy")
    row = dialog.rows["never_shown"]

    words = [label.text() for label in row.findChildren(QLabel)]

    assert any(text.endswith(reasons.PICKS_UNCOVERED.english) for text in words)
    assert reasons.PICKS_UNCOVERED.english in row.control.accessibleDescription()
    await house.close()
