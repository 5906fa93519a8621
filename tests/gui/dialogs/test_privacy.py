"""The privacy dialog, by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLabel, QListWidgetItem, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from capture import reasons
from capture.platforms.choose import unkept
from capture.platforms.system import System
from capture.privacy.exclusions import STARTING_LIST
from gui.core.settings import Settings
from gui.dialogs.privacy import PrivacyDialog

OWN = Settings(never_shown=("Mail",), shown_anyway=("keepass",))


class Listened:
    """A dialog and its wishes."""

    def __init__(self, qtbot: QtBot, settings: Settings = OWN) -> None:
        self.dialog = PrivacyDialog()
        qtbot.addWidget(self.dialog)
        self.wishes: list[tuple[str, object]] = []
        self.dialog.requested.connect(lambda name, value: self.wishes.append((name, value)))
        self.dialog.show_settings(settings, ("xterm", "firefox", "", "xterm"))
        self.dialog.show()

    def item(self, program: str) -> QListWidgetItem:
        programs = self.dialog.programs
        return next(
            programs.item(row) for row in range(programs.count()) if programs.item(row).text().split("  ")[0] == program
        )


def test_settings_are_shown_without_a_wish(qtbot: QtBot) -> None:
    listened = Listened(qtbot, Settings(hide_titles=True, when_locked="nothing", remind_after=120, hot_key="Ctrl+F9"))
    dialog = listened.dialog

    assert dialog.programs.count() == len(STARTING_LIST)
    assert dialog.titles.isChecked()
    assert (dialog.locked.currentData(), dialog.remind.currentData()) == ("nothing", 120)
    assert dialog.hot_key.keySequence() == QKeySequence("Ctrl+F9")
    assert [dialog.name.itemText(at) for at in range(dialog.name.count())] == ["firefox", "xterm"]
    assert listened.wishes == []


def test_a_program_is_added_by_name_and_removed(qtbot: QtBot) -> None:
    listened = Listened(qtbot)
    line = listened.dialog.name.lineEdit()
    assert line is not None
    qtbot.keyClicks(line, "  Tax  Return ")
    qtbot.mouseClick(listened.dialog.add, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(listened.dialog.add, Qt.MouseButton.LeftButton)
    assert not listened.dialog.remove.isEnabled()
    listened.dialog.programs.setCurrentItem(listened.item("Mail"))
    qtbot.mouseClick(listened.dialog.remove, Qt.MouseButton.LeftButton)

    assert listened.wishes == [("never_shown", ("Tax Return", "Mail")), ("never_shown", ())]


@pytest.mark.parametrize(
    ("button", "requested"), [("keepHidden", []), ("showIt", [("shown_anyway", ("keepass", "bitwarden"))])]
)
def test_a_password_manager_is_shown_only_after_a_warning(
    qtbot: QtBot, button: str, requested: list[tuple[str, object]]
) -> None:
    listened = Listened(qtbot)
    item = listened.item("bitwarden")
    listened.dialog.programs.setCurrentItem(item)
    qtbot.keyClick(listened.dialog.programs, Qt.Key.Key_Space)
    question = listened.dialog.findChild(QMessageBox, "showAnyway")
    assert isinstance(question, QMessageBox)
    assert item.checkState() is Qt.CheckState.Checked
    assert listened.wishes == []
    answer = question.findChild(QPushButton, button)
    assert isinstance(answer, QPushButton)
    qtbot.mouseClick(answer, Qt.MouseButton.LeftButton)

    assert listened.wishes == requested


def test_ticking_again_hides_again_without_asking(qtbot: QtBot) -> None:
    listened = Listened(qtbot)
    assert listened.item("keepass").checkState() is Qt.CheckState.Unchecked
    listened.dialog.programs.setCurrentItem(listened.item("keepass"))
    qtbot.keyClick(listened.dialog.programs, Qt.Key.Key_Space)

    assert listened.wishes == [("shown_anyway", ())]


def test_choices_are_wished_for_by_the_names_of_settings(qtbot: QtBot) -> None:
    listened = Listened(qtbot)
    dialog = listened.dialog
    dialog.titles.click()
    dialog.border.click()
    dialog.locked.setCurrentIndex(1)
    dialog.remind.setCurrentIndex(0)
    dialog.deed.setCurrentIndex(1)
    known = Settings.__struct_fields__

    assert listened.wishes == [
        ("hide_titles", True),
        ("border", True),
        ("when_locked", "blank_and_wait"),
        ("remind_after", 0),
        ("hot_key_does", "pause"),
    ]
    assert {name for name, _ in listened.wishes} <= set(known)


def test_hot_key_is_taken_by_pressing_it_and_refused_where_it_is_for_typing(qtbot: QtBot) -> None:
    listened = Listened(qtbot)
    edit = listened.dialog.hot_key
    edit.setFocus()
    qtbot.keyClick(edit, Qt.Key.Key_F9, Qt.KeyboardModifier.ControlModifier)
    assert listened.wishes == [("hot_key", "Ctrl+F9")]
    listened.dialog.show_settings(Settings(hot_key="Ctrl+F9"), ())
    qtbot.keyClick(edit, Qt.Key.Key_B)
    edit.editingFinished.emit()

    assert "typing" in listened.dialog.hot_key_fault.text()
    qtbot.mouseClick(listened.dialog.no_key, Qt.MouseButton.LeftButton)
    assert listened.wishes == [("hot_key", "Ctrl+F9"), ("hot_key", "")]
    assert listened.dialog.hot_key_fault.text() == ""


def test_every_control_has_a_name_and_a_tooltip(qtbot: QtBot) -> None:
    dialog = Listened(qtbot).dialog
    for name in ("neverShown", "programName", "addProgram", "removeProgram", "hideTitles", "border", "hotKey"):
        widget = dialog.findChild(QWidget, name)
        assert isinstance(widget, QWidget)
        assert widget.toolTip()
        assert widget.accessibleName() or getattr(widget, "text", str)()


@pytest.mark.parametrize("name", ["x11", "wayland"])
def test_what_this_system_does_not_keep_to_is_said_beside_it(qtbot: QtBot, name: System) -> None:
    said = unkept(name)
    dialog = PrivacyDialog(None, said)
    qtbot.addWidget(dialog)
    dialog.show()

    words = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]

    for reason in (reasons.PICKS_UNCOVERED, reasons.NO_BORDER, reasons.LOCK_UNKNOWN):
        assert (reason.english in words) == (reason in said.values())
