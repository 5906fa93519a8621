"""What a setting is changed with, by its type. Each shows a value and says which one is wished for.

None corrects what was typed: what cannot be is shown as it was typed, and said beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from msgspec import inspect
from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QPalette, QPen, QValidator, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from gui.dialogs.settings.list_editor import ListEditor, Offer, nothing, plain_button
from gui.panel.controls import Choice
from gui.settings.declared import Declaration
from gui.settings.words import choice_words, label_of, unit_of, zero_of
from gui.widgets.part_names import name_fields
from resources.translate import _

StepDown = QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
LARGEST = 2**31 - 1
FILES = ("certificate", "key")


class Editor(Protocol):
    """A widget, by which a setting is shown and changed.

    Signals:
        wished: the value that the person wants.
    """

    wished: Signal

    def show_value(self, value: Any) -> None:
        """Show ``value``, without wishing for it."""


class Switch(QCheckBox):
    """On or off."""

    wished = Signal(object)

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.clicked.connect(self._wish)

    def show_value(self, value: bool) -> None:
        """Show ``value``."""
        self.setChecked(value)

    def _wish(self, is_on: bool) -> None:
        self.wished.emit(is_on)


class _Spin(QSpinBox):
    """Takes any number; arrows and wheel stay within what is possible."""

    def __init__(self, low: int, high: int, zero: str) -> None:
        super().__init__()
        self._low, self._high, self._zero = low, high, zero
        self.setRange(-LARGEST, LARGEST)
        self.setObjectName("settingNumber")
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        widest = max((str(high), zero), key=self.fontMetrics().horizontalAdvance)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(widest) + 56)

    def stepBy(self, steps: int) -> None:  # noqa: N802 (Qt's name)
        """Go up or down, as far as is possible."""
        self.setValue(max(self._low, min(self.value() + steps, self._high)))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:  # noqa: N802 (Qt's name)
        """Tell in which direction there is something."""
        enabled = QAbstractSpinBox.StepEnabledFlag.StepNone
        if self.value() > self._low:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if self.value() < self._high:
            enabled |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return enabled

    def textFromValue(self, value: int) -> str:  # noqa: N802 (Qt's name)
        """Return how a number is written."""
        return self._zero if value == 0 and self._zero else str(value)

    def valueFromText(self, text: str) -> int:  # noqa: N802 (Qt's name)
        """Return the number that was written."""
        return 0 if text == self._zero else int(text)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Let a number be written, also one that is not possible."""
        if self._zero and text == self._zero:
            return QValidator.State.Acceptable, text, at
        state, _text, _at = super().validate(text, at)
        return state, text, at

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrows, which style sheets take from a file only."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = QPointF(self.width() - 13, self.height() / 2)
        for up, flag in ((-1, QAbstractSpinBox.StepEnabledFlag.StepUpEnabled), (1, StepDown)):
            can = self.isEnabled() and bool(self.stepEnabled() & flag)
            group = QPalette.ColorGroup.Active if can else QPalette.ColorGroup.Disabled
            painter.setPen(QPen(self.palette().color(group, QPalette.ColorRole.Text), 1.5))
            painter.drawPolyline([at + QPointF(-3.5, 3 * up), at + QPointF(0, 6.5 * up), at + QPointF(3.5, 3 * up)])
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Take the wheel while it has the keyboard; else it is on its way past it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Number(QWidget):
    """A whole number, with its unit behind it."""

    wished = Signal(object)

    def __init__(self, low: int, high: int, unit: str, zero: str) -> None:
        super().__init__()
        self.spin = _Spin(low, high, zero)
        self._unit = QLabel(unit)
        self._unit.setObjectName("muted")
        self._has_zero = bool(zero)
        self.spin.valueChanged.connect(self._wish)
        layout = _line()
        layout.addWidget(self.spin)
        layout.addWidget(self._unit)
        self.setLayout(layout)
        self.setFocusProxy(self.spin)
        self._unit.setVisible(bool(unit))

    def show_value(self, value: int) -> None:
        """Show ``value``."""
        with QSignalBlocker(self.spin):
            self.spin.setValue(value)
        self._show_unit(value)

    def _wish(self, value: int) -> None:
        self._show_unit(value)
        self.wished.emit(value)

    def _show_unit(self, value: int) -> None:
        if self._has_zero:
            self._unit.setVisible(value != 0)


