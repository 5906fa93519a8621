"""The second page: by whom it shall be seen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QRadioButton, QVBoxLayout, QWidget

from gui.core.access_state import AccessViewState
from gui.core.networks import found_interface
from gui.dialogs.first_start.labels import column, words
from gui.dialogs.first_start.steps import Reach, reaches
from gui.settings.policy import FIXED_WORDS
from resources.translate import _
from server.net.interfaces import Interface


class WhoPage(QWidget):
    """By whom: this computer only, or a network."""

    def __init__(self) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        self._reaches: tuple[Reach, ...] = ()
        self._is_fixed = False
        self._chosen: Reach | None = None
        self._column = column(self)
        self._choices = QVBoxLayout()
        self._choices.setSpacing(8)
        self._none, self._fixed = words(), words()
        self.translate()
        self._column.addLayout(self._choices)
        self._column.addWidget(self._none)
        self._column.addWidget(self._fixed)
        self._column.addStretch(1)
        self._fixed.hide()

    def translate(self) -> None:
        """Say everything in the language in use, but for the choices, which `show_access` does."""
        self._none.setText(_("This computer is not connected to a network at the moment."))
        self._fixed.setText(_(FIXED_WORDS))

    @property
    def chosen(self) -> Interface | None:
        """Return the network that was chosen, None for this computer only."""
        return None if self._chosen is None else self._chosen.interface

    @property
    def buttons(self) -> tuple[QRadioButton, ...]:
        """Return what there is to choose, this computer first."""
        return tuple(button for button in self._group.buttons() if isinstance(button, QRadioButton))

    def show_access(self, state: AccessViewState, *, is_fixed: bool) -> None:
        """Offer the networks there are; what was chosen stays so while it is there."""
        found = reaches(state.interfaces)
        if found == self._reaches and is_fixed == self._is_fixed:
            return
        wanted = self._chosen.interface if self._chosen is not None else found_interface(state.wanted, state.interfaces)
        self._is_fixed, self._reaches = is_fixed, found
        had_focus = any(button.hasFocus() for button in self.buttons)
        self._clear()
        for reach in found:
            self._add(reach, is_chosen=reach.interface == wanted)
        if self._group.checkedButton() is None:
            # Its network is gone: nothing wider than was chosen.
            self.buttons[0].setChecked(True)
        self._none.setVisible(len(found) == 1)
        self._fixed.setVisible(is_fixed)
        if had_focus:
            self.take_focus()

    def take_focus(self) -> None:
        """Give the keyboard to the choice."""
        button = self._group.checkedButton()
        if button is not None:
            button.setFocus(Qt.FocusReason.TabFocusReason)

    def _add(self, reach: Reach, *, is_chosen: bool) -> None:
        frame = QFrame()
        frame.setObjectName("card")
        button = QRadioButton(reach.name.replace("&", "&&"))
        button.setObjectName("reachChoice")
        button.setAccessibleDescription(reach.meaning)
        button.setEnabled(not self._is_fixed)
        button.toggled.connect(lambda on: self._choose(reach) if on else None)
        meaning = words(reach.meaning)
        meaning.setIndent(button.iconSize().width() + 8)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setSpacing(4)
        inside.addWidget(button)
        inside.addWidget(meaning)
        self._group.addButton(button)
        self._choices.addWidget(frame)
        button.setChecked(is_chosen)

    def _choose(self, reach: Reach) -> None:
        self._chosen = reach

    def _clear(self) -> None:
        for button in self.buttons:
            with QSignalBlocker(button):
                self._group.removeButton(button)
        while (item := self._choices.takeAt(0)) is not None:
            frame = item.widget()
            if frame is not None:
                frame.hide()
                frame.setParent(None)
                frame.deleteLater()
