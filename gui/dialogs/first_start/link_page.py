"""The third page: the link, and whether somebody has come by it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from gui.core.access_state import AccessViewState
from gui.core.state import AppState
from gui.dialogs.first_start.labels import column, words
from gui.dialogs.first_start.steps import TOLD, watching_words
from gui.panel.header import SAID_MS
from gui.widgets.qr import qr_pixmap
from gui.widgets.style import current_look
from resources.translate import _

CODE_EDGE = 168
"""Least logical pixels of the QR code."""


class LinkPage(QWidget):
    """The link, and whether somebody has come by it.

    Signals:
        copy_requested, open_requested: of the link.
    """

    copy_requested = Signal()
    open_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._url = ""
        self._told = ""
        self._waits = False
        self.code = QLabel()
        self.code.setObjectName("firstCode")
        self.address = QLineEdit()
        self.address.setObjectName("firstAddress")
        self.address.setReadOnly(True)
        self.hint = words()
        self.firewall = words(selectable=True)
        self.copy = QPushButton()
        self.copy.setObjectName("firstCopy")
        self.copy.setAutoDefault(False)
        self.copy.clicked.connect(self.copy_requested)
        self.open = QPushButton()
        self.open.setObjectName("firstOpen")
        self.open.clicked.connect(self.open_requested)
        self.problem = QFrame()
        self.problem.setObjectName("messageBar")
        self.problem_words = words()
        self.problem_words.setObjectName("")
        self.mend = QPushButton()
        self.mend.setObjectName("firstMend")
        self.mend.setAutoDefault(False)
        self._act: Callable[[], None] | None = None
        self.mend.clicked.connect(self._mend)
        self.dot = QLabel("●")
        self.watching = QLabel()
        self.watching.setObjectName("firstWatching")
        self.watching.setTextFormat(Qt.TextFormat.PlainText)
        self.watching.setWordWrap(True)
        self._lay_out()
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use, but for what `show_state` does."""
        self.code.setAccessibleName(_("QR code of the link"))
        self.address.setAccessibleName(_("Address"))
        self._name_copy()
        self.copy.setMinimumWidth(0)
        self.copy.setMinimumWidth(self.copy.sizeHint().width())
        self.open.setText(_("&Open here"))
        self.open.setToolTip(_("Open it in the browser of this computer"))

    def take_focus(self) -> None:
        """Give the keyboard to the button that opens the link, as soon as there is one."""
        self._waits = not self.open.isEnabled()
        self.open.setFocus()

    def say_copied(self) -> None:
        """Say for a moment that the link was copied."""
        self.copy.setText(_("Copied"))
        QTimer.singleShot(SAID_MS, self.copy, self._name_copy)

    def _name_copy(self) -> None:
        self.copy.setText(_("&Copy link"))

    def _lay_out(self) -> None:
        told = QHBoxLayout(self.problem)
        told.setContentsMargins(12, 8, 12, 8)
        told.addWidget(self.problem_words, 1)
        told.addWidget(self.mend)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.copy)
        buttons.addWidget(self.open)
        buttons.addStretch(1)
        card = QFrame()
        card.setObjectName("card")
        seen = QHBoxLayout(card)
        seen.setContentsMargins(12, 12, 12, 12)
        seen.setSpacing(8)
        seen.addWidget(self.dot, 0, Qt.AlignmentFlag.AlignTop)
        seen.addWidget(self.watching, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.code, 0, 0, 6, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.address, 0, 1)
        grid.addLayout(buttons, 1, 1)
        grid.addWidget(self.hint, 2, 1)
        grid.addWidget(card, 3, 1)
        grid.addWidget(self.firewall, 4, 1)
        grid.setRowStretch(5, 1)
        layout = column(self)
        layout.addWidget(self.problem)
        layout.addLayout(grid, 1)

    def show_state(self, state: AppState, access: AccessViewState) -> None:
        """Show the link once there is one, why there is none, and who watches."""
        look = current_look()
        is_known = access.url == state.url
        url = (access.full_url if is_known else state.url) if state.is_sharing else ""
        self._show_code(url if access.is_open else "")
        self.address.setText((access.shown_url if is_known else state.url) if state.is_sharing else _("One moment…"))
        self.address.setCursorPosition(0)
        for button in (self.copy, self.open):
            button.setEnabled(state.is_sharing)
        if state.is_sharing and self._waits:
            self._waits = False
            self.open.setFocus()
        self.hint.setText(self._hint(access) if state.is_sharing else "")
        self.firewall.setText(access.hint)
        self.firewall.setVisible(bool(access.hint) and not state.viewers)
        self._show_problem(state)
        who = watching_words(state)
        colour = look.live if who else look.waiting if state.is_sharing else look.muted
        self.dot.setStyleSheet(f"color: {colour};")
        waiting = _("No one is watching yet.") if state.is_sharing else _("Starting…")
        if state.phase == "idle":
            waiting = _("Not sharing")
        self.watching.setText(who or waiting)
        self._announce(who)

    def _hint(self, access: AccessViewState) -> str:
        if access.is_open:
            return _("Scan the code with a phone, or send the link to someone. Anyone with the link can watch.")
        return _("This address works on this computer only. Go back to let the devices of your network watch, too.")

    def _show_code(self, url: str) -> None:
        if url != self._url:
            self._url = url
            if url:
                self.code.setPixmap(qr_pixmap(url, CODE_EDGE, self.devicePixelRatioF()))
        self.code.setVisible(bool(url))

    def _show_problem(self, state: AppState) -> None:
        message = state.message if state.message is not None and state.message.subject in TOLD else None
        self.problem.setVisible(message is not None)
        if message is not None:
            self._act = message.act
            self.problem_words.setText(message.text)
            self.mend.setText(message.action)
            self.mend.setVisible(bool(message.action))
            if not state.is_sharing:
                self.address.setText("")

    def _mend(self) -> None:
        if self._act is not None:
            self._act()

    def _announce(self, words: str) -> None:
        """Have a screen reader say that somebody has come."""
        if words and words != self._told:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.watching, words))
        self._told = words
