"""One setting in the dialog: its editor, its sentence, its default, and what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout

from capture.reason import NOTHING, Reason
from gui.dialogs.settings.editors import Switch, editor_of, is_wide
from gui.dialogs.settings.list_editor import Offer, plain_button
from gui.settings.declared import Declaration
from gui.settings.policy import FIXED_WORDS
from gui.settings.words import label_of, sentence_of, value_words
from resources.translate import _

NARROWEST = 160
"""Pixels of a label beside its editor, for which the editor's words are cut short."""


class Row(QFrame):
    """Shows one setting and takes wishes.

    Signals:
        wished: its key and the value that the person wants.
        undo_requested, reset_requested: its key.
    """

    wished = Signal(str, object)
    undo_requested = Signal(str)
    reset_requested = Signal(str)

    def __init__(
        self,
        declaration: Declaration,
        default: Any,
        offers: Mapping[str, Offer],
        *,
        is_fixed: bool = False,
        unkept: Reason = NOTHING,
    ) -> None:
        """``default`` holds where nothing is chosen; ``is_fixed`` tells that an administrator has chosen, ``unkept``
        where this system does not keep to it."""
        super().__init__()
        self.setObjectName("settingRow")
        self.declaration = declaration
        self._default = default
        self._is_fixed = is_fixed
        self._value: Any = None
        self._sentence = f"{sentence_of(declaration)} {unkept.words}".strip()
        self._label = label_of(declaration)
        self._undo: QPushButton | None = None
        self._reset: QPushButton | None = None
        self.editor, self.control = editor_of(declaration, dict(offers))
        self.editor.wished.connect(self._wish)  # type: ignore[attr-defined] # it is an `Editor`
        self.control.setAccessibleName(self._label)
        self.control.setAccessibleDescription(f"{self._sentence} {self._default_words()}")
        self.editor.setEnabled(not is_fixed)
        self._problem: QLabel | None = None
        self._lay_out()
        # By which tests find it; after all else, for the style goes by other names.
        self.control.setProperty("setting", declaration.key)

    @property
    def problem(self) -> str:
        """Return what is said to be wrong, empty for nothing."""
        return self._problem.text() if self._problem is not None else ""

    def show_value(self, value: Any, *, can_undo: bool) -> None:
        """Show ``value``; where what was typed is wrong, that stays until another value holds."""
        if value != self._value or not self.problem:
            self._value = value
            self.editor.show_value(value)  # type: ignore[attr-defined]
            self.say("")
        if can_undo and self._undo is None:
            self._undo = self._verb(_("Undo"), _("Undo: {label}"), 1)
            self._undo.clicked.connect(lambda: self.undo_requested.emit(self.declaration.key))
        if value != self._default and self._reset is None and not self._is_fixed:
            self._reset = self._verb(_("Reset"), _("Reset: {label}"), -1)
            self._reset.clicked.connect(lambda: self.reset_requested.emit(self.declaration.key))
        for button, is_wanted in ((self._undo, can_undo), (self._reset, value != self._default)):
            if button is not None:
                if not is_wanted and button.hasFocus():
                    self.control.setFocus()
                button.setVisible(is_wanted)

    def say(self, problem: str) -> None:
        """Say what is wrong with what was typed; an empty text says nothing."""
        if self._problem is None and problem:
            label = self._problem = QLabel()
            label.setObjectName("formError")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            # Above the last line.
            self._lines.insertWidget(self._lines.count() - 1, label)
        if self._problem is not None:
            self._problem.setText(problem)
            self._problem.setVisible(bool(problem))

    def _wish(self, value: Any) -> None:
        if value != self._value or self.problem:
            self.wished.emit(self.declaration.key, value)

    def _default_words(self) -> str:
        return _("Default: {value}").format(value=value_words(self.declaration, self._default))

    def _note(self) -> str:
        parts = [f"{_(FIXED_WORDS)}." if self._is_fixed else self._default_words()]
        if self.declaration.needs_restart:
            parts.append(_("Takes effect when Panecast starts again."))
        return " · ".join(parts)

    def _lay_out(self) -> None:
        layout = self._lines = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 8, 10)
        layout.setSpacing(4)
        if isinstance(self.editor, Switch):
            self.editor.setObjectName("settingSwitch")
            layout.addWidget(self.editor, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            name = QLabel(self._label)
            name.setObjectName("settingName")
            name.setBuddy(self.control)
            name.setWordWrap(True)
            name.setMinimumWidth(min(name.fontMetrics().horizontalAdvance(self._label), NARROWEST))
            if is_wide(self.declaration):
                layout.addWidget(name)
            else:
                head = QHBoxLayout()
                head.setSpacing(16)
                head.addWidget(name, 1)
                head.addWidget(self.editor)
                layout.addLayout(head)
        sentence = QLabel(self._sentence)
        sentence.setObjectName("muted")
        sentence.setWordWrap(True)
        layout.addWidget(sentence)
        if is_wide(self.declaration):
            layout.addWidget(self.editor)
        note = QLabel(self._note())
        note.setObjectName("settingNote")
        note.setTextFormat(Qt.TextFormat.PlainText)
        note.setWordWrap(True)
        # So that nothing moves when the verbs come.
        note.setMinimumHeight(self.fontMetrics().height() + 6)
        note.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(4)
        self._foot.addWidget(note, 1)
        layout.addLayout(self._foot)

    def _verb(self, words: str, name: str, at: int) -> QPushButton:
        button = plain_button(words, name.format(label=self._label))
        button.setObjectName("settingVerb")
        self._foot.insertWidget(at, button)
        return button
