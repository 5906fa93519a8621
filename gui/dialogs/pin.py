"""The PIN, large enough to be read out across a room, for as long as it is good."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.core.access_state import AccessViewState
from gui.widgets.screen_fit import FittedDialog
from resources.translate import N_, _
from server.access.pin import Pin

TICK_MS = 1000
OVER = N_("This PIN has expired.")


def grouped(digits: str) -> str:
    """Return digits in groups of three, as people read them out."""
    return " ".join(digits[at : at + 3] for at in range(0, len(digits), 3))


def left_words(seconds: float) -> str:
    """Return a time that is left, in minutes and seconds."""
    whole = max(0, round(seconds))
    return _("Valid for {time}, for one device").format(time=f"{whole // 60}:{whole % 60:02d}")


class PinWindow(FittedDialog):
    """Shows the PIN and how long it is good; closing it ends the PIN.

    Signals:
        new_requested: another PIN.
        hide_requested: no PIN any more.
    """

    help_page = "who-can-watch#pin"

    new_requested = Signal()
    hide_requested = Signal()

    def __init__(self, parent: QWidget | None = None, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` is the clock that PINs end by."""
        super().__init__(parent)
        self.setObjectName("pinWindow")
        self.setWindowTitle(_("PIN"))
        self._now = now
        self._pin: Pin | None = None
        self.digits = QLabel()
        self.digits.setObjectName("pinDigits")
        self.digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.left = QLabel()
        self.left.setObjectName("muted")
        self.left.setAlignment(Qt.AlignmentFlag.AlignCenter)
        how = QLabel(_("On the other device, open this address and enter the PIN:"))
        how.setObjectName("muted")
        how.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.address = QLabel()
        self.address.setObjectName("pinAddress")
        self.address.setTextFormat(Qt.TextFormat.PlainText)
        self.address.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.new = QPushButton(_("&New PIN"))
        self.new.setObjectName("newPin")
        self.new.setAutoDefault(False)
        self.new.clicked.connect(self.new_requested)
        self.close_button = QPushButton(_("&Hide"))
        self.close_button.setObjectName("hidePin")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        # What is not seen is not to be good: however the window was closed, also by Esc.
        self.finished.connect(self.hide_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.new)
        buttons.addWidget(self.close_button)
        buttons.addStretch(1)
        layout = QVBoxLayout()
        layout.setContentsMargins(32, 24, 32, 24)
        layout.setSpacing(8)
        layout.addWidget(self.digits)
        layout.addWidget(self.left)
        layout.addSpacing(16)
        layout.addWidget(how)
        layout.addWidget(self.address)
        layout.addSpacing(8)
        self.lay_out(layout, buttons)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._repaint)

    def show_access(self, state: AccessViewState) -> None:
        """Show the PIN there is, or that it is over."""
        was_used = self._pin is not None and state.pin is None and bool(state.questions)
        self._pin = state.pin
        self.address.setText(state.url)
        if was_used or not state.is_open:
            self.reject()
        self._repaint()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.close_button.setFocus()
        self._repaint()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._tick.stop()

    def _repaint(self) -> None:
        left = 0.0 if self._pin is None else self._pin.until - self._now()
        if self._pin is None or left <= 0:
            self.digits.setText("––– –––")
            self.left.setText(_(OVER))
        else:
            self.digits.setText(grouped(self._pin.digits))
            self.left.setText(left_words(left))
