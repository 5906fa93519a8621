"""Names, for those who hear the panel, of parts that Qt makes by itself within others."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QMenu, QMessageBox, QToolButton, QWidget

from resources.translate import _

CLEAR = "_q_qlineeditclearaction"
"""As Qt calls it, in qlineedit_p.cpp."""


def name_fields(part: QWidget, name: str) -> None:
    """Call ``part`` by ``name``, and the fields in it, one of which has the keyboard in its place."""
    for each in (part, *part.findChildren(QLineEdit)):
        each.setAccessibleName(name)


def name_choice(choice: QComboBox, name: str) -> None:
    """Call ``choice`` by ``name``, by a label that is not seen beside it.

    On Linux Qt tells screen readers what is chosen in place of the name, and the name by its label alone.
    """
    choice.setAccessibleName(name)
    parent = choice.parentWidget()
    if parent is None:
        return
    label = next((each for each in parent.findChildren(QLabel) if each.buddy() is choice), None) or QLabel(parent)
    label.hide()
    label.setBuddy(choice)
    label.setText(name)


def name_search(field: QLineEdit, name: str) -> None:
    """Call a field by ``name``, and say what its buttons do: one that clears it, and a sign of what it is."""
    field.setAccessibleName(name)
    for button in field.findChildren(QToolButton):
        action = button.defaultAction()
        button.setAccessibleName(_("Clear") if action is not None and action.objectName() == CLEAR else name)


def name_menu(menu: QMenu, name: str) -> None:
    """Call a menu by ``name``, on its button or entry too where it has one of its own."""
    menu.setTitle(name)
    menu.setAccessibleName(name.replace("&", ""))


def name_icon(dialog: QMessageBox, name: str) -> None:
    """Call the picture of a question by ``name``."""
    icon = dialog.findChild(QLabel, "qt_msgboxex_icon_label")
    if icon is not None:
        icon.setAccessibleName(name)
