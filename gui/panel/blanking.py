"""Pausing and blanking everything: two buttons in the header, and a strip that nobody overlooks while it lasts."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from capture.privacy.blanking import BLANKED, PAUSED
from gui.core.state import AppState, state_word
from gui.verbs import VerbButton, Verbs
from gui.widgets.icons import Icons
from gui.widgets.style import current_look
from resources.translate import N_, _

WORDS = {
    "blanked": (N_("Blanked"), N_("Viewers see nothing until you resume.")),
    "paused": (N_("Paused"), N_("Viewers see the last picture until you resume.")),
}


class BlankingButtons(QWidget):
    """Pause and Blank, while pictures are taken."""

    def __init__(self, icons: Icons, verbs: Verbs) -> None:
        super().__init__()
        self._icons = icons
        self.pause = VerbButton(verbs.pause, "pause")
        self.blank = VerbButton(verbs.blank, "blank")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.pause)
        layout.addWidget(self.blank)
        self.restyle()

    def show_state(self, state: AppState) -> None:
        """Show the buttons while there is something to pause."""
        self.setVisible(state.blanking is None and state.is_sharing)

    def restyle(self) -> None:
        """Take up the colours now in force."""
        look = current_look()
        for button in (self.pause, self.blank):
            button.setIcon(self._icons.icon(button.verb.icon_name, look.text))


class BlankingStrip(QFrame):
    """Says that viewers see nothing new, and why; hidden otherwise."""

    def __init__(self, icons: Icons, verbs: Verbs) -> None:
        super().__init__()
        self.setObjectName("blankingStrip")
        self._icons = icons
        self._is_low = False
        self._state = AppState()
        self._mark = QLabel()
        self._headline = QLabel()
        self._headline.setObjectName("blankingHeadline")
        self._headline.setWordWrap(True)
        self.reason = QLabel()
        self.reason.setObjectName("blankingReason")
        self.reason.setWordWrap(True)
        self.go_on = VerbButton(verbs.go_on, "goOn")
        self.go_on.setIconSize(QSize(16, 16))
        self.go_on.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._headline)
        words.addWidget(self.reason)
        layout = self._line = QHBoxLayout(self)
        layout.setSpacing(16)
        layout.addWidget(self._mark)
        layout.addLayout(words, 1)
        layout.addWidget(self.go_on)
        self.set_low(False)
        self.restyle()
        self.hide()

    def set_low(self, is_low: bool) -> None:
        """Take one line, or two."""
        self._is_low = is_low
        self._line.setContentsMargins(16, 2 if is_low else 12, 16, 2 if is_low else 12)
        self.reason.setVisible(not is_low)
        self.setToolTip(self.reason.text() if is_low else "")

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.show_state(self._state)

    def show_state(self, state: AppState) -> None:
        """Show what is blanked in ``state``."""
        self._state = state
        blanking = state.blanking
        if blanking is not None:
            headline, follows = map(_, WORDS[blanking.state])
            self._headline.setText(headline)
            # What a person did he need not be told; anything else is worth a reason.
            self.reason.setText(follows if blanking in (PAUSED, BLANKED) else f"{blanking.reason.words} {follows}")
            self.setAccessibleName(headline)
            self._mark.setAccessibleName(state_word(blanking.state))
            self.set_low(self._is_low)
        self.setVisible(blanking is not None)

    def restyle(self) -> None:
        """Take up the colours now in force."""
        look = current_look()
        self._mark.setPixmap(self._icons.pixmap("blank", 24, look.on_blanking, self.devicePixelRatioF()))
        self.go_on.setIcon(self._icons.icon(self.go_on.verb.icon_name, look.blanking))
