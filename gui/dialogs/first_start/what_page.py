"""The first page: what shall be seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.core.state import AppState
from gui.dialogs.first_start.cards import Cards
from gui.dialogs.first_start.labels import column, words
from gui.dialogs.first_start.steps import copied_part, offered
from gui.widgets.clipboard import copy_to_clipboard
from gui.widgets.icons import Icons
from resources.translate import _
from server.doctor import Check


class WhatPage(QWidget):
    """What shall be seen, and what this system lacks for it.

    Attributes:
        cards: the windows and screens.
    """

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.cards = Cards(icons)
        self.findings = QFrame()
        self.findings.setObjectName("messageBar")
        self._found: list[QWidget] = []
        self._lines = QVBoxLayout(self.findings)
        self._lines.setContentsMargins(12, 8, 12, 8)
        self._lines.setSpacing(8)
        self.findings.hide()
        layout = column(self)
        layout.addWidget(self.findings)
        layout.addWidget(self.cards, 1)

    def translate(self) -> None:
        """Say everything in the language in use, but for what is shown later."""
        self.cards.translate()

    def show_state(self, state: AppState) -> None:
        """Offer the sources there are."""
        self.cards.empty_text = state.listing.reason.words or _("Looking for windows…")
        self.cards.show_sources(offered(state))

    def show_findings(self, found: Sequence[Check]) -> None:
        """Say what is missing, each with a button where something mends it."""
        while self._found:
            old = self._found.pop()
            old.hide()
            old.setParent(None)
            old.deleteLater()
        for check in found:
            whole = QWidget()
            line = QHBoxLayout(whole)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            line.addWidget(words(f"{check.message} {check.mend}".strip(), selectable=True), 1)
            if check.mend:
                copy = QPushButton(_("Copy"))
                copy.setObjectName("copyMend")
                copy.setAutoDefault(False)
                copy.setToolTip(copied_part(check.mend))
                copy.setAccessibleDescription(copied_part(check.mend))
                copy.clicked.connect(lambda _checked=False, mend=check.mend: copy_to_clipboard(copied_part(mend)))
                line.addWidget(copy, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addWidget(whole)
            self._found.append(whole)
        self.findings.setVisible(bool(found))
