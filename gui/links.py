"""The window about what was given away: links, the devices that came by them, and the addresses that are kept out."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QTableWidgetItem, QVBoxLayout, QWidget

from capture.source import Source
from gui.doors_state import DoorsState
from gui.link_form import LinkForm
from gui.link_words import devices_words, expiry_words, scope_words, seen_words
from gui.tables import WordTable

BY_PIN = "no link (PIN)"


class LinksWindow(QDialog):
    """Links above, devices and blocked addresses below. Not modal.

    Signals:
        make_wished: a `LinkWish` for a new link.
        change_wished: a link's id, and the `LinkWish` for what it is to be.
        rename_wished: a link's id, and its name.
        copy_wished, qr_wished, revoke_wished: a link's id.
        forget_wished: a tuple of ids of devices.
        unblock_wished: an address as it is listed.
    """

    make_wished = Signal(object)
    change_wished = Signal(str, object)
    rename_wished = Signal(str, str)
    copy_wished = Signal(str)
    qr_wished = Signal(str)
    revoke_wished = Signal(str)
    forget_wished = Signal(object)
    unblock_wished = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("linksWindow")
        self.setWindowTitle("Links and devices")
        self.resize(760, 560)
        self._state = DoorsState()
        self._shared: tuple[Source, ...] = ()
        self.form: LinkForm | None = None
        self.table = WordTable("Links", ("Name", "Shows", "Ends", "Devices", "Last used"), wide=1, editable=True)
        self.table.setToolTip("Press F2 or click twice to give a link another name")
        self.table.itemChanged.connect(self._rename)
        self.table.itemSelectionChanged.connect(self._adapt)
        self.new = _button("&New link…", "Make a link to give away", "newLinkButton")
        self.new.clicked.connect(self._ask_new)
        self.change = _button("C&hange…", "Choose anew what the chosen link shows, and for how long", "changeChosen")
        self.change.clicked.connect(self._ask_change)
        self.copy = _button("&Copy", "Put the chosen link into the clipboard", "copyChosen")
        self.copy.clicked.connect(lambda: self.copy_wished.emit(self.table.chosen))
        self.qr = _button("&QR code", "Show the chosen link as a code to scan", "qrChosen")
        self.qr.clicked.connect(lambda: self.qr_wished.emit(self.table.chosen))
        tip = "Whoever came by the chosen link is parted from at once, and it lets nobody in any more"
        self.revoke = _button("&Revoke", tip, "deny")
        self.revoke.clicked.connect(lambda: self.revoke_wished.emit(self.table.chosen))
        self.notice = QLabel()
        self.notice.setObjectName("muted")
        self.notice.setWordWrap(True)
        self.devices = WordTable("Devices", ("Device", "Address", "Came by", "Last seen"), wide=0)
        self.devices.itemSelectionChanged.connect(self._adapt)
        self.forget = _button("&Forget", "The chosen device has to come in anew, by a link or a PIN", "forgetOne")
        self.forget.clicked.connect(lambda: self.forget_wished.emit((self.devices.chosen,)))
        self.forget_all = _button("Forget &all", "Every device has to come in anew", "forgetAll")
        self.forget_all.clicked.connect(self._forget_all)
        self.blocked = WordTable("Blocked addresses", ("Blocked address",))
        self.blocked.itemSelectionChanged.connect(self._adapt)
        self.unblock = _button("&Unblock", "Let the chosen address in again if it has a link", "unblock")
        self.unblock.clicked.connect(lambda: self.unblock_wished.emit(self.blocked.chosen))
        self._blocked_section = _section("KEPT OUT")
        self._blocked_line = QWidget()
        self._lay_out()
        self._adapt()

    def show_doors(self, state: DoorsState, shared: tuple[Source, ...], now: float | None = None) -> None:
        """Show what there is; ``now`` is in seconds since the epoch."""
        now = time.time() if now is None else now
        self._state, self._shared = state, shared
        names = {link.id: link.name for link in state.links}
        rows = []
        for link in sorted(state.links, key=lambda link: link.created):
            count = sum(device.link_id == link.id for device in state.devices)
            shows, ends = scope_words(link.scope, shared), expiry_words(link.expires, now)
            rows.append(
                (link.id, (link.name, shows, ends, devices_words(link, count), seen_words(link.last_used, now)))
            )
        self.table.show_rows(rows)
        self.devices.show_rows(
            [
                (each.id, (each.name, each.address, names.get(each.link_id, BY_PIN), seen_words(each.last_seen, now)))
                for each in state.devices
            ]
        )
        self.blocked.show_rows([(address, (address,)) for address in state.blocked])
        for part in (self._blocked_section, self.blocked, self._blocked_line):
            part.setVisible(bool(state.blocked))
        self._adapt()

    def say(self, words: str) -> None:
        """Say what has happened, or why something is not possible: in the form where that is open."""
        if self.form is not None:
            self.form.say(words)
        else:
            self.notice.setText(words)

    def close_form(self) -> None:
        """The wish of the form was carried out."""
        if self.form is not None:
            self.form.accept()

    def _lay_out(self) -> None:
        close = _button("Close", "", "closeLinks")
        close.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(_section("LINKS"))
        layout.addWidget(self.table, 3)
        layout.addLayout(_line(self.new, self.change, self.copy, self.qr, self.revoke))
        layout.addWidget(self.notice)
        layout.addSpacing(8)
        layout.addWidget(_section("DEVICES THAT WERE LET IN"))
        layout.addWidget(self.devices, 3)
        layout.addLayout(_line(self.forget, self.forget_all))
        layout.addWidget(self._blocked_section)
        layout.addWidget(self.blocked, 1)
        self._blocked_line.setLayout(_line(self.unblock))
        layout.addWidget(self._blocked_line)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(close)
        layout.addLayout(end)

    def _adapt(self) -> None:
        has_link = bool(self.table.chosen)
        for button in (self.change, self.revoke):
            button.setEnabled(has_link)
        for button in (self.copy, self.qr):
            button.setEnabled(has_link and self._state.is_open)
        self.forget.setEnabled(bool(self.devices.chosen))
        self.forget_all.setEnabled(bool(self._state.devices))
        self.unblock.setEnabled(bool(self.blocked.chosen))
        if not self._state.is_open:
            self.notice.setText("Links work while sharing is open to your network; they can be made before.")
        elif self.notice.text().startswith("Links work"):
            self.notice.clear()

    def _ask_new(self) -> None:
        if self.form is None:
            form = LinkForm(self._shared, self)
            form.wished.connect(self.make_wished)
            self._open(form)

    def _ask_change(self) -> None:
        link = next((link for link in self._state.links if link.id == self.table.chosen), None)
        if self.form is None and link is not None:
            form = LinkForm(self._shared, self, link)
            form.wished.connect(lambda wish: self.change_wished.emit(link.id, wish))
            self._open(form)

    def _open(self, form: LinkForm) -> None:
        self.form = form
        form.finished.connect(self._forget_form)
        form.open()

    def _forget_form(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.deleteLater()

    def _forget_all(self) -> None:
        self.forget_wished.emit(tuple(device.id for device in self._state.devices))

    def _rename(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self.rename_wished.emit(self.table.id_at(item.row()), item.text())


def _button(words: str, tip: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def _section(words: str) -> QLabel:
    label = QLabel(words)
    label.setObjectName("section")
    return label


def _line(*buttons: QPushButton) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line
