"""What happened, and a button that mends it: over the top of the preview, which keeps its size."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.core.state import AppState, Message
from gui.widgets.icons import Icons
from gui.widgets.style import current_look
from resources.translate import _

GAP = 8
WIDE, MOST_WIDE = 400, 640
"""Logical pixels."""


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
        self._close.clicked.connect(self._dismiss)
        self._grid = layout = QGridLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(8)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self._text, 0, 0)
        layout.addWidget(self._close, 0, 2, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._action, 0, 1, Qt.AlignmentFlag.AlignTop)
        self._stage: QWidget | None = None
        self.translate()
        self.restyle()
        self.hide()

    def translate(self) -> None:
        """Say everything in the language in use; the message stays as it was said."""
        self._close.setAccessibleName(_("Dismiss"))
        self._close.setToolTip(_("Dismiss this message"))

    def lie_over(self, stage: QWidget, around: QWidget) -> None:
        """Lie over the top of ``stage``, which is in ``around``; words that need more room than it has go on below."""
        self._stage = stage
        self.setParent(around)
        stage.installEventFilter(self)
        self.hide()

    def event(self, event: QEvent) -> bool:
        """Take the height that the words need, once that is known."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return done

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return False

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
        self._place()

    def restyle(self) -> None:
        """Take up the colours now in force."""
        self._close.setIcon(self._icons.icon("close", current_look().text))

    def _place(self) -> None:
        stage, around = self._stage, self.parentWidget()
        if stage is None or around is None or self.isHidden():
            return
        corner = stage.mapTo(around, QPoint(0, 0))
        width = min(stage.width() - 2 * GAP, MOST_WIDE)
        left = corner.x() + (stage.width() - width) // 2
        # Beside the words where there is room, else below them.
        if width >= WIDE and self._action.sizeHint().width() <= width // 3:
            self._grid.addWidget(self._action, 0, 1, Qt.AlignmentFlag.AlignTop)
        else:
            self._grid.addWidget(self._action, 1, 0, 1, 3, Qt.AlignmentFlag.AlignRight)
        self.setGeometry(left, corner.y() + GAP, width, self._grid.totalHeightForWidth(width))
        self.raise_()

    def _act(self) -> None:
        message = self._message
        self._dismiss()
        if message is not None and message.act is not None:
            message.act()

    def _dismiss(self) -> None:
        if self._message is not None:
            self.dismissed.emit(self._message.subject)
