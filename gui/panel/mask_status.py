"""The line under the preview about masks: whether they are right in this size, and at which edges they stay."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from capture.privacy.masks import Mask
from gui.panel.controls import Choice
from gui.widgets.part_names import name_choice
from resources.translate import N_, _

DOUBTFUL = N_("The size has changed. More is covered until you adjust the masks, or keep them as shown.")
ACROSS = (("", N_("↔ Not fixed")), ("left", N_("↔ Left edge")), ("right", N_("↔ Right edge")))
DOWN = (("", N_("↕ Not fixed")), ("top", N_("↕ Top edge")), ("bottom", N_("↕ Bottom edge")))


class MaskStatus(QWidget):
    """Shows nothing while no mask is chosen and all are right.

    Signals:
        kept: what is covered now is what is to be covered.
        fixed: the edges at which the chosen mask is to stay (across, down), each empty for none.
    """

    kept = Signal()
    fixed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("maskLine")
        self.words = QLabel()
        self.words.setObjectName("maskWords")
        self.words.setWordWrap(True)
        self.keep = QPushButton()
        self.keep.setObjectName("maskKeep")
        self.keep.clicked.connect(self.kept)
        self.across = _choice("maskAcross", ACROSS)
        self.down = _choice("maskDown", DOWN)
        for choice in (self.across, self.down):
            choice.activated.connect(self._fix)
        self._doubt = QWidget()
        self._edges = QWidget()
        self._hint = QLabel()
        self._hint.setObjectName("previewDetail")
        _line(self._doubt, self.words, self.keep).setStretch(0, 1)
        _line(self._edges, self._hint, self.across, self.down).addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._doubt)
        column.addWidget(self._edges)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.translate()
        self.show_masks(doubtful=False, chosen=None)

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.words.setText(_(DOUBTFUL))
        self.keep.setText(_("Keep as shown"))
        self.keep.setToolTip(_("What is covered now stays covered at this size"))
        self._hint.setText(_("Fixed to"))
        name_choice(self.across, _("Fixed to the left or right edge"))
        name_choice(self.down, _("Fixed to the top or bottom edge"))
        for choice, entries in ((self.across, ACROSS), (self.down, DOWN)):
            choice.setToolTip(_("The edge of the window that the mask keeps its distance from"))
            for at, (_data, words) in enumerate(entries):
                choice.setItemText(at, _(words))

    def show_masks(self, *, doubtful: bool, chosen: Mask | None) -> None:
        """Show whether somebody has to look, and where the chosen mask stays; None for none chosen."""
        self._doubt.setVisible(doubtful)
        self._edges.setVisible(chosen is not None)
        if chosen is not None:
            self.across.setCurrentIndex(self.across.findData(chosen.across))
            self.down.setCurrentIndex(self.down.findData(chosen.down))
        self.setVisible(doubtful or chosen is not None)

    def _fix(self) -> None:
        self.fixed.emit(self.across.currentData(), self.down.currentData())


def _line(row: QWidget, *parts: QWidget) -> QHBoxLayout:
    line = QHBoxLayout(row)
    line.setContentsMargins(4, 0, 4, 0)
    line.setSpacing(12)
    for part in parts:
        line.addWidget(part)
    return line


def _choice(name: str, entries: tuple[tuple[str, str], ...]) -> Choice:
    made = Choice()
    made.setObjectName(name)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    for data, _words in entries:
        made.addItem("", data)
    return made
