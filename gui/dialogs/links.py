"""The window about what was given away: links, the devices that came by them, and the addresses that are kept out."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QTableWidgetItem, QVBoxLayout, QWidget

from capture.source import Source
from gui.core.access_state import AccessViewState
from gui.core.link_text import devices_words, expiry_words, lost_words, scope_words, seen_words
from gui.dialogs.link_form import LinkForm
from gui.widgets.screen_fit import FittedDialog
from gui.widgets.text_table import TextTable
from resources.translate import _

CHOSEN_WIDTH = 200
"""Logical pixels for the name of the chosen link."""


class LinksWindow(FittedDialog):
    """Links above, devices and blocked addresses below. Not modal.

    Signals:
        make_requested: a `LinkOptions` for a new link, and whether it is to be copied then.
        change_requested: a link's id, and the `LinkOptions` for what it is to be.
        rename_requested: a link's id, and its name.
        copy_requested, qr_requested, revoke_requested: a link's id.
        forget_requested: a tuple of ids of devices.
        unblock_requested: an address as it is listed.
        undo_requested: take back what was revoked or forgotten last.
    """

    help_page = "who-can-watch#links"

    make_requested = Signal(object, bool)
    change_requested = Signal(str, object)
    rename_requested = Signal(str, str)
    copy_requested = Signal(str)
    qr_requested = Signal(str)
    revoke_requested = Signal(str)
    forget_requested = Signal(object)
    unblock_requested = Signal(str)
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("linksWindow")
        self.setWindowTitle(_("Links and devices"))
        self.resize(760, 560)
        self._state = AccessViewState()
        self._shared: tuple[Source, ...] = ()
        self.form: LinkForm | None = None
        self.table = TextTable(
            _("Links"), (_("Name"), _("Shows"), _("Ends"), _("Devices"), _("Last used")), wide=1, editable=True
        )
        self.table.setToolTip(_("Press F2 or click twice to rename a link"))
        self.table.itemChanged.connect(self._rename)
        self.table.itemSelectionChanged.connect(self._adapt)
        self.new = _button(_("&New link…"), _("Create a link to give away"), "newLinkButton")
        self.new.clicked.connect(self._ask_new)
        self.change = _button(_("C&hange…"), "", "changeChosen")
        self.change.clicked.connect(self._ask_change)
        self.copy = _button(_("&Copy"), "", "copyChosen")
        self.copy.clicked.connect(lambda: self.copy_requested.emit(self.table.chosen))
        self.qr = _button(_("&QR code"), "", "qrChosen")
        self.qr.clicked.connect(lambda: self.qr_requested.emit(self.table.chosen))
        self.revoke = _button(_("&Revoke"), "", "deny")
        self.revoke.clicked.connect(lambda: self.revoke_requested.emit(self.table.chosen))
        # Beside the buttons that act on it.
        self.chosen = QLabel()
        self.chosen.setObjectName("chosenLink")
        self.chosen.setTextFormat(Qt.TextFormat.PlainText)
        self.hint = QLabel(_("Links work once you share with your network. You can create them now."))
        self.hint.setObjectName("muted")
        self.hint.setWordWrap(True)
        self.undo = _button(_("&Undo"), _("Undo what was revoked or forgotten last"), "undoParting")
        self.undo.clicked.connect(self.undo_requested)
        self.undo.hide()
        self.notice = QLabel()
        self.notice.setTextFormat(Qt.TextFormat.PlainText)
        self.notice.setObjectName("muted")
        self.notice.setWordWrap(True)
        self.devices = TextTable(_("Devices"), (_("Device"), _("Address"), _("Via"), _("Last seen")), wide=0)
        self.devices.itemSelectionChanged.connect(self._adapt)
        self.forget = _button(_("&Forget"), "", "forgetOne")
        self.forget.clicked.connect(lambda: self.forget_requested.emit((self.devices.chosen,)))
        self.forget_all = _button(_("Forget &all"), "", "forgetAll")
        self.forget_all.clicked.connect(self._forget_all)
        self.blocked = TextTable(_("Blocked addresses"), (_("Blocked address"),))
        self.blocked.itemSelectionChanged.connect(self._adapt)
        self.unblock = _button(_("&Unblock"), "", "unblock")
        self.unblock.clicked.connect(lambda: self.unblock_requested.emit(self.blocked.chosen))
        self._blocked_section = _section(_("BLOCKED"))
        self._blocked_line = QWidget()
        self._lay_out()
        self._adapt()

    def show_access(self, state: AccessViewState, shared: tuple[Source, ...], now: float | None = None) -> None:
        """Show what there is; ``now`` is in seconds since the epoch."""
        now = time.time() if now is None else now
        if state.undo != self._state.undo:
            # What was said of what was taken back, or can be no longer, goes.
            self.notice.setText(state.undo)
        if not state.undo and self.undo.hasFocus():
            # Qt would move on to another button, which a second press of the key would press.
            self.table.setFocus()
        self.undo.setVisible(bool(state.undo))
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
                (each.id, (each.name, each.address, names.get(each.link_id, _("PIN")), seen_words(each.last_seen, now)))
                for each in state.devices
            ]
        )
        self.blocked.show_rows([(address, (address,)) for address in state.blocked])
        for part in (self._blocked_section, self.blocked, self._blocked_line):
            part.setVisible(bool(state.blocked))
        self._adapt()

    def choose(self, link_id: str) -> None:
        """Choose a link: the buttons are about it then."""
        self.table.choose(link_id)

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
        close = _button(_("Close"), "", "closeLinks")
        close.clicked.connect(self.reject)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.notice, 1)
        told.addWidget(self.undo)
        layout = QVBoxLayout()
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(_section(_("LINKS")))
        layout.addWidget(self.table, 3)
        layout.addLayout(_line(self.new, self.chosen, self.change, self.copy, self.qr, self.revoke))
        layout.addWidget(self.hint)
        layout.addLayout(told)
        layout.addSpacing(8)
        layout.addWidget(_section(_("ALLOWED DEVICES")))
        layout.addWidget(self.devices, 3)
        layout.addLayout(_line(self.forget, self.forget_all))
        layout.addWidget(self._blocked_section)
        layout.addWidget(self.blocked, 1)
        self._blocked_line.setLayout(_line(self.unblock))
        layout.addWidget(self._blocked_line)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(close)
        self.lay_out(layout, end)

    def _adapt(self) -> None:
        state = self._state
        link = next((each for each in state.links if each.id == self.table.chosen), None)
        device = next((each for each in state.devices if each.id == self.devices.chosen), None)
        name = "" if link is None else f"“{link.name}”"
        losing = sum(each.link_id == self.table.chosen for each in state.devices) if link is not None else 0
        self.chosen.setText(self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, CHOSEN_WIDTH))
        self.chosen.setToolTip(name)
        address = ""
        if device is not None:
            address = _("{device} at {address}").format(device=device.name, address=device.address)
        count, blocked = len(state.devices), self.blocked.chosen
        for button, what, verb, does in (
            (self.change, name, _("Change {name}"), _("Change what {name} shows, and until when")),
            (self.copy, name, _("Copy {name}"), _("Put {name} on the clipboard")),
            (self.qr, name, _("QR code of {name}"), _("Show {name} as a code to scan")),
            (self.revoke, name, _("Revoke {name}"), _("{name} will stop working. {devices}")),
            (self.forget, address, _("Forget {name}"), _("{name} will need a link or a PIN to watch again")),
            (self.unblock, blocked, _("Unblock {name}"), _("Let {name} watch again if it has a link")),
        ):
            button.setEnabled(bool(what))
            button.setAccessibleName(verb.format(name=what) if what else "")
            tip = does.format(name=what, devices=lost_words(losing))
            button.setToolTip(tip if what else _("Select a row above first"))
        for button in (self.copy, self.qr):
            button.setEnabled(link is not None and state.gives_links)
        self.forget_all.setEnabled(count > 0)
        self.forget_all.setText(_("Forget &all {count}").format(count=count) if count > 1 else _("Forget &all"))
        tip = _("{devices} Each will need a link or a PIN to watch again").format(devices=lost_words(count))
        self.forget_all.setToolTip(tip if count else "")
        self.hint.setVisible(not state.gives_links)

    def _ask_new(self) -> None:
        if self.form is None:
            form = LinkForm(self._shared, self, can_copy=self._state.gives_links)
            form.requested.connect(self.make_requested)
            self._open(form)

    def _ask_change(self) -> None:
        link = next((link for link in self._state.links if link.id == self.table.chosen), None)
        if self.form is None and link is not None:
            form = LinkForm(self._shared, self, link)
            form.requested.connect(lambda wish, _copies: self.change_requested.emit(link.id, wish))
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
        self.forget_requested.emit(tuple(device.id for device in self._state.devices))

    def _rename(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self.rename_requested.emit(self.table.id_at(item.row()), item.text())


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


def _line(*buttons: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for button in buttons:
        line.addWidget(button)
    line.addStretch(1)
    return line
