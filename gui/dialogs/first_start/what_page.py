"""The first page: what shall be seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from capture.source import Identity, Source
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

    Signals:
        pick_requested: something is to be picked in the desktop's dialog.
    """

    pick_requested = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.cards = Cards(icons)
        self.pick = QPushButton()
        self.pick.setObjectName("firstPick")
        self.pick.setAutoDefault(False)
        self.pick.clicked.connect(self._pick)
        self.pick.hide()
        self._picked: set[Identity] | None = None
        self.findings = QFrame()
        self.findings.setObjectName("messageBar")
        self._found: list[QWidget] = []
        self._sources: tuple[Source, ...] = ()
        self._lines = QVBoxLayout(self.findings)
        self._lines.setContentsMargins(12, 8, 12, 8)
        self._lines.setSpacing(8)
        self.findings.hide()
        layout = column(self)
        layout.addWidget(self.findings)
        layout.addWidget(self.pick, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.cards, 1)
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use, but for what is shown later."""
        self.cards.translate()
        self.pick.setText(_("Pick a window or screen…"))
        self.pick.setToolTip(_("Choose a window or screen in your desktop's own dialog"))

    def show_state(self, state: AppState) -> None:
        """Offer the sources there are."""
        self.cards.empty_text = state.listing.reason.words or _("Looking for windows…")
        self.cards.show_sources(offered(state))
        self.pick.setVisible(state.can_pick)
        picked = _picked(state)
        if self._picked is not None and (fresh := [each for each in picked if each.identity not in self._picked]):
            # It was picked to be seen.
            self._picked = None
            for source in fresh:
                self.cards.choose(source)
        self._sources = picked

    def _pick(self) -> None:
        self._picked = {each.identity for each in self._sources}
        self.pick_requested.emit()

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


def _picked(state: AppState) -> tuple[Source, ...]:
    return tuple(row.source for row in state.sources if row.source.kind == "portal")
