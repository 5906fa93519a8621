"""Asks for the password of a backup: twice where it is a new one."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.dialogs.settings.list_editor import plain_button
from gui.settings.backup import SHORTEST
from gui.widgets.screen_fit import FittedDialog
from resources.translate import _


class PasswordDialog(FittedDialog):
    """Takes one.

    Signals:
        given: the password; the dialog stays until it is closed by `accept`, so that a wrong one can be typed anew.
    """

    given = Signal(str)

    def __init__(self, title: str, words: str, verb: str, parent: QWidget | None, *, is_new: bool) -> None:
        """``words`` say what it is for, ``verb`` is the button's."""
        super().__init__(parent)
        self.setObjectName("passwordDialog")
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(420)
        what = QLabel(words)
        what.setTextFormat(Qt.TextFormat.PlainText)
        what.setWordWrap(True)
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(what)
        layout.addSpacing(8)
        labels = [_("Password"), *([_("Password again")] if is_new else [])]
        self.fields = [QLineEdit() for _label in labels]
        for name, field in zip(labels, self.fields, strict=True):
            label = QLabel(name)
            label.setBuddy(field)
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.setAccessibleName(name)
            layout.addWidget(label)
            layout.addWidget(field)
        self.fields[0].setObjectName("backupPassword")
        self.problem = QLabel()
        self.problem.setObjectName("formError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        layout.addWidget(self.problem)
        self.go = plain_button(verb, verb)
        self.go.setObjectName("usePassword")
        self.go.setDefault(True)
        self.go.clicked.connect(self._give)
        cancel = plain_button(_("Cancel"), _("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.go)
        self.lay_out(layout, foot)
        self.fields[0].setFocus()

    def say(self, problem: str) -> None:
        """Say what is wrong, and let another password be typed."""
        self.go.setEnabled(True)
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.fields[0].selectAll()
        self.fields[0].setFocus()

    def _give(self) -> None:
        texts = [field.text() for field in self.fields]
        if len(texts) > 1 and len(texts[0]) < SHORTEST:
            self.say(_("A password needs at least {count} characters.").format(count=SHORTEST))
        elif len(set(texts)) > 1:
            self.say(_("The two passwords differ."))
        else:
            self.problem.hide()
            self.go.setEnabled(False)
            self.given.emit(texts[0])
