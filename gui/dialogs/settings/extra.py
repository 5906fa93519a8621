"""A row for what is no setting of Panecast's own but belongs beside them, such as a switch that the system keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from gui.dialogs.settings.list_editor import plain_button
from gui.settings.declared import PAGES, Page
from gui.settings.words import folded
from resources.translate import _


@dataclass(frozen=True, slots=True)
class Extra:
    """What such a row shows.

    Attributes:
        page: where it stands, after the settings there; before them where ``first``.
        label, sentence: what it is called, and what it does.
        verbs: words of buttons, and what each does.
        action: a switch or, where it has no tick, a button; its words are shown as they change.
    """

    page: Page
    label: str
    sentence: str
    verbs: tuple[tuple[str, Callable[[], object]], ...] = ()
    action: QAction | None = None
    first: bool = False

    @property
    def searched(self) -> str:
        """Return the text in which the words of a search are looked for."""
        return folded([self.label, self.sentence, _(PAGES[self.page]), *(words for words, _act in self.verbs)])


def panel_keys() -> str:
    """Return the keys that work in the panel, a line each."""
    keys = (
        ("Ctrl+Return", _("start or stop sharing")),
        ("Ctrl+P", _("pause or resume")),
        ("Ctrl+B", _("blank or resume")),
        ("Ctrl+Shift+C", _("copy the link")),
        ("Ctrl+R", _("show the QR code")),
        ("Ctrl+L", _("links and devices")),
        ("Ctrl+F", _("search windows and programs")),
        ("Ctrl+M", _("draw masks")),
        ("Ctrl+Shift+P", _("privacy")),
        ("Ctrl+,", _("settings")),
        ("Ctrl+W", _("close the panel")),
        ("Ctrl+Q", _("quit")),
    )
    native = QKeySequence.SequenceFormat.NativeText
    return "\n".join(f"{QKeySequence(key).toString(native)}: {words}" for key, words in keys)


class ExtraRow(QFrame):
    """Shows one."""

    def __init__(self, extra: Extra) -> None:
        super().__init__()
        self.setObjectName("settingRow")
        self._extra = extra
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 8, 10)
        layout.setSpacing(4)
        action = extra.action
        if action is not None and action.isCheckable():
            self.switch = QCheckBox()
            self.switch.setObjectName("settingSwitch")
            self.switch.clicked.connect(self._trigger)
            action.changed.connect(self._show)
            layout.addWidget(self.switch, 0, Qt.AlignmentFlag.AlignLeft)
            self._show()
        else:
            name = QLabel(extra.label)
            name.setObjectName("settingName")
            layout.addWidget(name)
        sentence = QLabel(extra.sentence)
        sentence.setObjectName("muted")
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        layout.addWidget(sentence)
        if extra.verbs or (action is not None and not action.isCheckable()):
            layout.addLayout(self._buttons())

    def _show(self) -> None:
        action = self._extra.action
        assert action is not None
        self.switch.setText(action.text())
        self.switch.setChecked(action.isChecked())
        self.switch.setEnabled(action.isEnabled())
        self.switch.setAccessibleDescription(self._extra.sentence)

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        for words, act in self._extra.verbs:
            button = plain_button(words, words.rstrip("…"))
            button.setAccessibleDescription(self._extra.sentence)
            button.clicked.connect(act)
            line.addWidget(button)
        action = self._extra.action
        if action is not None:
            self.button = plain_button(action.text(), "")
            self.button.clicked.connect(action.trigger)
            action.changed.connect(self._show_words)
            line.addWidget(self.button)
        line.addStretch(1)
        return line

    def _show_words(self) -> None:
        action = self._extra.action
        assert action is not None
        self.button.setText(action.text())

    def _trigger(self) -> None:
        action = self._extra.action
        assert action is not None
        action.trigger()
        self._show()


def on_page(extras: Sequence[Extra], page: Page, *, first: bool) -> tuple[Extra, ...]:
    """Return those of a page, before or after its settings."""
    return tuple(each for each in extras if each.page == page and each.first == first)
