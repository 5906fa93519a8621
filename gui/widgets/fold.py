"""The line above a table that unfolds it or folds it away, and says meanwhile in words what is in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gui.widgets.elided_label import ElidedLabel


class Fold(QWidget):
    """A heading with an arrow.

    Signals:
        pressed: the person folded or unfolded.

    Attributes:
        is_wished_open: what the person chose; None where that is left to the room there is.
    """

    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_requested_open: bool | None = None
        self._tips = ("", "")
        self.button = QToolButton()
        self.button.setObjectName("fold")
        self.button.setCheckable(True)
        self.button.clicked.connect(self._press)
        self.heading = QLabel()
        self.heading.setObjectName("section")
        self.words = ElidedLabel()
        self.words.setObjectName("viewersEmpty")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 16, 0)
        line.setSpacing(8)
        line.addWidget(self.button)
        line.addWidget(self.heading)
        line.addWidget(self.words, 1)

    def name(self, show: str, hide: str) -> None:
        """Have the arrow say these words: what it does while the table is folded away, and while it is open."""
        self._tips = (show, hide)
        self.button.setAccessibleName(show)

    def show_fold(self, *, is_open: bool, is_empty: bool, words: str) -> None:
        """Show whether it is open, and ``words`` while it is not."""
        self.button.setVisible(not is_empty)
        self.button.setChecked(is_open)
        self.button.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self.button.setToolTip(self._tips[is_open])
        self.words.setText("" if is_open else words)

    def _press(self) -> None:
        self.is_requested_open = self.button.isChecked()
        self.pressed.emit()