class OneOf(Choice):
    """One of several."""

    wished = Signal(object)

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer = offer
        self.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda at: self.wished.emit(self.itemData(at)))

    def show_value(self, value: object) -> None:
        """Show ``value``, which is added where it is none of those that there are."""
        with QSignalBlocker(self):
            self.clear()
            for words, each in self._offer():
                self.addItem(words, each)
            at = self.findData(value)
            if at < 0:
                self.addItem(_("{name} · not connected").format(name=value), value)
                at = self.count() - 1
            self.setCurrentIndex(at)
        self.setToolTip(self.currentText())


class KeysEditor(QWidget):
    """Keys that are pressed together."""

    wished = Signal(object)

    def __init__(self, label: str) -> None:
        super().__init__()
        self.edit = QKeySequenceEdit()
        name_fields(self.edit, label)
        self.edit.setMaximumSequenceLength(1)
        longest = QKeySequence("Ctrl+Alt+Shift+B").toString(QKeySequence.SequenceFormat.NativeText)
        self.edit.setMinimumWidth(self.fontMetrics().horizontalAdvance(longest) + 56)
        self.edit.editingFinished.connect(self._wish)
        self.none = plain_button(_("None"), _("No keys for: {label}").format(label=label))
        self.none.clicked.connect(self._wish_none)
        layout = _line()
        layout.addWidget(self.edit)
        layout.addWidget(self.none)
        self.setLayout(layout)
        self.setFocusProxy(self.edit)

    def show_value(self, value: str) -> None:
        """Show ``value``."""
        self.edit.setKeySequence(QKeySequence.fromString(value, QKeySequence.SequenceFormat.PortableText))

    def _wish(self) -> None:
        self.wished.emit(self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText))

    def _wish_none(self) -> None:
        self.edit.clear()
        self.wished.emit("")


class FileEditor(QWidget):
    """The path of a file."""

    wished = Signal(object)

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self.field = QLineEdit()
        self.field.editingFinished.connect(self._wish)
        self.choose = plain_button(_("Choose…"), _("Choose: {label}").format(label=label))
        self.choose.clicked.connect(self._choose)
        layout = _line()
        layout.addWidget(self.field, 1)
        layout.addWidget(self.choose)
        self.setLayout(layout)
        self.setFocusProxy(self.field)

    def show_value(self, value: str) -> None:
        """Show ``value``."""
        self.field.setText(value)

    def _wish(self) -> None:
        self.wished.emit(self.field.text().strip())

    def _choose(self) -> None:
        dialog = QFileDialog(self, self._label, str(Path(self.field.text()).parent) if self.field.text() else "")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Not exec(): that would run a loop within the loop.
        dialog.open()

    def _take(self, path: str) -> None:
        self.field.setText(path)
        self._wish()


class TextEditor(QLineEdit):
    """A text of any kind."""

    wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.editingFinished.connect(lambda: self.wished.emit(self.text()))

    def show_value(self, value: str) -> None:
        """Show ``value``."""
        self.setText(value)


def editor_of(declaration: Declaration, offers: dict[str, Offer]) -> tuple[QWidget, QWidget]:
    """Return the editor for a setting, and the control in it that has its name; ``offers`` has what is chosen from."""
    label, offer = label_of(declaration), offers.get(declaration.key)
    match declaration.kind:
        case inspect.BoolType():
            switch = Switch(label)
            return switch, switch
        case inspect.IntType(ge=low, le=high):
            number = Number(low or 0, LARGEST if high is None else high, unit_of(declaration), zero_of(declaration))
            return number, number.spin
        case inspect.LiteralType():
            choices = [(choice_words(declaration, value), value) for value in declaration.choices]
            chosen = OneOf(lambda: choices)
            return chosen, chosen
        case inspect.VarTupleType():
            texts = ListEditor(label, offer or nothing)
            return texts, texts.list
    if declaration.key == "hot_key":
        keys = KeysEditor(label)
        return keys, keys.edit
    if declaration.key in FILES:
        file = FileEditor(label)
        return file, file.field
    if offer is not None:
        named = OneOf(offer)
        return named, named
    text = TextEditor()
    return text, text


def _line() -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    return layout


def is_wide(declaration: Declaration) -> bool:
    """Tell whether the editor takes the whole width, below the label."""
    return isinstance(declaration.kind, inspect.VarTupleType) or declaration.key in FILES
