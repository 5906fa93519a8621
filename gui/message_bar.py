"""One line above the list: what happened, and a button that mends it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from gui.icons import Icons
from gui.state import AppState, Message
from gui.style import current_look


class MessageBar(QFrame):
    """Shows the newest message, and nothing while there is none.

    Signals:
        dismissed: the person has read the message, or pressed its button.
    """

    dismissed = Signal(str)

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("messageBar")
        self._icons = icons
        self._message: Message | None = None
        self._text = QLabel()
        self._text.setObjectName("messageText")
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._action = QPushButton()
        self._action.setObjectName("messageAction")
        self._action.clicked.connect(self._act)
        self._close = QToolButton()
        self._close.setObjectName("messageClose")
        self._close.setAccessibleName("Dismiss")
        self._close.setToolTip("Dismiss this message")
        self._close.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self.restyle()
        self.hide()

    def show_state(self, state: AppState) -> None:
        """Show the message of ``state``."""
        message = state.message
        if message is self._message:
            return
        self._message = message
        if message is not None:
            self._text.setText(message.text)
            self._action.setText(message.action)
            self._action.setVisible(bool(message.action))
            self.setProperty("tone", message.tone)
            self.style().unpolish(self)
            self.style().polish(self)
            self.setAccessibleName(message.text)
        self.setVisible(message is not None)

    def restyle(self) -> None:
        """Take up the colours now in force."""
        self._close.setIcon(self._icons.icon("close", current_look().text))

    def _act(self) -> None:
        message = self._message
        self._dismiss()
        if message is not None and message.act is not None:
            message.act()

    def _dismiss(self) -> None:
        if self._message is not None:
            self.dismissed.emit(self._message.subject)
