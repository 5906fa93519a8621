"""The head of the panel: how things are, the address to give away, and the one big button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, QTimer, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.core.access_state import AccessViewState
from gui.core.state import AppState
from gui.verbs import VerbButton, Verbs
from gui.widgets.fixed import is_fixed
from gui.widgets.icons import Icons
from gui.widgets.style import current_look
from resources.translate import N_, _

SAID_MS = 1600
"""How long the copy button says that it has copied."""
NOTHING_YET = N_("Select what to show, then start sharing")
WIDE = 420
"""Logical pixels of the address where there is room."""
LONG_ADDRESS = "http://192.168.100.100:8080/#t=…"


class Header(QFrame):
    """The header card.

    Signals:
        port_requested: a port number was typed.
    """

    port_requested = Signal(int)

    def __init__(self, icons: Icons, verbs: Verbs, more: tuple[QWidget, ...] = ()) -> None:
        """``more`` are further buttons, before the big one."""
        super().__init__()
        self.setObjectName("card")
        self._icons = icons
        self._more = more
        self._state = AppState()
        self._access_controller = AccessViewState()
        self._dot = QLabel("●")
        self._headline = QLabel()
        self._headline.setObjectName("headline")
        # In a narrow panel the buttons leave little room.
        self._headline.setWordWrap(True)
        self.start_stop = VerbButton(verbs.start_stop, "startStop")
        self.start_stop.setIconSize(QSize(16, 16))
        self.address = QLineEdit()
        self.address.setObjectName("address")
        self.address.setReadOnly(True)
        self.address.installEventFilter(self)
        self.copy = VerbButton(verbs.copy, "copyLink")
        self.qr = QPushButton()
        self.qr.setObjectName("showQr")
        self.qr.clicked.connect(self._show_qr)
        self.port = QLineEdit()
        self.port.setObjectName("port")
        self.port.setValidator(QIntValidator(1, 65535, self.port))
        self.port.setFixedWidth(self.fontMetrics().horizontalAdvance("65535") + 36)
        self.port.editingFinished.connect(self._tell_port)
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(SAID_MS)
        self._said.timeout.connect(self.restyle)

        self._lay_out()
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self._headline.setAccessibleName(_("State"))
        self.address.setAccessibleName(_("Address"))
        widest = max(self.fontMetrics().horizontalAdvance(words) for words in (_(NOTHING_YET), LONG_ADDRESS))
        self.address.setMinimumWidth(widest + 28)
        self.address.setMaximumWidth(max(WIDE, widest + 28))
        self.qr.setText(_("Q&R code"))
        self.qr.setToolTip(_("Show the link as a code to scan (Ctrl+R)"))
        self._port_label.setText(_("&Port"))
        self.port.setAccessibleName(_("Port"))
        self.port.setToolTip(_("The number at the end of the address; change it if another program uses it"))
        self.restyle()
        self.show_state(self._state)

    def show_state(self, state: AppState) -> None:
        """Show how things are."""
        old, self._state = self._state, state
        look = current_look()
        sharing = state.is_sharing
        is_live = sharing and state.shared and state.blanking is None
        colour = look.live if is_live else look.waiting if state.phase != "idle" else look.muted
        self._dot.setStyleSheet(f"color: {colour}; font-size: 15px;")
        self._headline.setText(state.headline)
        self._show_address()
        for button in (self.copy, self.qr):
            button.setEnabled(sharing)
        if not self.port.hasFocus() or old.port != state.port:
            with QSignalBlocker(self.port):
                self.port.setText(str(state.port))
        self.port.setEnabled(state.phase in ("idle", "sharing") and not is_fixed(self.port))
        self._dress_start_stop()
        if self.address.property("live") != sharing:
            self.address.setProperty("live", sharing)
            _polish(self.address)

    def show_access(self, access_controller: AccessViewState) -> None:
        """Show the address that is to be given away, without the secret that lets its readers in."""
        self._access_controller = access_controller
        self._show_address()

    def add_line(self, line: QWidget) -> None:
        """Have ``line`` as the last one of the card."""
        self._column.addWidget(line)

    def say_copied(self) -> None:
        """Say for a moment that the link was copied."""
        self.copy.setText(_("Copied"))
        self._said.start()

    def restyle(self) -> None:
        """Take up the colours now in force."""
        look = current_look()
        self.copy.show_words()
        self.copy.setIcon(self._icons.icon(self.copy.verb.icon_name, look.text, look.muted))
        self.qr.setIcon(self._icons.icon("qr", look.text, look.muted))
        self.copy.setMinimumWidth(self.copy.sizeHint().width())
        self._dress_start_stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Select the whole address when it is clicked or tabbed into."""
        if watched is self.address and event.type() == QEvent.Type.FocusIn and self._state.is_sharing:
            QTimer.singleShot(0, self.address, self.address.selectAll)
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        self._port_label = port_label = QLabel()
        port_label.setBuddy(self.port)
        port_label.setObjectName("muted")
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self._dot)
        upper.addWidget(self._headline, 1)
        for button in self._more:
            upper.addWidget(button)
        upper.addWidget(self.start_stop)
        lower = QHBoxLayout()
        lower.setSpacing(8)
        lower.addWidget(self.address, 3)
        lower.addWidget(self.copy)
        lower.addWidget(self.qr)
        lower.addStretch(1)
        lower.addWidget(port_label)
        lower.addWidget(self.port)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 14)
        self._column.setSpacing(10)
        self._column.addLayout(upper)
        self._column.addLayout(lower)

    def _show_address(self) -> None:
        state, access_controller = self._state, self._access_controller
        if not state.is_sharing:
            text, tip = self._hint(state), ""
        else:
            is_known = access_controller.url == state.url
            text = access_controller.shown_url if is_known else state.url
            if is_known and access_controller.is_open:
                tip = _("Opens in any browser on your network")
            else:
                tip = _("Opens in any browser on this computer")
            if is_known and access_controller.link is not None:
                tip += "\n" + _("The key in it is hidden here; the copied link and the QR code contain it.")
        if self.address.text() != text:
            self.address.setText(text)
            self.address.setCursorPosition(0)
        self.address.setToolTip(tip)

    def _dress_start_stop(self) -> None:
        look, name = current_look(), self.start_stop.verb.icon_name
        can_stop = name == "stop"
        self.start_stop.setIcon(self._icons.icon(name, look.refused if can_stop else look.on_accent, look.muted))
        if self.start_stop.property("sharing") != can_stop:
            self.start_stop.setProperty("sharing", can_stop)
            _polish(self.start_stop)

    @staticmethod
    def _hint(state: AppState) -> str:
        if state.phase == "starting":
            return _("One moment…")
        return _("Start sharing to get the link") if state.shared else _(NOTHING_YET)

    def _tell_port(self) -> None:
        if self.port.hasAcceptableInput():
            port = int(self.port.text())
            if port != self._state.port:
                self.port_requested.emit(port)

    def _show_qr(self) -> None:
        if self._state.is_sharing:
            from gui.widgets.qr import show_qr

            access_controller = self._access_controller
            name = access_controller.link.name if access_controller.link is not None else ""
            show_qr(access_controller.full_url or self._state.url, self.window(), name)


def _polish(widget: QWidget) -> None:
    """Have the style sheet look at the properties again."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
