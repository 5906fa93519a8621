"""A list of texts, with a field to add one and a button to remove one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QLineEdit, QListWidget, QPushButton, QWidget

from gui.panel.controls import Choice
from resources.translate import _

Offer = Callable[[], Sequence[tuple[str, object]]]
"""What there is to choose from now: words and value of each."""
FEWEST, MOST = 2, 5
"""Rows that are in sight at once."""


def nothing() -> Sequence[tuple[str, object]]:
    """Offer nothing."""
    return ()


class ListEditor(QWidget):
    """Texts, in the order in which they were added."""

    wished = Signal(object)

    def __init__(self, label: str, offer: Offer) -> None:
        """``label`` is what the list is called; ``offer`` has what is likely to be added."""
        super().__init__()
        self._offer = offer
        self._value: tuple[str, ...] = ()
        self.list = QListWidget()
        self.list.setObjectName("entries")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.currentRowChanged.connect(self._allow_removing)
        self._choice: Choice | None = None
        if offer is nothing:
            self.entry = QLineEdit()
        else:
            self._choice = Choice()
            self._choice.setEditable(True)
            self._choice.setInsertPolicy(Choice.InsertPolicy.NoInsert)
            self._choice.setMinimumWidth(120)
            line = self._choice.lineEdit()
            assert line is not None
            self.entry = line
        field = self._choice or self.entry
        for part in (field, self.entry):
            part.setAccessibleName(_("New entry of: {label}").format(label=label))
        self.entry.returnPressed.connect(self._add)
        self.add = plain_button(_("Add"), _("Add to: {label}").format(label=label))
        self.add.clicked.connect(self._add)
        self.remove = plain_button(_("Remove"), _("Remove from: {label}").format(label=label))
        self.remove.clicked.connect(self._remove)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.list, self._remove)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self.list, 0, 0, 1, 3)
        layout.addWidget(field, 1, 0)
        layout.addWidget(self.add, 1, 1)
        layout.addWidget(self.remove, 1, 2)
        self._allow_removing()

    def show_value(self, value: tuple[str, ...]) -> None:
        """Show ``value``; what is being typed stays."""
        self._value = value
        at, typed = self.list.currentRow(), self.entry.text()
        self.list.clear()
        self.list.addItems(list(value))
        rows = max(FEWEST, min(len(value), MOST))
        self.list.setFixedHeight(rows * (self.fontMetrics().height() + 8) + 10)
        self.list.setCurrentRow(min(at, len(value) - 1))
        if self._choice is not None:
            self._choice.clear()
            for words, each in self._offer():
                if each not in value:
                    self._choice.addItem(words, each)
        self.entry.setText("" if typed in value else typed)
        self._allow_removing()

    def _add(self) -> None:
        text, choice = " ".join(self.entry.text().split()), self._choice
        if choice is not None and (at := choice.findText(self.entry.text())) >= 0:
            text = str(choice.itemData(at))
        if not text:
            self.entry.setFocus()
        elif text not in self._value:
            self.entry.setText(text)  # it goes once it is in the list
            self.wished.emit((*self._value, text))

    def _remove(self) -> None:
        at = self.list.currentRow()
        if at >= 0:
            self.wished.emit((*self._value[:at], *self._value[at + 1 :]))

    def _allow_removing(self) -> None:
        self.remove.setEnabled(self.list.currentRow() >= 0)


def plain_button(words: str, name: str) -> QPushButton:
    """Return a button that Return in a field beside it does not press; ``name`` is for screen readers."""
    button = QPushButton(words)
    button.setAutoDefault(False)
    button.setAccessibleName(name)
    return button
