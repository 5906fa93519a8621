"""The header's last line: who can reach this computer, and the ways in that are given away."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from gui.core.access_state import AccessViewState
from gui.core.networks import HERE_WORDS, choice_words, found_interface
from gui.core.notices.kinds import KINDS
from gui.panel.controls import Choice
from gui.widgets.fixed import is_fixed
from gui.widgets.help import FIRST, HelpButton, ask_help
from gui.widgets.part_names import name_menu
from resources.translate import N_, _
from server.net.interfaces import Interface

TIP = N_("Whether only this computer can watch, or the devices of a network too")
NARROWEST = 200
SPACING = 8
"""Logical pixels of the choice."""


class NetworkPicker(Choice):
    """Offers this computer only, and every network there is.

    Signals:
        requested: the person chose an `Interface`, or None for this computer only.
        opened: the list is about to be seen.
    """

    requested = Signal(object)
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("reach")
        self.setMinimumWidth(NARROWEST)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._shown: tuple[object, ...] = ()
        self._state = AccessViewState()
        self.activated.connect(self._wish)

    def translate(self) -> None:
        """Say everything in the language in use."""
        self.setAccessibleName(_("Who can watch"))
        self._shown = ()
        self.show_access(self._state)

    def show_access(self, state: AccessViewState) -> None:
        """Offer what there is, and show what is chosen; an open list stays as it is, for the hand is on its way."""
        self._state = state
        if self.view().isVisible():
            return
        chosen = found_interface(state.wanted, state.interfaces)
        shown = (state.wanted, state.interfaces)
        if shown != self._shown:
            self._shown = shown
            with QSignalBlocker(self):
                self.clear()
                self.addItem(_(HERE_WORDS), None)
                for interface in state.interfaces:
                    self.addItem(choice_words(interface), interface)
                if state.wanted.name and chosen is None:
                    words = _("My network: {name} · not connected").format(name=state.wanted.name)
                    self.addItem(words, state.wanted)
                    self.setCurrentIndex(self.count() - 1)
                else:
                    self.setCurrentIndex(0 if chosen is None else 1 + state.interfaces.index(chosen))
        if is_fixed(self):
            return
        self.setEnabled(state.answerable)
        self.setToolTip(f"{_(TIP)}\n{self.currentText()}")

    def showPopup(self) -> None:  # noqa: N802 (Qt's name)
        """Have the networks looked for; those that are new are there the next time."""
        self.opened.emit()
        super().showPopup()

    def hidePopup(self) -> None:  # noqa: N802 (Qt's name)
        """Show what came while the list was open, once its choice is heard of: that comes after this."""
        super().hidePopup()
        QTimer.singleShot(0, self, lambda: self.show_access(self._state))

    def _wish(self, index: int) -> None:
        data = self.itemData(index)
        if data is None or isinstance(data, Interface):
            self.requested.emit(data)


class AccessBar(QWidget):
    """The line, and beneath it a hint while nobody has got through.

    Signals:
        pin_requested, links_requested, log_requested, refused_requested: what is to be shown.
        notice_requested: a kind of `gui.core.notices.kinds`, and whether it is wanted.
        asks_here_requested: whether this computer needs a link as well.
        encrypt_requested: whether what is sent is encrypted.
        certificate_requested: the window about that is to be shown.
        names_requested: the window about further names of this computer is to be shown.
        about_requested: the window about Panecast itself is to be shown.

    Attributes:
        autostart: the switch whether Panecast starts with the system.
    """

    pin_requested = Signal()
    links_requested = Signal()
    log_requested = Signal()
    refused_requested = Signal()
    notice_requested = Signal(str, bool)
    asks_here_requested = Signal(bool)
    encrypt_requested = Signal(bool)
    certificate_requested = Signal()
    names_requested = Signal()
    about_requested = Signal()

    def __init__(self, settings: QAction | None = None, quiet: QAction | None = None) -> None:
        """``settings`` opens all settings, ``quiet`` begins and ends the hour without notices."""
        super().__init__()
        self.reach = NetworkPicker()
        self._label = label = QLabel()
        label.setObjectName("muted")
        label.setBuddy(self.reach)
        self.sentence = QLabel()
        self.sentence.setObjectName("muted")
        self.pin = QPushButton()
        self.pin.setObjectName("showPin")
        self.pin.clicked.connect(self.pin_requested)
        self.links = QPushButton()
        self.links.setObjectName("showLinks")
        self.links.clicked.connect(self.links_requested)
        menu = self._menu(settings, quiet)
        self.more = QPushButton()
        self.more.setObjectName("more")
        self.more.setMenu(menu)
        self._more_menu = menu
        self.hint = QLabel()
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        help_button = HelpButton("who-can-watch", self)
        line = QHBoxLayout()
        line.setSpacing(SPACING)
        line.addWidget(label)
        line.addWidget(self.reach)
        line.addWidget(self.sentence)
        line.addStretch(1)
        line.addWidget(self.pin)
        line.addWidget(self.links)
        line.addWidget(self.more)
        line.addWidget(help_button)
        self._parts = (label, self.reach, self.sentence, self.pin, self.links, self.more, help_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(self.hint)
        self._state = AccessViewState()
        self.translate()

    def translate(self) -> None:
        """Say everything in the language in use."""
        self._label.setText(_("&Who can watch"))
        self.links.setText(_("&Links…"))
        self.links.setToolTip(_("Create, change and revoke links, and forget devices (Ctrl+L)"))
        self.pin.setText(_("Show a P&IN"))
        self.more.setText(_("&More"))
        name_menu(self._more_menu, _("&More"))
        self.more.setToolTip(_("Encryption, notifications, logs, start with the system, and about Panecast"))
        name_menu(self._tell, _("Notify me when"))
        for kind, action in self.notices.items():
            action.setText(_(KINDS[kind]))
        self.asks_here.setText(_("Require the link on this computer, too"))
        self.log.setText(_("Show the access log"))
        self.refused.setText(_("Show refused attempts"))
        self.encrypt.setText(_("Encrypt (HTTPS)"))
        self.certificate.setText(_("Certificate and fingerprint…"))
        self.names.setText(_("Other names of this computer…"))
        self.autostart.setText(_("Start with the system"))
        self.updates.setText(_("Updates…"))
        self.manual.setText(_("Manual…"))
        self.about.setText(_("About Panecast…"))
        self.reach.translate()
        self.show_access(self._state)

    def _menu(self, settings: QAction | None, quiet: QAction | None) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName("moreMenu")
        self.notices = {kind: QAction(menu) for kind in KINDS}
        self._tell = tell = QMenu(menu)
        for kind, action in self.notices.items():
            action.setCheckable(True)
            action.triggered.connect(lambda on, kind=kind: self.notice_requested.emit(kind, on))
            tell.addAction(action)
        self.asks_here = QAction(menu)
        self.asks_here.setCheckable(True)
        self.asks_here.triggered.connect(self.asks_here_requested)
        self.log = QAction(menu)
        self.log.triggered.connect(self.log_requested)
        self.refused = QAction(menu)
        self.refused.triggered.connect(self.refused_requested)
        self.encrypt = QAction(menu)
        self.encrypt.setCheckable(True)
        self.encrypt.triggered.connect(self.encrypt_requested)
        self.certificate = QAction(menu)
        self.certificate.triggered.connect(self.certificate_requested)
        self.names = QAction(menu)
        self.names.triggered.connect(self.names_requested)
        self.autostart = QAction(menu)
        self.updates = QAction(menu)
        self.manual = QAction(menu)
        self.manual.triggered.connect(lambda: ask_help(self, FIRST))
        self.about = QAction(menu)
        self.about.triggered.connect(self.about_requested)
        menu.addAction(self.encrypt)
        menu.addAction(self.certificate)
        menu.addAction(self.asks_here)
        menu.addAction(self.names)
        menu.addSeparator()
        menu.addMenu(tell)
        if quiet is not None:
            menu.addAction(quiet)
        menu.addAction(self.log)
        menu.addAction(self.refused)
        menu.addSeparator()
        menu.addAction(self.autostart)
        if settings is not None:
            menu.addAction(settings)
        menu.addAction(self.manual)
        menu.addAction(self.updates)
        menu.addAction(self.about)
        return menu

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the sentence out where there is no room: the choice says it already."""
        super().resizeEvent(event)
        self._say_where_there_is_room()

    def _say_where_there_is_room(self) -> None:
        needed = sum(part.sizeHint().width() + SPACING for part in self._parts)
        self.sentence.setVisible(self.width() >= needed)

    def show_access(self, state: AccessViewState) -> None:
        """Show who gets in."""
        self._state = state
        self.reach.show_access(state)
        self.sentence.setText(state.sentence)
        self.sentence.setToolTip(state.sentence)
        self.pin.setEnabled(state.is_open)
        self.pin.setToolTip(
            _("Six digits to read out; you are asked before anyone can watch")
            if state.is_open
            else _("PINs work while you share with your network")
        )
        self.asks_here.setChecked(state.asks_here)
        for kind, action in self.notices.items():
            action.setChecked(kind in state.notices)
        self.hint.setText(state.hint)
        self.hint.setVisible(bool(state.hint))
        self._say_where_there_is_room()
