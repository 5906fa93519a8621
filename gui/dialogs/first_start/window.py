"""The window of the first start: one step at a time, and nothing is shared before the second one ends."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gui.core.access_state import AccessViewState
from gui.core.state import AppState
from gui.dialogs.first_start.labels import words
from gui.dialogs.first_start.link_page import LinkPage
from gui.dialogs.first_start.what_page import WhatPage
from gui.dialogs.first_start.who_page import WhoPage
from gui.widgets.help import HelpButton
from gui.widgets.icons import Icons
from gui.widgets.screen_fit import FittedDialog
from resources.translate import N_, _
from server.doctor import Check

WHAT, WHO, LINK = range(3)
HEADLINES = (
    (N_("What do you want to share?"), N_("Select one or more. Nothing is shared before you say so.")),
    (N_("Who can watch?"), N_("You can change this later, in the panel.")),
    (N_("Here is your link"), ""),
)
NEXT = (N_("&Next"), N_("&Share now"), N_("&Done"))
LOOK_MS = 3000
"""How often networks are looked for while they are to be chosen from."""


class FirstStart(FittedDialog):
    """Three steps. It is open beside the panel, which waits for it.

    Signals:
        share_requested: the sources that were chosen, as a tuple, and the `Interface` of a network or None.
        look_requested: the networks may be others by now.
    """

    help_page = "first-steps"

    share_requested = Signal(object, object)
    look_requested = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("firstStart")
        self.setMinimumWidth(420)
        self.what = WhatPage(icons)
        self.who = WhoPage()
        self.link = LinkPage()
        self._step = QLabel()
        self._step.setObjectName("section")
        self._headline = QLabel()
        self._headline.setObjectName("headline")
        self._headline.setWordWrap(True)
        self._sentence = words()
        self.problem = QLabel()
        self.problem.setObjectName("formError")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.pages = QStackedWidget()
        for page in (self.what, self.who, self.link):
            self.pages.addWidget(page)
        self.skip = QPushButton()
        self.skip.setObjectName("firstSkip")
        self.skip.setAutoDefault(False)
        self.skip.clicked.connect(self.reject)
        self.back = QPushButton()
        self.back.setObjectName("firstBack")
        self.back.setAutoDefault(False)
        self.back.clicked.connect(lambda: self._go(self.pages.currentIndex() - 1))
        self.next = QPushButton()
        self.next.setObjectName("firstNext")
        self.next.setDefault(True)
        self.next.clicked.connect(self._go_on)
        self.what.cards.chosen_changed.connect(self.problem.hide)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_MS)
        self._look.timeout.connect(self.look_requested)
        self._lay_out()
        self._say()
        self._go(WHAT)

    def _lay_out(self) -> None:
        layout = QVBoxLayout()
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(6)
        layout.addWidget(self._step)
        layout.addWidget(self._headline)
        layout.addWidget(self._sentence)
        layout.addSpacing(6)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.skip)
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.next)
        self.lay_out(layout, foot)

    def sizeHint(self) -> QSize:
        """Return a size that has room for some cards in the letters of this desktop."""
        letters = self.fontMetrics().averageCharWidth()
        return super().sizeHint().expandedTo(QSize(112 * letters, 92 * letters))

    @property
    def step(self) -> int:
        """Return which step is shown, from 0."""
        return self.pages.currentIndex()

    def translate(self) -> None:
        """Say everything in the language in use; what it is shown next does so by itself."""
        self._say()
        self._say_step()
        for part in (self.what, self.who, self.link):
            part.translate()
        for mark in self.findChildren(HelpButton):
            mark.translate()

    def show_state(self, state: AppState, access: AccessViewState, *, is_fixed: bool) -> None:
        """Show how things are; ``is_fixed``: an administrator has decided who can watch."""
        self.what.show_state(state)
        self.who.show_access(access, is_fixed=is_fixed)
        self.link.show_state(state, access)

    def show_findings(self, found: Sequence[Check]) -> None:
        """Say what is missing on this system."""
        self.what.show_findings(found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size: the steps need different ones, and the window is not to jump from one to the next."""
        return False

    def done(self, result: int) -> None:
        """End, and look at nothing any more."""
        self._look.stop()
        super().done(result)

    def _go_on(self) -> None:
        if self.step == WHAT and not self.what.cards.chosen:
            self.problem.show()
            self.what.cards.setFocus()
        elif self.step == LINK:
            self.accept()
        else:
            if self.step == WHO:
                self.share_requested.emit(self.what.cards.chosen, self.who.chosen)
            self._go(self.step + 1)

    def _say(self) -> None:
        """Say what is the same at every step."""
        self.setWindowTitle(_("Welcome to Panecast"))
        self.problem.setText(_("Select at least one window or screen first."))
        self.skip.setText(_("S&kip"))
        self.skip.setToolTip(_("Close this and use the panel; nothing is shared"))
        self.back.setText(_("&Back"))

    def _say_step(self) -> None:
        headline, sentence = HEADLINES[self.step]
        self._step.setText(_("STEP {number} OF {count}").format(number=self.step + 1, count=len(HEADLINES)))
        self._headline.setText(_(headline))
        self._sentence.setText(_(sentence) if sentence else "")
        self._sentence.setVisible(bool(sentence))
        self.next.setText(_(NEXT[self.step]))

    def _go(self, step: int) -> None:
        self.pages.setCurrentIndex(step)
        self._say_step()
        self.problem.hide()
        self.back.setVisible(step != WHAT)
        self.skip.setVisible(step != LINK)
        if step == WHAT:
            self.what.cards.setFocus()
        elif step == WHO:
            self.look_requested.emit()
            self.who.take_focus()
        else:
            self.link.take_focus()
        if step == WHO:
            self._look.start()
        else:
            self._look.stop()
